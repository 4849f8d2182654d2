import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Plot, palette, renderSvg } from '../figures/render.js';
import { tableFromRows, writeTable } from '../results/tables.js';
import { summarize } from '../statistics/summary.js';
import { writeFigures } from '../submetaverse/write-run.js';
import type { TrainingJob } from './job.js';
import type { LearningProblem } from './problems/index.js';
import type { SeedRow } from './seeds.js';
import { writeTraining } from './write-training.js';

/** Means over unseen episodes of one metric, seed by seed. */
export function meansOf(rows: readonly SeedRow[], metric: string): number[] {
  return rows.map(({ metrics }) => summarize(metrics[metric].map((value) => value ?? NaN)).mean);
}

/** The training whose policy was best on the validation episodes: the unseen ones judge it, so they do not choose it. */
export function bestOf(rows: readonly SeedRow[]): SeedRow {
  return rows.reduce((best, row) => (row.validationReward > best.validationReward ? row : best));
}

/**
 * Writes the best policy as `metalore train` of one seed does, that of every seed below `seeds/`, a table of all and their
 * curves.
 */
export async function writeSeeds(
  dir: string,
  rows: readonly SeedRow[],
  { job, problem, startedAt }: { job: TrainingJob; problem: LearningProblem; startedAt: Date },
): Promise<void> {
  const write = (folder: string, { seed, metrics: _, ...result }: SeedRow, index: number) => {
    const metrics = Object.fromEntries(
      Object.keys(problem.metrics).map((name) => [name, { mean: meansOf(rows, name)[index] }]),
    );
    return writeTraining(folder, { job: { ...job, seed }, problem, result, metrics, startedAt });
  };
  for (const [index, row] of rows.entries()) {
    const folder = path.join(dir, 'seeds', String(row.seed));
    await mkdir(folder, { recursive: true });
    await write(folder, row, index);
  }
  const best = bestOf(rows);
  await write(dir, best, rows.indexOf(best));
  await writeFigures(dir, [
    {
      name: 'seeds',
      caption: 'Mean reward on validation episodes over the training, a line a seed',
      svg: seedCurves(rows, best.seed),
    },
  ]);
  const table = rows.map(({ seed, steps, validationReward }, index) => ({
    ...{ seed, steps, validationReward },
    ...Object.fromEntries(Object.keys(problem.metrics).map((name) => [name, meansOf(rows, name)[index]])),
  }));
  await writeTable(dir, tableFromRows('seeds', table), 'parquet');
}

const OTHERS = 'the other seeds';

function seedCurves(rows: readonly SeedRow[], best: number): string {
  const chosen = `seed ${best}, whose best is the highest`;
  const points = rows.flatMap(({ seed, curve }) =>
    curve.flatMap((record) => {
      const reward = record['eval/mean_reward'] as number | null | undefined;
      return typeof reward === 'number'
        ? [
            {
              steps: record['time/total_timesteps'] / 1000,
              reward,
              seed,
              series: seed === best ? chosen : OTHERS,
            },
          ]
        : [];
    }),
  );
  return renderSvg({
    height: 320,
    x: { label: 'environment steps (thousands)', zero: true },
    y: { label: 'mean reward per validation episode', grid: true, nice: true },
    color: { legend: true, domain: [chosen, OTHERS], range: [palette[1], palette[0]] },
    marks: [
      Plot.line(points, { x: 'steps', y: 'reward', z: 'seed', stroke: 'series', strokeOpacity: 0.6 }),
      Plot.dot(points, { x: 'steps', y: 'reward', fill: 'series', r: 2 }),
    ],
  });
}
