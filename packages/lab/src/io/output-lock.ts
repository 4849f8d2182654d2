import { rmdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InvalidInputError } from '@metalore/core/errors';
import { note } from '../terminal/output.js';
import { Claims, type Claimant } from './claims.js';

/** A process of another machine that has not been seen alive for so long has left its folder to others. */
const LEASE_MS = 30_000;
const LOOK_MS = 500;

/** Folders that this process writes, by their path; and those above them that were made for it, from below upwards. */
const held = new Map<string, { readonly claims: Claims; readonly made: readonly string[] }>();
process.on('exit', () => {
  for (const { claims, made } of held.values()) {
    claims.endNow();
    removeEmpty(made);
  }
});

/**
 * Keeps other processes from an output folder by `OUT.claim` beside it, until {@link unlockOutput} or the process ends.
 *
 * @param target the folder's path, whose parent is there
 * @param out as the caller named it
 * @param made folders above that were made for it: removed again where nothing is written
 * @throws InvalidInputError another process writes there
 */
export async function lockOutput(target: string, out: string, made: readonly string[]): Promise<void> {
  if (held.has(target)) return;
  const claims = new Claims(path.dirname(target), LEASE_MS);
  try {
    await takeOrRefuse(claims, path.basename(target), out);
  } catch (error) {
    await claims.end();
    removeEmpty(made);
    throw error;
  }
  held.set(target, { claims, made });
}

export async function unlockOutput(target: string): Promise<void> {
  const lock = held.get(target);
  if (lock === undefined) return;
  held.delete(target);
  await lock.claims.end();
  removeEmpty(lock.made);
}

function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // something was written there
  }
}

/** Gives back all folders: those of a command that ended otherwise than by writing. */
export async function unlockOutputs(): Promise<void> {
  await Promise.all([...held.keys()].map(unlockOutput));
}

async function takeOrRefuse(claims: Claims, name: string, out: string): Promise<void> {
  let first: number | undefined;
  while (!(await claims.take(name))) {
    const owner = await claims.ownerOf(name);
    const touched = await claims.touchedAt(name);
    const isSeenAlive = first !== undefined && touched !== undefined && touched !== first;
    if (isSeenAlive || owner?.isHere === true) throw isWritten(out, owner);
    if (first === undefined) {
      const whose = owner === undefined ? 'another process' : `process ${owner.processId} of ${owner.host}`;
      note(`${out}: claimed by ${whose}; looking for up to ${LEASE_MS / 1000} s whether it still works`);
    }
    first ??= touched;
    await setTimeout(LOOK_MS);
  }
}

function isWritten(out: string, owner: Claimant | undefined): InvalidInputError {
  const whose =
    owner === undefined
      ? 'another process'
      : `process ${owner.processId}${owner.isHere ? '' : ` of ${owner.host}`}`;
  return new InvalidInputError('output folder', [{ path: out, message: `is being written by ${whose}` }], {
    hint: 'choose another --out, or wait; reproduce, sweep and train --seeds share the work of one folder with --claim',
  });
}
