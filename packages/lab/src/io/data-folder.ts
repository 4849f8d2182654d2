import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InternalError } from '@metalore/core/errors';

/**
 * The folder of YAML files that come with the program: `scenarios` (presets) or `studies`. In a checkout it stands at the
 * top; an installed package carries a copy.
 */
export function dataFolder(name: 'scenarios' | 'studies'): string {
  const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
  const folders = [path.join(packageFolder, name), path.join(packageFolder, '..', '..', name)];
  const folder = folders.find((candidate) => existsSync(candidate));
  if (folder === undefined) throw new InternalError(`the folder ${name} is missing beside the program`);
  return folder;
}

/** A file of {@link dataFolder}: `dataFile('studies', 'partition.yaml')`. */
export function dataFile(folder: 'scenarios' | 'studies', file: string): string {
  return path.join(dataFolder(folder), file);
}
