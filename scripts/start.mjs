// npm start: sets up, builds, and shows what this is about.
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

setUp();
if (!build()) process.exit(1);
const command = path.join(root, 'packages', 'lab', 'bin', 'metalore.js');
if (!run(process.execPath, [command, 'start', ...process.argv.slice(2)])) process.exit(1);
