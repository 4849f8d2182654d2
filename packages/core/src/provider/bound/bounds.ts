import type { Market } from '../market.js';
import type { Relaxation } from './relaxation.js';

/** What no plan can exceed, by what it may do. */
export interface ProviderBounds {
  /** Bounds plans without a crash only: a crash can pay where values are paid at acceptance. */
  readonly crashFree: number;
  /** How far `crashFree` lies above the linear relaxation at most, relative. */
  readonly gap: number;
  /** Σ max_j u_j(t), as if no provider were ever full: bounds everything. */
  readonly capacityFree: number;
}

/** Sums over thousands of values differ by this much in their order. */
const ROUNDING = 1e-12;

export function capacityFree(market: Market): number {
  const { providers, sizes, sizeOf, value } = market;
  const best = Array.from(sizes, (_size, k) =>
    Math.max(...value.subarray(k * providers, (k + 1) * providers)),
  );
  return sizeOf.reduce((sum, size) => sum + best[size], 0);
}

/** Both bounds, the first from the relaxation of the market. */
export function boundsOf(market: Market, { upper, gap }: Relaxation): ProviderBounds {
  return { crashFree: upper * (1 + ROUNDING), gap, capacityFree: capacityFree(market) };
}
