// npm run fuzz [-- --seconds N --seed N --target NAME --input N]: wrong and unusual input for every entrance.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

setUp();
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!build() || !run(process.execPath, [tsc, '-b', 'fuzz'])) process.exit(1);
// Its own exit code: 2 for a wrong option, 1 for a fault that was found.
const runner = path.join(root, 'fuzz', 'dist', 'run.js');
process.exitCode =
  spawnSync(process.execPath, [runner, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
