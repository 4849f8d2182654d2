import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InvalidInputError } from '@metalore/core/errors';
import { makeFolder } from '../../io/output-folder.js';
import { cellKey } from '../../study/cell-store.js';
import type { SpectrumModels } from './judge-models.js';
import { emptyPairs, fillPairs } from './pairs.js';
import { PerceptronTraining, ridgeDocument } from './rivals.js';
import type { GeneratorSettings } from './settings.js';
import { CURVE_STEPS, GeneratorTraining, type GeneratorTrainingSnapshot } from './training.js';

const CHECKPOINT_FILE = 'checkpoint.json';
const CHECKPOINT_MS = 15_000;
const PAIRS_AT_ONCE = 50;

/** What a training of the generator and its rivals leaves. */
export interface TrainedModels extends SpectrumModels {
  /** Mean denoising loss, every 50 steps. */
  readonly losses: readonly number[];
}

/** Where an interrupted training goes on, and how it says how far it is. */
export interface TrainingRun {
  /** Folder of the checkpoint; missing: there is none. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** Told units of work as they are done; {@link trainingUnits} of them. */
  readonly onUnits?: (count: number) => void;
}

interface Checkpoint {
  readonly key: string;
  readonly snapshot: GeneratorTrainingSnapshot;
}

/** Units of work in a training: pairs, and steps of both networks. */
export function trainingUnits({ pairs, steps, rivalSteps }: GeneratorSettings): number {
  return pairs + steps + rivalSteps;
}

/**
 * Draws pairs and trains the generator, ridge regression and a perceptron on them. Interrupted and resumed gives the same
 * models as uninterrupted.
 *
 * @throws what `signal` is aborted with, after a checkpoint
 * @throws InvalidInputError the folder holds a training with other settings
 */
export async function trainModels(
  settings: GeneratorSettings,
  run: TrainingRun = {},
): Promise<TrainedModels> {
  const { folder, signal, onUnits = () => undefined } = run;
  const pairs = emptyPairs(settings.pairs);
  for (let from = 0; from < settings.pairs; from += PAIRS_AT_ONCE) {
    await breathe(signal);
    const to = Math.min(settings.pairs, from + PAIRS_AT_ONCE);
    fillPairs(pairs, settings, from, to);
    onUnits(to - from);
  }
  const training = new GeneratorTraining(settings, pairs);
  const key = cellKey('sensing-train', settings);
  const earlier = folder === undefined ? undefined : await readCheckpoint(folder, key);
  if (earlier) {
    training.restore(earlier.snapshot);
    onUnits(training.done);
  }
  let saved = performance.now();
  const save = async (): Promise<void> => {
    saved = performance.now();
    if (folder !== undefined) await writeCheckpoint(folder, { key, snapshot: training.snapshot() });
  };
  while (!training.isDone) {
    await breathe(signal, save);
    const before = training.done;
    training.iterate();
    onUnits(training.done - before);
    if (training.isDone || performance.now() - saved > CHECKPOINT_MS) await save();
  }
  const perceptron = new PerceptronTraining(settings, pairs);
  while (!perceptron.isDone) {
    await breathe(signal);
    perceptron.iterate(CURVE_STEPS);
    onUnits(CURVE_STEPS);
  }
  return {
    ssg: training.document(),
    ridge: ridgeDocument(pairs, settings),
    perceptron: perceptron.document(),
    losses: training.losses,
  };
}

/** Lets Ctrl-C be heard. */
async function breathe(signal: AbortSignal | undefined, save?: () => Promise<void>): Promise<void> {
  await setImmediate();
  if (!signal?.aborted) return;
  await save?.();
  throw signal.reason;
}

async function readCheckpoint(folder: string, key: string): Promise<Checkpoint | undefined> {
  await makeFolder(folder);
  const file = path.join(folder, CHECKPOINT_FILE);
  if (!existsSync(file)) return undefined;
  const checkpoint = JSON.parse(await readFile(file, 'utf8')) as Checkpoint;
  if (checkpoint.key === key) return checkpoint;
  const message = `holds a training of ${checkpoint.snapshot.done} steps that had other settings; --restart throws it away, another --out leaves it`;
  throw new InvalidInputError('training', [{ path: folder, message }]);
}

async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const file = path.join(folder, CHECKPOINT_FILE);
  await writeFile(`${file}.partial`, JSON.stringify(checkpoint));
  await rename(`${file}.partial`, file);
}
