// npm test [-- vitest's arguments]: sets up, builds (worker threads and the command run what is built), tests.
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

setUp(['browser', 'redis']);
if (!build()) process.exit(1);
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
if (!run(process.execPath, [vitest, 'run', ...process.argv.slice(2)])) process.exit(1);
