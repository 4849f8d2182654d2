import type { AuctionInstance } from '../instance.js';
import type { MarketOptions } from '../market.js';
import type { Mechanism } from '../mechanism.js';
import { LieJudge } from './judge.js';
import { lieKinds, type Lie, type LieKind } from './lie.js';
import { liesIn } from './lies.js';

/** A gain below this is rounding. */
export const GAIN_TOLERANCE = 1e-9;

/** A lie that pays. */
export interface ProfitableLie {
  readonly lie: Lie;
  /** The liars' true utility when they lie, less that when they do not. */
  readonly gain: number;
  /** Their true utility when they do not. */
  readonly honestUtility: number;
  /** The market in which they lie, everybody's truth. */
  readonly truth: AuctionInstance;
}

export interface LieSearchOptions extends MarketOptions {
  /** Kinds of lies to try; default all. */
  readonly kinds?: readonly LieKind[] | undefined;
}

/** What a search over one market found. */
export interface LieSearch {
  /** Lies tried. */
  readonly tried: number;
  /** Lies that pay. */
  readonly profitable: number;
  /** The one that pays most, by kind; kinds without one are missing. */
  readonly best: ReadonlyMap<LieKind, ProfitableLie>;
}

/** Tries every lie of {@link liesIn} in a market while all others say the truth. */
export function searchLies(
  instance: AuctionInstance,
  mechanism: Mechanism,
  { kinds = lieKinds, ...options }: LieSearchOptions = {},
): LieSearch {
  const judge = new LieJudge(instance, mechanism, options);
  const best = new Map<LieKind, ProfitableLie>();
  let tried = 0;
  let profitable = 0;
  for (const lie of liesIn(judge, kinds)) {
    tried++;
    const gain = judge.gain(lie);
    if (!(gain > GAIN_TOLERANCE)) continue;
    profitable++;
    if (gain > (best.get(lie.kind)?.gain ?? 0)) {
      best.set(lie.kind, { lie, gain, honestUtility: judge.honestUtility(lie), truth: judge.truth });
    }
  }
  return { tried, profitable, best };
}

/**
 * A smaller market in which a lie of the same kind still pays: vehicles, then simulators, then tasks are taken out, half of
 * them, a quarter, … one at a time, as long as one does.
 */
export function shrinkLie(
  found: ProfitableLie,
  mechanism: Mechanism,
  options: MarketOptions = {},
): ProfitableLie {
  const kinds = [found.lie.kind];
  let smallest = found;
  const tryMarket = (market: AuctionInstance): boolean => {
    const better = searchLies(market, mechanism, { ...options, kinds }).best.get(found.lie.kind);
    if (better === undefined) return false;
    smallest = better;
    return true;
  };
  for (let before = ''; before !== sizeOf(smallest.truth);) {
    before = sizeOf(smallest.truth);
    removeParts(
      () => smallest.truth.vehicles.length,
      1,
      (from, to) => {
        const { truth } = smallest;
        return tryMarket({
          ...truth,
          vehicles: without(truth.vehicles, from, to),
          matches: without(truth.matches, from, to),
        });
      },
    );
    removeParts(
      () => smallest.truth.matches[0].length,
      1,
      (from, to) => {
        const { truth } = smallest;
        return tryMarket({ ...truth, matches: truth.matches.map((row) => without(row, from, to)) });
      },
    );
    for (let i = 0; i < smallest.truth.vehicles.length; i++) {
      removeParts(
        () => smallest.truth.vehicles[i].tasks.length,
        0,
        (from, to) => {
          const { truth } = smallest;
          const vehicles = truth.vehicles.map((vehicle, k) =>
            k === i ? { ...vehicle, tasks: without(vehicle.tasks, from, to) } : vehicle,
          );
          return tryMarket({ ...truth, vehicles });
        },
      );
    }
  }
  return smallest;
}

function removeParts(count: () => number, keep: number, remove: (from: number, to: number) => boolean): void {
  for (let size = Math.ceil(count() / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < count();) {
      const to = Math.min(count(), from + size);
      const isRemoved = count() - (to - from) >= keep && remove(from, to);
      if (!isRemoved) from = to;
    }
  }
}

function without<Item>(items: readonly Item[], from: number, to: number): Item[] {
  return [...items.slice(0, from), ...items.slice(to)];
}

function sizeOf({ vehicles, matches }: AuctionInstance): string {
  return [vehicles.length, matches[0].length, ...vehicles.map(({ tasks }) => tasks.length)].join(' ');
}
