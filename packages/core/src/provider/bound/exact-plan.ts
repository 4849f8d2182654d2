import type { Market } from '../market.js';
import { valueOf } from '../market.js';
import { intervalsOf } from './intervals.js';

/** Pairs of provider and task up to which a plan is solved exactly. */
export const EXACT_PAIRS = 1200;

/**
 * The best crash-free plan as a mixed-integer program in CPLEX LP format: x_ij ∈ {0, 1}, a task once, capacity at every peak.
 * Pairs without value are left out, as are peaks at which a provider has room for all that could run there.
 */
export function planProgram(market: Market): string {
  const { providers, tasks, steps, capacity } = market;
  const { peaks, first, last } = intervalsOf(market);
  const isWorth = (task: number, provider: number): boolean =>
    valueOf(market, task, provider) > 0 && steps[task] <= capacity[provider];
  const objective: string[] = [];
  const rows: string[] = [];
  const binaries: string[] = [];
  for (let i = 0; i < tasks; i++) {
    const names: string[] = [];
    for (let j = 0; j < providers; j++) {
      if (!isWorth(i, j)) continue;
      names.push(nameOf(i, j));
      objective.push(`${valueOf(market, i, j)} ${nameOf(i, j)}`);
    }
    if (names.length > 0) rows.push(`${names.join(' + ')} <= 1`);
    binaries.push(...names);
  }
  for (let j = 0; j < providers; j++) {
    for (let peak = 0; peak < peaks; peak++) {
      let all = 0;
      const terms: string[] = [];
      for (let i = 0; i < tasks; i++) {
        if (first[i] > peak || last[i] < peak || !isWorth(i, j)) continue;
        all += steps[i];
        terms.push(`${steps[i]} ${nameOf(i, j)}`);
      }
      if (all > capacity[j]) rows.push(`${terms.join(' + ')} <= ${capacity[j]}`);
    }
  }
  return [
    'Maximize',
    ` obj: ${objective.length > 0 ? objective.join('\n + ') : '0 none'}`,
    'Subject To',
    ...rows.map((row, index) => ` r${index}: ${row.replace(/ \+ /g, '\n + ')}`),
    ...(binaries.length > 0 ? ['Binaries', ...binaries.map((name) => ` ${name}`)] : []),
    'End',
  ].join('\n');
}

/**
 * The plan that a solver found for {@link planProgram}.
 *
 * @param value of a variable by name
 */
export function planFrom(market: Market, value: (name: string) => number | undefined): Int32Array {
  return Int32Array.from({ length: market.tasks }, (_, task) => {
    for (let provider = 0; provider < market.providers; provider++) {
      if ((value(nameOf(task, provider)) ?? 0) > 0.5) return provider;
    }
    return -1;
  });
}

function nameOf(task: number, provider: number): string {
  return `x${task}_${provider}`;
}
