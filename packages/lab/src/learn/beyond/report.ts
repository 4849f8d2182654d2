import { Plot, palette, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import { pairedDifference } from '../study/compare.js';
import { decimals, signed } from '../study/text.js';
import type { BeyondFile, Experiment } from './beyond-file.js';
import type { BeyondRow } from './cells.js';

/** A contender over its training seeds, beside the best fixed split. */
interface Standing {
  readonly experiment: string;
  readonly name: string;
  readonly group: string;
  readonly seeds: number;
  readonly reward: number;
  readonly difference: number;
  readonly differenceCi95: number;
  /** Difference over the best fixed split's reward, %. */
  readonly gain: number;
  readonly aosi: number;
  readonly aori: number;
  readonly served: number;
}

/** Tables, the figure over time, and the summary. */
export function beyondReport(rows: readonly BeyondRow[], file: BeyondFile): StudyReport {
  const standings = file.experiments.flatMap((experiment) => standingsOf(experiment, rows));
  return {
    tables: [
      tableFromRows(
        'contenders',
        standings.map((standing) => ({ ...standing })),
      ),
    ],
    figures: file.experiments.flatMap((experiment) => overTime(experiment, rows)),
    summary: file.experiments.map((experiment) => section(experiment, standings)).join('\n\n'),
  };
}

const mean = (values: readonly (number | null)[]) => summarize(values.map((value) => value ?? NaN)).mean;

/** The fixed split of the highest mean reward, chosen on the episodes that are shown. */
function bestFixed(rows: readonly BeyondRow[]): BeyondRow {
  const fixedRows = rows.filter(({ group }) => group === 'fixed');
  return fixedRows.reduce((best, row) => (mean(row.reward) > mean(best.reward) ? row : best));
}

function standingsOf(experiment: Experiment, all: readonly BeyondRow[]): Standing[] {
  const rows = all.filter((row) => row.experiment === experiment.name);
  const best = bestFixed(rows);
  const others = rows.filter(({ group }) => group !== 'fixed');
  const names = [...new Set(others.map(({ name }) => name))];
  return [[best], ...names.map((name) => others.filter((row) => row.name === name))].map((group) => {
    const difference = pairedDifference(
      group.map(({ reward }) => reward),
      best.reward,
    );
    const over = (metric: 'reward' | 'aosi' | 'aori' | 'served') => mean(group.flatMap((row) => row[metric]));
    return {
      experiment: experiment.name,
      name: group[0].name,
      group: group[0].group,
      seeds: group[0].group === 'learned' ? group.length : 0,
      reward: over('reward'),
      difference: difference.mean,
      differenceCi95: difference.ci95,
      gain: (100 * difference.mean) / Math.abs(mean(best.reward)),
      aosi: over('aosi'),
      aori: over('aori'),
      served: over('served'),
    };
  });
}

function section(experiment: Experiment, standings: readonly Standing[]): string {
  const rows = standings
    .filter(({ experiment: name }) => name === experiment.name)
    .map((standing) => [
      standing.group === 'fixed'
        ? `best fixed split (${standing.name.slice(6).replace(',', ', ')})`
        : standing.name,
      standing.seeds === 0 ? '' : String(standing.seeds),
      standing.reward.toFixed(0),
      standing.group === 'fixed'
        ? ''
        : `${signed(standing.difference, 0)} ± ${decimals(standing.differenceCi95, 0)}`,
      standing.group === 'fixed' ? '' : `${signed(standing.gain, 1)} %`,
      decimals(standing.aosi, 2),
      decimals(standing.aori, 2),
      decimals(100 * standing.served, 1),
    ]);
  return [
    `## ${experiment.title}`,
    `${experiment.question.trim()} ${experiment.evaluation.episodes} unseen episodes; ± is a 95 % interval of the paired ` +
      'difference to the best fixed split, over episodes and training seeds.',
    markdownTable(['', 'training seeds', 'reward', 'difference', '', 'AoSI', 'AoRI', 'served %'], rows),
  ].join('\n\n');
}

/** Splits and AoSI over one episode, where an experiment keeps traces. */
function overTime(experiment: Experiment, all: readonly BeyondRow[]) {
  const { traceSteps } = experiment;
  if (traceSteps === undefined) return [];
  const rows = all.filter((row) => row.experiment === experiment.name && row.trace !== null);
  const learned = rows.filter(({ group }) => group === 'learned').at(-1);
  const oracle = rows.find(({ group }) => group === 'oracle');
  const shown = [bestFixed(rows), oracle, learned].filter((row) => row !== undefined);
  const label = (row: BeyondRow) =>
    row.group === 'fixed' ? `best fixed split (${row.name.slice(6).replace(',', ', ')})` : row.name;
  const points = shown.flatMap((row) =>
    (['rhoC', 'rhoP', 'aosi'] as const).flatMap((metric) =>
      row.trace![metric].flatMap((value, window) =>
        value === null ? [] : [{ step: (window + 0.5) * traceSteps, value, contender: label(row), metric }],
      ),
    ),
  );
  const panel = (metric: string, yLabel: string, legend: boolean) =>
    renderSvg({
      height: legend ? 260 : 220,
      x: { label: 'step (s)', labelAnchor: 'center' },
      y: { label: yLabel, grid: true, zero: true, nice: true },
      color: { legend, domain: shown.map(label), range: palette.slice(0, shown.length) },
      marks: [
        Plot.line(
          points.filter((point) => point.metric === metric),
          { x: 'step', y: 'value', stroke: 'contender', strokeWidth: 1.5 },
        ),
      ],
    });
  const about = `first unseen episode, means over ${traceSteps} steps`;
  return [
    {
      name: `learn-${experiment.name}-bandwidth`,
      caption: `${experiment.title}: share of bandwidth to UEs, ${about}`,
      svg: panel('rhoC', 'ρC', true),
    },
    {
      name: `learn-${experiment.name}-compute`,
      caption: `${experiment.title}: share of compute to requests, ${about}`,
      svg: panel('rhoP', 'ρP', true),
    },
    {
      name: `learn-${experiment.name}-aosi`,
      caption: `${experiment.title}: AoSI of the requests completed, ${about}`,
      svg: panel('aosi', 'AoSI (steps)', true),
    },
  ];
}
