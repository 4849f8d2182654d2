export { checkKind, isDrawn, kindOf } from './kind.js';
export { checkWith, jsonSchemaOf, parseWith, type Checked } from './parse.js';
export { formatPath, parsePath, withChanges } from './path.js';
export { problemsOf } from './problems.js';
