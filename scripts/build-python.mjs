// Builds the JavaScript that the Python package holds: python/src/metalore/_js, without a node_modules folder.
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const { build } = await import('rolldown');
const target = path.join(root, 'python', 'src', 'metalore', '_js');
const partial = `${target}.partial`;
const source = (file) => path.join(root, 'packages', 'lab', 'src', file);

rmSync(partial, { recursive: true, force: true });
await build({
  cwd: root,
  platform: 'node',
  input: {
    'bundle/env-server': source('env-server/main.ts'),
    'bundle/metalore': source('main.ts'),
    'registry/worker-thread': source('registry/worker-thread.ts'),
  },
  resolve: { conditionNames: ['metalore-source', 'node', 'import'] },
  // Native code, or 100 MB: what needs them says so when it is asked for.
  external: [
    '@resvg/resvg-js',
    'sharp',
    'libsql',
    '@metalore/live',
    'onnxruntime-web',
    'onnxruntime-node',
    'jsdom',
    'piscina',
  ],
  output: {
    dir: partial,
    format: 'esm',
    minify: true,
    // As deep as in packages/lab: files beside the program are found from where it stands.
    entryFileNames: 'dist/[name].js',
    chunkFileNames: 'dist/bundle/[name]-[hash].js',
  },
});
const { name, version, license, type } = JSON.parse(
  readFileSync(path.join(root, 'packages', 'lab', 'package.json'), 'utf8'),
);
writeFileSync(
  path.join(partial, 'package.json'),
  `${JSON.stringify({ name, version, license, type, private: true })}\n`,
);
// Its threads start from a file of its own.
cpSync(path.join(root, 'node_modules', 'piscina'), path.join(partial, 'node_modules', 'piscina'), {
  recursive: true,
  filter: (file) => !/[\\/](src|test|examples|docs|benchmark|node_modules)$|\.(map|md)$/.test(file),
});
for (const folder of ['scenarios', 'studies'])
  cpSync(path.join(root, folder), path.join(partial, folder), { recursive: true });
if (existsSync(target)) rmSync(target, { recursive: true });
renameSync(partial, target);
console.error(`python: built ${path.relative(root, target)}`);
