// npm run bench [name…]: benchmarks of what is built, in a process of their own each.
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

setUp();
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!build() || !run(process.execPath, [tsc, '-b', 'bench'])) process.exit(1);
const runner = path.join(root, 'bench', 'dist', 'run.js');
if (!run(process.execPath, [runner, ...process.argv.slice(2)])) process.exit(1);
