import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';

/** A run or study whose files may be read. */
export interface NamedRun {
  /** Its part of an address. */
  readonly id: string;
  readonly name: string;
  /** Its folder, without symbolic links. */
  readonly folder: string;
}

/** A file of a run, by its path inside the folder with `/`. */
export interface RunFile {
  readonly path: string;
  readonly bytes: number;
}

/** What the page reads; nothing else in a run's folder is served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.yaml': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.parquet': 'application/octet-stream',
  '.onnx': 'application/octet-stream',
};
const MAX_FILES = 2000;
const MAX_DEPTH = 4;

/**
 * The runs that were named on the command line.
 *
 * @throws InvalidInputError naming every one that is not a folder
 */
export async function openRuns(folders: readonly string[]): Promise<NamedRun[]> {
  const problems: { path: string; message: string }[] = [];
  const runs: NamedRun[] = [];
  for (const [at, folder] of folders.entries()) {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) problems.push({ path: folder, message: 'is not the folder of a run' });
    else
      runs.push({
        id: String(at),
        name: path.basename(path.resolve(folder)),
        folder: await realpath(folder),
      });
  }
  if (problems.length > 0) throw new InvalidInputError('studio', problems);
  return runs;
}

/** The files of a run that are served, sorted by path. Symbolic links are not followed. */
export async function listFiles({ folder }: NamedRun): Promise<RunFile[]> {
  const files: RunFile[] = [];
  const walk = async (inside: string, depth: number): Promise<void> => {
    for (const item of await readdir(path.join(folder, inside), { withFileTypes: true })) {
      const relative = inside === '' ? item.name : `${inside}/${item.name}`;
      if (item.name.startsWith('.') || files.length >= MAX_FILES) continue;
      if (item.isDirectory() && depth < MAX_DEPTH) await walk(relative, depth + 1);
      else if (item.isFile() && path.extname(item.name).toLowerCase() in CONTENT_TYPES) {
        const { size } = await stat(path.join(folder, relative));
        files.push({ path: relative, bytes: size });
      }
    }
  };
  await walk('', 0);
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A file that may be sent. */
export interface ServedFile {
  readonly file: string;
  readonly bytes: number;
  readonly type: string;
}

/**
 * The file of a run behind the path of an address.
 *
 * @param segments decoded, in order
 * @returns undefined for whatever is not a regular file of a served kind inside the folder: other folders, hidden files,
 *   symbolic links that lead out
 */
export async function findFile(
  { folder }: NamedRun,
  segments: readonly string[],
): Promise<ServedFile | undefined> {
  const plain = segments.every(
    (segment) => segment !== '' && !segment.startsWith('.') && !/[/\\\0]/.test(segment),
  );
  if (!plain || segments.length === 0) return undefined;
  const type = CONTENT_TYPES[path.extname(segments.at(-1)!).toLowerCase()];
  if (type === undefined) return undefined;
  const file = await realpath(path.join(folder, ...segments)).catch(() => undefined);
  if (file === undefined || !file.startsWith(folder + path.sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? { file, bytes: found.size, type } : undefined;
}
