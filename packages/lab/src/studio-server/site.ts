import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '@metalore/core/errors';

/**
 * The folder of the built studio: in an installed package a copy beside `dist`, in a checkout what `npm run build` made.
 *
 * @throws InvalidInputError if it has not been built
 */
export function siteFolder(): string {
  const lab = fileURLToPath(new URL('../..', import.meta.url));
  const folders = [path.join(lab, 'studio'), path.join(lab, '..', 'studio', 'dist')];
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'index.html')));
  if (folder === undefined) {
    throw new InvalidInputError('studio', [{ path: 'packages/studio', message: 'is not built' }], {
      hint: 'npm run build',
    });
  }
  return folder;
}
