import type { Study } from '../study/study.js';
import type { TrainingJob } from './job.js';
import { learningProblem } from './problems/index.js';
import { runTraining, type TrainingResult } from './train.js';

/** One training of several that differ in their seed alone. */
export interface SeedCell {
  readonly job: TrainingJob;
  /** Unseen episodes, and their seed, that the policy is shown on. */
  readonly episodes: number;
  readonly testSeed: number;
}

/** What a training of several left. */
export interface SeedRow extends TrainingResult {
  readonly seed: number;
  /** On the unseen episodes, `[episodes]` each; null where an episode has no such value. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Trains and shows, in one go: of what is interrupted nothing is kept. */
export function runSeedCell({ job, episodes, testSeed }: SeedCell): SeedRow[] {
  const result = runTraining(job);
  const shown = learningProblem(job.scenario, job.view, job.recorded).evaluate(
    result.policy,
    testSeed,
    episodes,
    'deterministic',
  );
  const metrics = Object.fromEntries(Object.entries(shown).map(([name, values]) => [name, [...values]]));
  return [{ seed: job.seed, ...result, metrics }];
}

/** The study behind `metalore train --seeds`, which brings its own cells and writes its own report. */
export const seedsStudy: Study<SeedCell, SeedRow> = {
  name: 'train',
  title: 'training',
  cells: () => [],
  runCell: runSeedCell,
  report: () => ({ tables: [], figures: [], summary: '' }),
};

/** {@link seedsStudy} over the seeds of a training. */
export function trainingsOf(
  job: TrainingJob,
  seeds: readonly number[],
  shown: { episodes: number; testSeed: number },
): Study {
  return { ...seedsStudy, cells: () => seeds.map((seed) => ({ job: { ...job, seed }, ...shown })) };
}
