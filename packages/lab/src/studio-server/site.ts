import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '@metalore/core/errors';
import { note } from '../terminal/output.js';

/**
 * The folder of the built studio: in an installed package a copy beside `dist`, in a checkout what `npm run build` made. A
 * checkout that has not been built builds it now.
 *
 * @throws InvalidInputError if there is none
 */
export function siteFolder(): string {
  const lab = fileURLToPath(new URL('../..', import.meta.url));
  const studio = path.join(lab, '..', 'studio');
  const folders = [path.join(lab, 'studio'), path.join(studio, 'dist')];
  const built = () => folders.find((folder) => existsSync(path.join(folder, 'index.html')));
  if (built() === undefined) build(studio);
  const folder = built();
  if (folder === undefined) {
    throw new InvalidInputError('studio', [{ path: 'packages/studio', message: 'is not built' }], {
      hint: 'npm run build',
    });
  }
  return folder;
}

function build(studio: string): void {
  const vite = path.join(studio, 'node_modules', 'vite', 'bin', 'vite.js');
  const hoisted = path.join(studio, '..', '..', 'node_modules', 'vite', 'bin', 'vite.js');
  const program = [vite, hoisted].find((file) => existsSync(file));
  if (program === undefined || !existsSync(path.join(studio, 'vite.config.ts'))) return;
  note('metalore: building the studio …');
  // What it prints must not mix with a JSON object on standard output.
  spawnSync(process.execPath, [program, 'build', '--logLevel', 'warn'], {
    cwd: studio,
    stdio: ['ignore', 2, 2],
  });
}
