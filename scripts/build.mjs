// Builds dist/ of every package.
import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run } from './setup.mjs';

/** @returns whether everything was built */
export function build() {
  const start = new Date();
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!run(process.execPath, [tsc, '-b'])) return false;
  // The `metalore` command builds by itself when a source is newer than this.
  const stamp = path.join(root, 'packages', 'lab', 'dist', '.built');
  writeFileSync(stamp, '');
  utimesSync(stamp, start, start);
  // What a package builds beside TypeScript (the studio's page) stands in its own `build` script.
  return run('npm', ['run', 'build', '--silent', '--workspaces', '--if-present'], {
    shell: process.platform === 'win32',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !build()) process.exit(1);
