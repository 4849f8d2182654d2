import type { ServerAccounts, UnitMapping } from '@metalore/core/city';
import { withInterval } from '../statistics/summary.js';
import { markdownTable } from '../study/markdown-table.js';
import { formatNumber } from '../terminal/output.js';
import type { CityRow } from './cells.js';
import { CITY_METRICS, type CityMetric, type Comparison } from './tables.js';

const COLUMNS: readonly CityMetric[] = [
  'aosi',
  'aori',
  'served',
  'lateShare',
  'worstAosi',
  'handovers',
  'jain',
  'busiest',
];

/** Digits behind the point of a metric. */
const digitsOf = (metric: CityMetric): number => (metric === 'handovers' ? 1 : 3);

/** Rows of a table: every method and policy with its intervals. */
export function resultRows(comparisons: readonly Comparison[]): string[][] {
  return comparisons.map(({ variant, values, objectiveMs }) => [
    variant.method,
    variant.policy,
    Number.isNaN(objectiveMs) ? 'none' : formatNumber(objectiveMs),
    ...COLUMNS.map((metric) => withInterval(values[metric], digitsOf(metric))),
  ]);
}

export const RESULT_HEAD = ['method', 'policy', 'J (ms)', ...COLUMNS.map((metric) => CITY_METRICS[metric])];

/** Rows of paired differences from the base method under the same policy. */
export function differenceRows(comparisons: readonly Comparison[]): string[][] {
  return comparisons.flatMap(({ variant, difference }) =>
    difference === undefined
      ? []
      : [
          [
            variant.method,
            variant.policy,
            ...COLUMNS.map((metric) => withInterval(difference[metric], digitsOf(metric))),
          ],
        ],
  );
}

export const differenceHead = (base: string): string[] => [
  'method',
  'policy',
  ...COLUMNS.map((metric) => `${CITY_METRICS[metric]} − ${base}`),
];

/** How the quantities of paper 001 stand in the scenario. */
export function unitsText(units: UnitMapping): string {
  const short = (value: number) => String(Number(value.toPrecision(4)));
  return (
    `A step is ${short(1e3 * units.stepS)} ms, ${units.stepsPerSlot} are the slot Δ; one sensor stands for ${short(units.sensorsPerSensor)} of the ` +
    `instance; an update is ${short(units.updateMbit)} Mbit and ${short(units.updateUnits)} units; a unit is ` +
    `${short(units.cyclesPerUnit)} cycles.`
  );
}

/** What the partition thought beside what the scenario holds, one row per server. */
export function accountRows(accounts: readonly ServerAccounts[]): string[][] {
  const pair = ({ thought, held }: { thought: number; held: number }, per: number, digits: number) =>
    `${(thought / per).toFixed(digits)} / ${(held / per).toFixed(digits)}`;
  return accounts.map(({ mass, bandwidthHz, computeLeftHz, subSyncMs }, server) => [
    String(server),
    pair(mass, 1, 3),
    pair(bandwidthHz, 1e6, 1),
    pair(computeLeftHz, 1e9, 3),
    pair(subSyncMs, 1, 1),
  ]);
}

export const ACCOUNT_HEAD = ['server', 'mass', 'bandwidth (MHz)', 'compute left (GHz)', 'T_b (ms)'];

/** Methods that found no partition, and why. */
export function infeasibleText(rows: readonly CityRow[]): string[] {
  const texts = rows.flatMap(({ method, infeasible }) =>
    infeasible === undefined ? [] : [`Method ${method} found no partition: ${infeasible}`],
  );
  return [...new Set(texts)];
}

/** Both tables as Markdown, for one place of a study. */
export function comparisonTables(comparisons: readonly Comparison[], base: string): string {
  const differences = differenceRows(comparisons);
  return [
    markdownTable(RESULT_HEAD, resultRows(comparisons)),
    ...(differences.length === 0
      ? []
      : [
          `Paired differences from ${base} under the same policy, with the same people and random numbers:`,
          markdownTable(differenceHead(base), differences),
        ]),
  ].join('\n\n');
}
