import { linesFigure, type LinePoint } from '../../figures/lines.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import {
  curvesOf,
  episodesOf,
  learningTables,
  meansBySeed,
  namesOf,
  pairedDifference,
} from '../comparison/rows.js';
import type { EpisodeRow } from '../comparison/rows.js';
import { BOUND, type ProviderLearnersRow } from './cells.js';

type WorldEpisode = EpisodeRow & { readonly world: string };

/** Tables, figures and text: learners beside fixed policies and the bound, world by world. */
export function providerLearnersReport(rows: readonly ProviderLearnersRow[]): StudyReport {
  const worlds = [...new Set(rows.map(({ world }) => world))];
  const first = rows.filter(({ world }) => world === worlds[0]);
  const level = (name: string): number =>
    summarize(
      episodesOf(first)
        .filter((row) => row.name === name)
        .map(({ metrics }) => metrics['reward']),
    ).mean;
  const prophet = level('prophet');
  const learners = namesOf(rows.filter(({ seed }) => seed > 0));
  return {
    tables: learningTables(
      'provider-learners',
      rows.map((row) => ({ ...row, name: `${row.world}: ${row.name}` })),
    ),
    figures: [
      {
        name: 'provider-learners',
        caption: `Reward of validation streams over the training in ${worlds[0]} (paper 002, fig. 12): medians over training seeds, those below 0 not drawn; the dashed line is the prophet, ${prophet.toFixed(0)}; crash-avoid has ${level('crash-avoid').toFixed(0)}, random ${level('random').toFixed(0)}, the bound of crash-free plans ${level(BOUND).toFixed(0)}.`,
        svg: linesFigure(medianCurves(first), {
          title: `Reward over the training, ${worlds[0]}`,
          x: 'tasks given (thousands)',
          y: 'reward of a stream',
          level: prophet,
        }),
      },
    ],
    summary: [
      ...worlds.map((world) => worldSection(world, episodesOf(rows) as WorldEpisode[])),
      goalSection(worlds, learners, episodesOf(rows) as WorldEpisode[]),
      seedSection(episodesOf(first), learners),
      orderSection(episodesOf(first), learners),
    ].join('\n\n'),
  };
}

function worldSection(world: string, rows: readonly WorldEpisode[]): string {
  const own = rows.filter((row) => row.world === world);
  const bound = meanOf(own, BOUND, 'reward');
  const table = markdownTable(
    ['policy', 'reward', 'over the bound', 'crashes', 'value of finished', 'training seeds'],
    namesOf(own).map((name) => {
      const seeds = [...meansBySeed(own, name, 'reward').values()];
      const streams = own.filter((row) => row.name === name).map(({ metrics }) => metrics['reward']);
      const summary = summarize(seeds.length > 1 ? seeds : streams);
      const of = (metric: string): string => {
        const value = meanOf(own, name, metric);
        return Number.isNaN(value) ? '' : value.toFixed(1);
      };
      return [
        name,
        withInterval(summary, 1),
        (summary.mean / bound).toFixed(3),
        of('crashes'),
        of('completedValue'),
        seeds.length > 1 ? String(seeds.length) : '',
      ];
    }),
  );
  return `## ${world}\n\nIntervals are over training seeds where there are several, else over streams.\n\n${table}`;
}

/** How often a learner reaches what can be asked of one: 1.25 × crash-avoid, .85 × prophet, a fifth of random's crashes. */
function goalSection(
  worlds: readonly string[],
  learners: readonly string[],
  rows: readonly WorldEpisode[],
): string {
  const table = markdownTable(
    ['learner', 'runs', '≥ 1.25 × crash-avoid', '≥ .85 × prophet', 'crashes ≤ .2 × random', 'all three'],
    learners.map((name) => {
      const runs = worlds.flatMap((world) => {
        const own = rows.filter((row) => row.world === world);
        const rewards = meansBySeed(own, name, 'reward');
        const crashes = meansBySeed(own, name, 'crashes');
        return [...rewards].map(([seed, reward]) => [
          reward >= 1.25 * meanOf(own, 'crash-avoid', 'reward'),
          reward >= 0.85 * meanOf(own, 'prophet', 'reward'),
          crashes.get(seed)! <= 0.2 * meanOf(own, 'random', 'crashes'),
        ]);
      });
      const held = (test: (run: boolean[]) => boolean): string => String(runs.filter(test).length);
      return [
        name,
        String(runs.length),
        held((run) => run[0]),
        held((run) => run[1]),
        held((run) => run[2]),
        held((run) => run.every(Boolean)),
      ];
    }),
  );
  return `## What was reached\n\nOver all worlds and training seeds:\n\n${table}`;
}

/** What every training came to in the first world, failures included. */
function seedSection(rows: readonly EpisodeRow[], learners: readonly string[]): string {
  const trained = learners.filter((name) => meansBySeed(rows, name, 'reward').size > 0);
  const table = markdownTable(
    ['learner', 'reward by training seed', 'crashes'],
    trained.map((name) => [
      name,
      [...meansBySeed(rows, name, 'reward').values()].map((mean) => mean.toFixed(0)).join(', '),
      [...meansBySeed(rows, name, 'crashes').values()].map((mean) => mean.toFixed(1)).join(', '),
    ]),
  );
  return `## Every training\n\nIn the first world, mean over the unseen streams:\n\n${table}`;
}

/** Medians over training seeds: one that failed does not hide the others. */
function medianCurves(rows: readonly ProviderLearnersRow[]): LinePoint[] {
  const curves = curvesOf(rows);
  return namesOf(curves)
    .flatMap((series) => {
      const own = curves.filter(({ name }) => name === series);
      return [...new Set(own.map(({ steps }) => steps))].map((steps) => {
        const { median } = summarize(own.filter((row) => row.steps === steps).map(({ value }) => value));
        return { x: steps / 1000, mean: median, ci95: 0, series };
      });
    })
    .filter(({ mean }) => mean >= 0);
}

function orderSection(rows: readonly EpisodeRow[], learners: readonly string[]): string {
  const pairs = learners.flatMap((a, k) => learners.slice(k + 1).map((b) => [a, b] as const));
  const table = markdownTable(
    ['pair', 'difference of rewards', 'ahead'],
    pairs
      .map((pair) => [pair, pairedDifference(rows, pair, 'reward')] as const)
      .filter(([, { n }]) => n > 1)
      .map(([pair, difference]) => {
        const isClear = Math.abs(difference.mean) > difference.ci95;
        const ahead = isClear ? pair[difference.mean > 0 ? 0 : 1] : 'neither';
        return [pair.join(' − '), withInterval(difference, 1), ahead];
      }),
  );
  return `## The order\n\nIn the first world, paired by training seed, 95 % intervals:\n\n${table}`;
}

function meanOf(rows: readonly EpisodeRow[], name: string, metric: string): number {
  const values = rows.filter((row) => row.name === name).map(({ metrics }) => metrics[metric] ?? NaN);
  return summarize(values).mean;
}
