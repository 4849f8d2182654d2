import { randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { isAlive } from './claims.js';
import { lockOutput, unlockOutput } from './output-lock.js';

/** Names that mark a folder as one of ours, which a later run may replace. */
const OWN_MARKS = ['manifest.json'];

/**
 * Lets `write` fill a folder under a temporary name (beside `out`, ending in `.partial`) and moves it to `out` when it
 * returned. If it throws, nothing of it is left and what stood at `out` before is untouched. What a process that was killed
 * left there is removed; a link at `out` is followed.
 *
 * @returns what `write` returned
 * @throws InvalidInputError if `out` is a file, or a folder that holds something else than an earlier result
 */
export async function withOutputFolder<Result>(
  out: string,
  write: (dir: string) => Promise<Result> | Result,
): Promise<Result> {
  const target = targetOf(out);
  await refuseForeign(target, out);
  const missing = missingFolders(path.dirname(target));
  await orRefuse(out, () => makeFolder(path.dirname(target)));
  await lockOutput(target, out, missing);
  await sweep(target);
  const partial = partialName(target);
  try {
    await orRefuse(out, () => makeFolder(partial));
    const result = await write(partial);
    await replace(partial, target);
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await unlockOutput(target);
  }
}

/**
 * Call it before long work: nobody else writes there until {@link withOutputFolder} has, or the command ends.
 *
 * @param isShared several processes work on what goes there, and none of them writes it
 * @throws InvalidInputError at once if {@link withOutputFolder} would refuse `out` later, or another process writes there
 */
export async function checkOutputFolder(out: string, { isShared = false } = {}): Promise<void> {
  const target = targetOf(out);
  await refuseForeign(target, out);
  const missing = missingFolders(path.dirname(target));
  const trial = partialName(target);
  await orRefuse(out, () => makeFolder(trial).then(() => rmdir(trial)));
  if (!isShared) await lockOutput(target, out, missing);
}

/** A folder that is not there and those above it that are not, from it upwards. */
function missingFolders(dir: string): string[] {
  return existsSync(dir) ? [] : [dir, ...missingFolders(path.dirname(dir))];
}

/** Like `mkdir` with `recursive`, which in Node 20 never returns where folders cannot be made at all (below `/proc`). */
export async function makeFolder(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  await makeFolder(path.dirname(dir));
  await mkdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Where results go: a link that stands there is followed. */
function targetOf(out: string): string {
  const target = path.resolve(out);
  return existsSync(target) ? realpathSync(target) : target;
}

const host = os.hostname().replace(/[^A-Za-z0-9-]/g, '-');

/** A name that no other process has: containers share process numbers, and folders. */
function partialName(target: string): string {
  return `${target}.${host}.${process.pid}.${randomBytes(4).toString('hex')}.partial`;
}

/** Removes what processes of this machine that are gone have left beside a folder. */
async function sweep(target: string): Promise<void> {
  const parent = path.dirname(target);
  if (!existsSync(parent)) return;
  const start = `${path.basename(target)}.${host}.`;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(start) || !name.endsWith('.partial')) continue;
    const owner = Number(name.slice(start.length).split('.')[0]);
    if (Number.isInteger(owner) && owner > 0 && !isAlive(owner)) {
      await rm(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

async function orRefuse(out: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (cause) {
    throw new InvalidInputError('output folder', [
      { path: out, message: `cannot be created (${(cause as NodeJS.ErrnoException).code ?? String(cause)})` },
    ]);
  }
}

async function refuseForeign(target: string, out: string): Promise<void> {
  if (!existsSync(target)) return;
  let entries: string[];
  try {
    entries = await readdir(target);
  } catch {
    throw new InvalidInputError('output folder', [
      { path: out, message: 'is a file, a folder was expected' },
    ]);
  }
  if (entries.length > 0 && !OWN_MARKS.some((mark) => entries.includes(mark))) {
    throw new InvalidInputError(
      'output folder',
      [
        {
          path: out,
          message: 'exists and holds no earlier result (manifest.json); choose another or empty it',
        },
      ],
      { hint: 'a folder that an earlier run wrote is replaced' },
    );
  }
}

async function replace(partial: string, target: string): Promise<void> {
  const old = partialName(target);
  if (existsSync(target)) await rename(target, old);
  await rename(partial, target);
  await rm(old, { recursive: true, force: true });
}
