// npm test [-- vitest's arguments]: sets up, builds (worker threads and the command run what is built), tests: vitest, and
// pytest where the Python environment is there. With a file named, vitest alone runs, and that file.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { pythonCommand, pythonFolder, root, run, setUp } from './setup.mjs';

const args = process.argv.slice(2);
setUp(['browser', 'redis', 'mosquitto', 'postgres', 'python']);
if (!build()) process.exit(1);
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
let passed = run(process.execPath, [vitest, 'run', ...args]);
if (existsSync(pythonCommand) && args.every((arg) => arg.startsWith('-'))) {
  const cwd = path.join(root, 'python');
  const report = path.join(pythonFolder, 'tests.xml');
  passed = run(process.execPath, [path.join(root, 'scripts', 'build-python.mjs')]) && passed;
  passed = run(pythonCommand, ['-m', 'ruff', 'check', '.'], { cwd }) && passed;
  passed = run(pythonCommand, ['-m', 'ruff', 'format', '--check', '.'], { cwd }) && passed;
  passed = run(pythonCommand, ['-m', 'mypy'], { cwd }) && passed;
  const pytest = ['-m', 'pytest', '-n', '2', '--dist', 'loadfile', '--durations=5', `--junitxml=${report}`];
  passed = run(pythonCommand, pytest, { cwd }) && passed;
}
if (!passed) process.exit(1);
