import { createRequire } from 'node:module';
import { EXACT_PAIRS, planFrom, planProgram, roundedPlan } from '@metalore/core/provider';
import type { Market, Relaxation } from '@metalore/core/provider';
import type { Highs } from 'highs';

/** Seconds after which the exact program gives its best plan and a bound instead. */
const TIME_LIMIT_S = 60;

/** A crash-free plan that knows all arrivals. */
export interface OfflinePlan {
  /** `Int32Array [m]`: provider of every task, −1 to turn it away. */
  readonly assignment: Int32Array;
  /** Whether no crash-free plan is better, by HiGHS. */
  readonly exact: boolean;
}

/** The best crash-free plan of a small market by HiGHS, or a good one of a large market. */
export async function offlinePlan(market: Market, relaxation: () => Relaxation): Promise<OfflinePlan> {
  if (market.providers * market.tasks > EXACT_PAIRS) {
    return { assignment: roundedPlan(market, relaxation()), exact: false };
  }
  // a CommonJS module whose types say otherwise
  const load = createRequire(import.meta.url)('highs') as () => Promise<Highs>;
  const highs = await load();
  const { Status, Columns } = highs.solve(planProgram(market), {
    mip_rel_gap: 0,
    time_limit: TIME_LIMIT_S,
    output_flag: false,
  });
  const value = (name: string): number | undefined =>
    (Columns[name] as { Primal?: number } | undefined)?.Primal;
  return { assignment: planFrom(market, value), exact: Status === 'Optimal' };
}
