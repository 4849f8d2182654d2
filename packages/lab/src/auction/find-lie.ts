import { MarketDrawer, searchLies, shrinkLie } from '@metalore/core/auction';
import type {
  AuctionInstance,
  LieKind,
  MarketOptions,
  Mechanism,
  ProfitableLie,
} from '@metalore/core/auction';
import { startProgress } from '../terminal/progress.js';
import type { LoadedAuction } from './load.js';

/** What a kind of lie gains. */
export interface LieCount {
  readonly kind: LieKind;
  /** Markets in which a lie of that kind pays. */
  readonly markets: number;
  /** Mean over those markets, and largest, of the gain of the best one. */
  readonly meanGain: number;
  readonly largestGain: number;
}

/** What a search found, with the smallest counterexample of the kind that pays most. */
export interface LieReport {
  readonly mechanism: string;
  readonly markets: number;
  readonly tried: number;
  readonly profitable: number;
  readonly kinds: readonly LieCount[];
  readonly counterexample: {
    readonly kind: LieKind;
    readonly lie: string;
    readonly honestUtility: number;
    readonly gain: number;
    /** Everybody's truth, and what is said. */
    readonly truth: AuctionInstance;
    readonly said: AuctionInstance;
  } | null;
}

/**
 * Searches markets for profitable lies: the instance itself, or as many drawn markets as are asked for, from its seed on.
 *
 * @param signal stops between markets
 */
export async function findLie(
  { instance, drawn }: LoadedAuction,
  mechanism: Mechanism,
  options: MarketOptions & { kinds: readonly LieKind[]; markets: number },
  signal?: AbortSignal,
): Promise<LieReport> {
  const { markets, kinds, ...marketOptions } = options;
  const drawer = drawn === undefined ? undefined : new MarketDrawer(drawn);
  const gains = new Map<LieKind, number[]>(kinds.map((kind) => [kind, []]));
  let best: ProfitableLie | undefined;
  let tried = 0;
  let profitable = 0;
  const progress = startProgress(`lies against ${mechanism.name}`, markets);
  try {
    for (let market = 0; market < markets; market++) {
      const found = searchLies(drawer?.draw(drawn!.seed + market) ?? instance, mechanism, options);
      tried += found.tried;
      profitable += found.profitable;
      for (const [kind, lie] of found.best) {
        gains.get(kind)?.push(lie.gain);
        if (best === undefined || lie.gain > best.gain) best = lie;
      }
      progress.advance();
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
  } finally {
    progress.stop();
  }
  return {
    mechanism: mechanism.name,
    markets,
    tried,
    profitable,
    kinds: [...gains].map(([kind, list]) => ({
      kind,
      markets: list.length,
      meanGain: list.length === 0 ? 0 : list.reduce((sum, gain) => sum + gain, 0) / list.length,
      largestGain: Math.max(0, ...list),
    })),
    counterexample: best === undefined ? null : plainLie(shrinkLie(best, mechanism, marketOptions)),
  };
}

function plainLie({ lie, gain, honestUtility, truth }: ProfitableLie): LieReport['counterexample'] {
  return { kind: lie.kind, lie: lie.text, honestUtility, gain, truth, said: lie.said };
}
