import { SCORER_FEATURES } from '@metalore/core/provider';
import { linesFigure } from '../../figures/lines.js';
import { tableFromRows } from '../../results/tables.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { ScorerRow } from './cells.js';

type WorldRow = Extract<ScorerRow, { kind: 'world' }>;

/** Tables, figure and text: the scorer beside what needs no training, by size, load and capacities. */
export function scorerReport(rows: readonly ScorerRow[]): StudyReport {
  const worlds = rows.filter((row): row is WorldRow => row.kind === 'world');
  const weights = rows.flatMap((row) => (row.kind === 'weights' ? [row] : []));
  const curves = rows.flatMap((row) => (row.kind === 'generation' ? [row] : []));
  const plain = ({ kind: _kind, ...row }: WorldRow) => row;
  return {
    tables: [
      tableFromRows('provider-scorer', worlds.map(plain)),
      tableFromRows(
        'provider-scorer-weights',
        weights.flatMap(({ seed, weights: own }) =>
          own.map((weight, k) => ({ seed, weight: SCORER_FEATURES[k], value: weight })),
        ),
      ),
      tableFromRows(
        'provider-scorer-training',
        curves.map(({ seed, generation, share }) => ({ seed, generation, share })),
      ),
    ],
    figures: [
      {
        name: 'provider-scorer',
        caption:
          'Reward over Σ max u, which no plan exceeds, by load: first streams of unseen worlds, means over capacities, sizes and training seeds with 95 % intervals over worlds. The scorer and the table know nothing of a world before its first task, the prophet everything.',
        svg: linesFigure(points(worlds), {
          title: 'First streams of unseen worlds, by load',
          x: 'load (1: 50 tasks a provider in 288 h)',
          y: 'reward / Σ max u',
        }),
      },
    ],
    summary: [
      ...(['paper', 'code'] as const).map((set) => section(worlds, set)),
      weightSection(weights),
    ].join('\n\n'),
  };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Mean over whatever a world was played with, then the interval over worlds. */
function overWorlds(rows: readonly WorldRow[]) {
  return summarize(
    distinct(rows.map(({ world }) => world)).map((world) => {
      const own = rows.filter((row) => row.world === world);
      return own.reduce((sum, { share }) => sum + share, 0) / own.length;
    }),
  );
}

function points(rows: readonly WorldRow[]) {
  return distinct(rows.map(({ policy }) => policy)).flatMap((series) =>
    distinct(rows.map(({ load }) => load)).map((x) => {
      const { mean, ci95 } = overWorlds(rows.filter((row) => row.policy === series && row.load === x));
      return { series, x, mean, ci95 };
    }),
  );
}

function section(rows: readonly WorldRow[], set: 'paper' | 'code'): string {
  const own = rows.filter(({ capacities }) => capacities === set);
  const policies = distinct(own.map(({ policy }) => policy));
  const table = markdownTable(
    [
      'providers',
      'load',
      ...policies,
      'scorer − table',
      'scorer − prophet',
      'crashes of the scorer, of the prophet',
    ],
    distinct(own.map(({ providers }) => providers)).flatMap((providers) =>
      distinct(own.map(({ load }) => load)).map((load) => {
        const kind = own.filter((row) => row.providers === providers && row.load === load);
        const of = (policy: string) => kind.filter((row) => row.policy === policy);
        const crashes = (policy: string) => summarize(of(policy).map((row) => row.crashes)).mean.toFixed(1);
        return [
          String(providers),
          String(load),
          ...policies.map((policy) => withInterval(overWorlds(of(policy)), 3)),
          ...['table', 'prophet'].map((rival) =>
            withInterval(summarize(differences(of('scorer'), of(rival))), 3),
          ),
          `${crashes('scorer')}, ${crashes('prophet')}`,
        ];
      }),
    ),
  );
  return `## Capacities of the ${set}\n\nReward over Σ max u in the first stream of unseen worlds; the scorer is the mean over training seeds.\n\n${table}`;
}

/** World by world, the scorer being the mean over its training seeds. */
function differences(scorer: readonly WorldRow[], rival: readonly WorldRow[]): number[] {
  return rival.map(({ world, share }) => {
    const own = scorer.filter((row) => row.world === world);
    return own.reduce((sum, row) => sum + row.share, 0) / own.length - share;
  });
}

function weightSection(weights: readonly { seed: number; weights: number[] }[]): string {
  const table = markdownTable(
    ['weight', ...weights.map(({ seed }) => `training ${seed}`)],
    SCORER_FEATURES.map((name, k) => [name, ...weights.map((row) => row.weights[k].toFixed(3))]),
  );
  return `## Weights\n\n${table}`;
}
