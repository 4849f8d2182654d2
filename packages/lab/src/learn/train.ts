import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InternalError, InvalidInputError } from '@metalore/core/errors';
import { tensorBoardHeader } from '@metalore/learn/logging';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { modulesKey } from '../io/modules.js';
import { makeFolder } from '../io/output-folder.js';
import { cellKey } from '../study/cell-store.js';
import { curveEvent } from './curve.js';
import type { Curve } from './curve.js';
import { prepareTraining } from './job.js';
import type { PreparedTraining, TrainingJob } from './job.js';

/** The event file's name has to contain `tfevents` for TensorBoard to find it. */
export const EVENTS_FILE = 'events.out.tfevents.metalore';
const CHECKPOINT_FILE = 'checkpoint.json';

/** What a training leaves. */
export interface TrainingResult {
  /** The best on the validation episodes. */
  readonly policy: PolicyDocument;
  /** Its mean reward there. */
  readonly validationReward: number;
  readonly curve: Curve;
  readonly steps: number;
}

interface Checkpoint {
  readonly key: string;
  /** With the hashes of the user's modules that it ran with. */
  readonly job: TrainingJob & ReturnType<typeof modulesKey>;
  readonly snapshot: ReturnType<PreparedTraining['training']['snapshot']>;
  readonly curve: Curve;
  /** Length of the event file when the checkpoint was made; what follows is written again. */
  readonly eventBytes: number;
}

/** Runs a training to its end in one go, without files. */
export function runTraining(job: TrainingJob): TrainingResult {
  const prepared = prepareTraining(job);
  const curve: Curve = [];
  while (!prepared.training.done) curve.push(prepared.training.iterate());
  return resultOf(prepared, curve);
}

/**
 * Runs a training that can be interrupted: the folder `dir` holds its last checkpoint and its event file, and the same job
 * with the same folder goes on from there. Interrupted and resumed gives the same policy and curve, to the byte, as
 * uninterrupted.
 *
 * @param onSteps told how many steps were made, iteration by iteration
 * @throws what `signal` is aborted with, after a checkpoint
 * @throws InvalidInputError the folder holds another training
 */
export async function runResumableTraining(
  job: TrainingJob,
  dir: string,
  signal: AbortSignal,
  onSteps: (steps: number) => void,
): Promise<TrainingResult> {
  const prepared = prepareTraining(job);
  const { training } = prepared;
  const key = cellKey('train', job);
  const eventsFile = path.join(dir, EVENTS_FILE);
  await makeFolder(dir);
  const run = { ...job, ...modulesKey() };
  const earlier = await readCheckpoint(dir, key, run);
  const curve: Curve = earlier ? [...earlier.curve] : [];
  let eventBytes = earlier?.eventBytes ?? 0;
  if (earlier) {
    training.restore(earlier.snapshot);
    await truncate(eventsFile, eventBytes);
    onSteps(training.learner.timesteps);
  } else {
    const header = tensorBoardHeader(Date.now() / 1000);
    await writeFile(eventsFile, header);
    eventBytes = header.length;
  }
  const checkpoint = () =>
    writeCheckpoint(dir, { key, job: run, snapshot: training.snapshot(), curve, eventBytes });
  while (!training.done) {
    await setImmediate(); // lets Ctrl-C be heard
    if (signal.aborted) {
      await checkpoint();
      throw signal.reason;
    }
    const start = performance.now();
    const before = training.learner.timesteps;
    const record = training.iterate();
    const steps = training.learner.timesteps - before;
    curve.push(record);
    const event = curveEvent(record, Date.now() / 1000, (1000 * steps) / (performance.now() - start));
    await appendFile(eventsFile, event);
    eventBytes += event.length;
    if ('eval/mean_reward' in record) await checkpoint();
    onSteps(steps);
  }
  return resultOf(prepared, curve);
}

function resultOf({ training, best }: PreparedTraining, curve: Curve): TrainingResult {
  if (best.best === null) throw new InternalError('a training ended without a validation');
  return {
    policy: best.best.policy,
    validationReward: best.best.score,
    curve,
    steps: training.learner.timesteps,
  };
}

/** @throws InvalidInputError the checkpoint is of another job, or of another version of the program */
async function readCheckpoint(
  dir: string,
  key: string,
  job: Checkpoint['job'],
): Promise<Checkpoint | undefined> {
  const file = path.join(dir, CHECKPOINT_FILE);
  if (!existsSync(file)) return undefined;
  const checkpoint = JSON.parse(await readFile(file, 'utf8')) as Checkpoint;
  if (checkpoint.key === key) return checkpoint;
  const steps = checkpoint.curve.at(-1)?.['time/total_timesteps'] ?? 0;
  const other = differences(checkpoint.job, JSON.parse(JSON.stringify(job)) as unknown);
  const why = other.length === 0 ? 'was made by another version of the program' : `had ${other.join(', ')}`;
  const message = `holds a training of ${steps} steps that ${why}; --restart throws it away, another --out leaves it`;
  throw new InvalidInputError('training', [{ path: dir, message }]);
}

/** Where two documents differ: `seed 1 (now 2)`. */
function differences(before: unknown, now: unknown, at = ''): string[] {
  const isParent = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isParent(before) || !isParent(now)) {
    const text = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value));
    return text(before) === text(now) ? [] : [`${at} ${text(before)} (now ${text(now)})`];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => differences(before[key], now[key], at === '' ? key : `${at}.${key}`));
}

async function writeCheckpoint(dir: string, checkpoint: Checkpoint): Promise<void> {
  const file = path.join(dir, CHECKPOINT_FILE);
  await writeFile(`${file}.partial`, JSON.stringify(checkpoint));
  await rename(`${file}.partial`, file);
}

/** Removes the folder of a training that has come to its end. */
export async function removeTraining(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
