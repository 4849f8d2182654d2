export { bidLies, honest, lieKinds, replaceVehicle, taskLies, type Lie, type LieKind } from './lie.js';
export { LieJudge } from './judge.js';
export { randomLie } from './random-lie.js';
export * from './search.js';
