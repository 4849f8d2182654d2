// Run by npm in the folder of a package before it is packed: copies what it carries from elsewhere in the checkout into it: the
// license, and for `metalore` the YAML files that stand at the top and the built studio. `node ../../scripts/pack.mjs clean`,
// run afterwards, removes them again. In the declarations of `core` the enums of its layouts, which its own compiler writes into the
// code as numbers, become those that the code has as objects too: programs that compile file by file cannot read others (TS2748).
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

/** ONNX Runtime's 14 MB, which `metalore studio` takes from the package where it is installed. */
const isRuntime = (file) => /ort-wasm-simd-threaded-[\w-]+\.wasm$/.test(file);

const folder = process.cwd();
const copies = {
  LICENSE: 'LICENSE',
  ...(path.basename(folder) === 'lab' && {
    scenarios: 'scenarios',
    studies: 'studies',
    studio: path.join('packages', 'studio', 'dist'),
  }),
};
for (const [name, source] of Object.entries(copies)) {
  const copy = path.join(folder, name);
  rmSync(copy, { recursive: true, force: true });
  if (process.argv[2] !== 'clean') {
    cpSync(path.join(root, source), copy, { recursive: true, filter: (file) => !isRuntime(file) });
  }
}

if (path.basename(folder) === 'core') {
  const [from, to] = ['declare const enum', 'declare enum'];
  const [before, after] = process.argv[2] === 'clean' ? [to, from] : [from, to];
  for (const name of ['job-store', 'metrics']) {
    const file = path.join(folder, 'dist', 'submetaverse', `${name}.d.ts`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`export ${before}`, `export ${after}`));
  }
}
