// npm run fuzz [-- --seconds N --seed N --target NAME --input N]: wrong and unusual input for every entrance.
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

setUp();
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!build() || !run(process.execPath, [tsc, '-b', 'fuzz'])) process.exit(1);
if (!run(process.execPath, [path.join(root, 'fuzz', 'dist', 'run.js'), ...process.argv.slice(2)]))
  process.exit(1);
