import { proportion, summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import { formatNumber } from '../../terminal/output.js';
import type { CachingRow, CachingStudyData } from './data.js';

/** A row with costs: all but the timeline's. */
export type CostRow = Exclude<CachingRow, { group: 'timeline' }> & Readonly<Record<string, number | string>>;

export function costRows(rows: readonly CachingRow[], group: string): CostRow[] {
  return rows.filter((row): row is CostRow => row.group === group && 'policy' in row);
}

export function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/** Values of one field over seeds, ascending by seed. */
export function valuesOf(
  rows: readonly CostRow[],
  policy: string,
  field = 'total',
  label?: string,
): number[] {
  return rows
    .filter((row) => row.policy === policy && (label === undefined || row.label === label))
    .sort((a, b) => a.seed - b.seed)
    .map((row) => Number(row[field] ?? NaN));
}

/** `5.19 ± 0.10`: mean and half width of the 95 % interval. */
export function interval(values: readonly number[], digits = 2): string {
  const { mean, ci95 } = summarize(values);
  return Number.isNaN(ci95) ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${ci95.toFixed(digits)}`;
}

/** Costs relative to another policy's on the same seeds. */
export function ratios(rows: readonly CostRow[], policy: string, to: string, label?: string): number[] {
  const base = valuesOf(rows, to, 'total', label);
  return valuesOf(rows, policy, 'total', label).map((total, index) => total / base[index]);
}

const TERMS = [
  ['total', 'system cost', 2],
  ['switch', 'switching', 2],
  ['acc', 'accuracy', 2],
  ['avgAcc', 'accuracy per request', 4],
  ['inf', 'inference', 2],
  ['off', 'offloading', 2],
  ['cloud', 'cloud', 2],
  ['edge', 'edge share, %', 1],
] as const;

/** Table II: ours with 95 % intervals, the paper's in brackets. */
export function tableTwo(rows: readonly CostRow[], paper: CachingStudyData['paper']): string {
  const policies = Object.keys(paper);
  return markdownTable(
    ['per slot', ...policies],
    TERMS.map(([field, name, digits]) => [
      name,
      ...policies.map((policy) => {
        const scale = field === 'edge' ? 100 : 1;
        const values = valuesOf(rows, policy, field).map((value) => value * scale);
        return `${interval(values, digits)} (${(paper[policy][field] * scale).toFixed(digits)})`;
      }),
    ]),
  );
}

/** All policies on the scenario, cheapest first. */
export function allPolicies(rows: readonly CostRow[]): string {
  const mean = (policy: string): number => summarize(valuesOf(rows, policy)).mean;
  const policies = distinct(rows.map((row) => row.policy)).sort((a, b) => mean(a) - mean(b));
  return markdownTable(
    ['policy', 'total', 'sd over seeds', 'switching', 'cloud', 'edge, %', 'loads'],
    policies.map((policy) => [
      policy,
      interval(valuesOf(rows, policy)),
      formatNumber(summarize(valuesOf(rows, policy)).std, 2),
      ...['switch', 'cloud'].map((field) => interval(valuesOf(rows, policy, field))),
      interval(
        valuesOf(rows, policy, 'edge').map((share) => 100 * share),
        1,
      ),
      interval(valuesOf(rows, policy, 'loads')),
    ]),
  );
}

/** Seeds on which one policy is cheaper than another, with the 95 % interval of the share (Wilson). */
export function wins(
  rows: readonly CostRow[],
  policy: string,
  other: string,
  label?: string,
): { count: number; seeds: number; share: number; low: number; high: number } {
  const mine = valuesOf(rows, policy, 'total', label);
  const theirs = valuesOf(rows, other, 'total', label);
  const count = mine.filter((total, index) => total < theirs[index]).length;
  return { count, seeds: mine.length, ...proportion(count, mine.length) };
}
