// Compiles the sub-metaverses of scenarios/ to packages/core/src/submetaverse/scenario/preset-documents.ts, which is committed: a
// page and a program have the presets without reading a file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const root = path.join(import.meta.dirname, '..');
const { parse } = createRequire(path.join(root, 'packages/lab/package.json'))('yaml');
const folder = path.join(root, 'scenarios');
const target = path.join(root, 'packages/core/src/submetaverse/scenario/preset-documents.ts');

const documents = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => [path.basename(name, '.yaml'), parse(readFileSync(path.join(folder, name), 'utf8'))])
  .filter(([, document]) => document.kind === undefined);
const text = `/** Compiled from scenarios/ by scripts/compile-presets.mjs. */
export const PRESET_DOCUMENTS: Readonly<Record<string, unknown>> = ${JSON.stringify(Object.fromEntries(documents))};
`;
writeFileSync(target, await format(text, { ...(await resolveConfig(target)), parser: 'typescript' }));
