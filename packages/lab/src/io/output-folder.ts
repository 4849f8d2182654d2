import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';

/** Names that mark a folder as one of ours, which a later run may replace. */
const OWN_MARKS = ['manifest.json'];

/**
 * Lets `write` fill a folder under a temporary name (`<out>.partial`, beside it) and moves it to `out` when it returned.
 * If it throws, nothing of it is left and what stood at `out` before is untouched.
 *
 * @returns what `write` returned
 * @throws InvalidInputError if `out` is a file, or a folder that holds something else than an earlier result
 */
export async function withOutputFolder<Result>(
  out: string,
  write: (dir: string) => Promise<Result> | Result,
): Promise<Result> {
  const target = path.resolve(out);
  await refuseForeign(target, out);
  const partial = `${target}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await orRefuse(out, () => makeFolder(partial));
  try {
    const result = await write(partial);
    await replace(partial, target);
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** @throws InvalidInputError at once if {@link withOutputFolder} would refuse `out` later: call it before long work. */
export async function checkOutputFolder(out: string): Promise<void> {
  const target = path.resolve(out);
  await refuseForeign(target, out);
  if (!existsSync(path.dirname(target))) return;
  const trial = `${target}.${process.pid}.partial`;
  await orRefuse(out, () => mkdir(trial).then(() => rmdir(trial)));
}

/** Like `mkdir` with `recursive`, which in Node 20 never returns where folders cannot be made at all (below `/proc`). */
export async function makeFolder(dir: string): Promise<void> {
  if (existsSync(dir)) return;
  await makeFolder(path.dirname(dir));
  await mkdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
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
  const old = `${target}.${process.pid}.old.partial`;
  if (existsSync(target)) await rename(target, old);
  await rename(partial, target);
  await rm(old, { recursive: true, force: true });
}
