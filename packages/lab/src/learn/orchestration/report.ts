import { tableFromRows } from '../../results/tables.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import { summarize } from '../../statistics/summary.js';
import { hypervolume, type Achieved } from '../study/hypervolume.js';
import { decimals, signed } from '../study/text.js';
import { orchestrationFigures } from './figures.js';
import type { FrontRow, OrchestrationRow } from './run-cell.js';
import { standingsOf, type Standing } from './standings.js';
import type { OrchestrationFile } from './study-file.js';

/** Tables, the figure and the summary. */
export function orchestrationReport(rows: readonly OrchestrationRow[], file: OrchestrationFile): StudyReport {
  const played = rows.filter((row) => row.kind === 'played');
  const plans = rows.filter((row) => row.kind === 'hindsight');
  const standings = file.worlds.flatMap(({ name }) => standingsOf(name, played, plans, file));
  const front = rows.filter((row) => row.kind === 'front');
  const volumes = hypervolumes(front, file);
  return {
    tables: [
      tableFromRows(
        'contenders',
        standings.map(({ difference, ...standing }) => ({
          ...standing,
          isRival: standing.isRival ? 1 : 0,
          difference: difference.mean,
          differenceCi95: difference.ci95,
        })),
      ),
      tableFromRows(
        'hindsight',
        plans.map(({ world, episode, reward }) => ({ world, episode, reward })),
      ),
      tableFromRows(
        'front',
        front.map((row) => ({ ...point(row), group: row.group, seed: row.seed })),
      ),
      tableFromRows('hypervolume', volumes),
    ],
    figures: orchestrationFigures(standings, front),
    summary: [worldsText(standings, file), frontText(volumes, file)].join('\n\n'),
  };
}

function worldsText(
  standings: readonly Standing[],
  { worlds, evaluation, hindsight }: OrchestrationFile,
): string {
  const line = (standing: Standing) => [
    `${standing.name}${standing.isRival ? '' : ' *'}`,
    standing.seeds === 0 ? '' : String(standing.seeds),
    standing.reward.toFixed(0),
    standing.gain === 0 ? 'the strongest' : `${signed(standing.gain, 1)} %`,
    standing.gain === 0
      ? ''
      : `${signed(standing.difference.mean, 0)} ± ${decimals(standing.difference.ci95, 0)}`,
    decimals(standing.ofHindsight, 0),
    decimals(standing.aosi, 2),
    decimals(standing.aori, 2),
    decimals(100 * standing.served, 1),
  ];
  const head = ['', 'seeds', 'reward', 'gain', '', '% of hindsight', 'AoSI', 'AoRI', 'served %'];
  const tables = worlds.map(({ name }) => {
    const own = standings.filter(({ world }) => world === name);
    return `### ${name}\n\n${markdownTable(head, own.map(line))}`;
  });
  return [
    '## One policy for any load and any number of cells',
    `Mean reward of ${evaluation.episodes} unseen episodes. Rivals find their parameters on episodes of a training; the gain is over ` +
      'the strongest of them, with a 95 % interval of the paired difference over episodes and training seeds. * came out of ' +
      `this study and is no rival. % of hindsight: against the best plan found for each of the first ${hindsight.episodes} episodes ` +
      'with everything in it known, which no policy can know; the optimum lies above it.',
    ...tables,
  ].join('\n\n');
}

interface Volume {
  [column: string]: string | number;
  readonly front: string;
  readonly points: number;
  readonly hypervolume: number;
}

function point({ aosi, aori, served }: FrontRow): Achieved {
  return { aosi: aosi ?? NaN, aori: aori ?? NaN, served };
}

function hypervolumes(rows: readonly FrontRow[], { front }: OrchestrationFile): Volume[] {
  const rules = rows.filter(({ group }) => group === 'rules').map(point);
  const volume = (name: string, points: readonly Achieved[]): Volume => ({
    front: name,
    points: points.length,
    hypervolume: hypervolume(points, front.reference),
  });
  const learned = front.seeds.map((seed) =>
    rows.filter((row) => row.group === 'learned' && row.seed === seed).map(point),
  );
  return [
    volume('fixed splits and rules', rules),
    ...learned.map((points, i) => volume(`one policy told what is wanted, seed ${front.seeds[i]}`, points)),
    ...learned.map((points, i) => volume(`both, seed ${front.seeds[i]}`, [...rules, ...points])),
  ];
}

function frontText(volumes: readonly Volume[], { front }: OrchestrationFile): string {
  const learned = volumes.filter((volume) => volume.front.startsWith('one policy'));
  const over = summarize(learned.map((volume) => volume.hypervolume));
  return [
    '## The front: one policy told what is wanted',
    `Share of the box from no age and everything served to AoSI ${front.reference.aosi}, AoRI ${front.reference.aori} steps and ` +
      `${100 * front.reference.served} % served that the points dominate. One policy is asked for ${front.eta.length * front.late.length} ` +
      `preferences (η, c2, D_th); over ${learned.length} trainings ${over.mean.toFixed(4)} ± ${decimals(over.ci95, 4)}.`,
    markdownTable(
      ['points of', 'points', 'hypervolume'],
      volumes.map((volume) => [volume.front, String(volume.points), volume.hypervolume.toFixed(4)]),
    ),
  ].join('\n\n');
}
