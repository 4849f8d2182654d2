import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { withOutputFolder } from '../io/output-folder.js';
import type { TrainingJob } from '../learn/job.js';
import type { LearningProblem } from '../learn/problems/index.js';
import type { SeedRow } from '../learn/seeds.js';
import { version } from '../results/manifest.js';
import { summarize } from '../statistics/summary.js';
import { CellStore } from '../study/cell-store.js';
import { runStudy } from '../study/run.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';
import { placeOfWork } from './place-of-work.js';
import { cellsFolder } from './reproduce.js';
import { computeShare, shareOf, type ShareOptions } from './share-of-work.js';

/** Where the trainings of several seeds run, and what becomes of them. */
export interface SeedsOptions extends ShareOptions {
  queue?: string | true;
  workers?: string;
  restart?: true;
  out: string;
  json?: true;
}

const MAX_SEEDS = 1000;

/** `1:5` or `1,2,7`. @throws InvalidInputError it is neither */
export function seedsOption(text: string): number[] {
  const [first, last] = (/^(\d+):(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  const seeds =
    first === undefined
      ? text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : NaN))
      : Array.from({ length: Math.max(0, Math.min(last - first + 1, MAX_SEEDS + 1)) }, (_, n) => first + n);
  const isValid = seeds.every(Number.isSafeInteger) && new Set(seeds).size === seeds.length;
  if (isValid && seeds.length >= 1 && seeds.length <= MAX_SEEDS) return seeds;
  const message = `"${text}" is not first:last or a,b,c: at most ${MAX_SEEDS} different integers from 0`;
  throw new InvalidInputError('option', [{ path: '--seeds', message }]);
}

/** Trains with several seeds, on threads, machines or a queue, and keeps all policies and the best one. */
export async function trainSeeds(
  job: TrainingJob,
  problem: LearningProblem,
  seeds: readonly number[],
  { episodes, testSeed, ...options }: SeedsOptions & { episodes: number; testSeed: number },
): Promise<void> {
  const startedAt = new Date();
  const { out, json, queue } = options;
  const share = shareOf(options);
  const { trainingsOf } = await import('../learn/seeds.js');
  const study = trainingsOf(job, seeds, { episodes, testSeed });
  const placeOf = await placeOfWork(queue, workerCount(options.workers));
  const cellsDir = cellsFolder(out);
  if (options.restart) await new CellStore(cellsDir).remove();
  const how = (signal: AbortSignal) => ({ quick: false, cellsDir, runTasks: placeOf(signal) });
  if (share !== undefined) {
    const then = 'the same command without --part or --claim writes the policies';
    const shown = { name: 'train', out, then, json };
    return withInterrupt((signal) => computeShare(study, { ...how(signal), share }, shown));
  }
  const { rows } = (await withInterrupt((signal) => runStudy(study, how(signal)))) as { rows: SeedRow[] };
  const { bestOf, meansOf, writeSeeds } = await import('../learn/write-seeds.js');
  await withOutputFolder(out, (dir) => writeSeeds(dir, rows, { job, problem, startedAt }));
  await new CellStore(cellsDir).remove();

  const best = bestOf(rows);
  const overSeeds = Object.fromEntries(
    Object.keys(problem.metrics).map((metric) => [metric, summarize(meansOf(rows, metric))]),
  );
  const summary = {
    scenario: problem.name,
    algorithm: job.algorithm,
    seeds: rows.map(({ seed, steps, validationReward }) => ({ seed, steps, validationReward })),
    best: best.seed,
    episodes,
    overSeeds: Object.fromEntries(
      Object.entries(overSeeds).map(([metric, { mean, std, ci95 }]) => [metric, { mean, std, ci95 }]),
    ),
    out,
    version,
  };
  if (json) return printJson(summary);
  print(
    `${problem.name}, ${job.algorithm}, ${seeds.length} seeds; means of ${episodes} unseen episodes, over the seeds:`,
  );
  const at = rows.indexOf(best);
  const table = Object.entries(problem.metrics).map(([metric, title]) => {
    const { mean, ci95, std } = overSeeds[metric];
    return [title, mean, ci95, std, meansOf(rows, metric)[at]];
  });
  print(renderTable(['metric', 'mean', '± 95 %', 'std', `seed ${best.seed}`], table));
  print(`Best on the validation episodes: ${path.join(out, 'policy.json')}; all: ${path.join(out, 'seeds')}`);
}
