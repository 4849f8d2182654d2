import type { AuctionInstance } from './instance.js';
import { Market, type MarketOptions } from './market.js';
import type { Allocation, Mechanism } from './mechanism.js';

/** A task on the roadside unit, s from the start of the cycle. */
export interface ScheduledTask {
  readonly task: number;
  readonly startS: number;
  readonly endS: number;
}

/** What an auction led to, valued by the truth. */
export interface AuctionOutcome {
  readonly mechanism: string;
  readonly winner: number;
  /** Served tasks of the winner, ascending. */
  readonly tasks: readonly number[];
  /** The same in the order of service: by deadline, ties by index. */
  readonly schedule: readonly ScheduledTask[];
  readonly price: number;
  readonly simulator: number | 'driving';
  readonly simulatorPrice: number;
  /** C of the winner. */
  readonly remainingValue: number;
  readonly surplus: { readonly tasks: number; readonly simulation: number; readonly total: number };
  readonly utilities: {
    /** Of the winning vehicle: true value of what is served − price. All others have 0. */
    readonly vehicle: number;
    /** Of whoever gets the rest: true worth − price. */
    readonly simulator: number;
    /** What the roadside unit is paid by both. */
    readonly roadside: number;
  };
  readonly scores: readonly number[];
  readonly alpha: number;
  readonly gain: number;
  /** Largest surplus of one who knows every value: max over vehicles and feasible sets (also none). */
  readonly optimum: number;
  /** surplus.total / optimum; 1 if both are 0. */
  readonly share: number;
  /** Only with heuristic admission: the largest relative distance of a served set from its bound. */
  readonly admissionGap?: number;
}

/**
 * Runs a mechanism on what is said and values the outcome by the truth.
 *
 * @throws InvalidInputError if a vehicle has more than 16 tasks and admission is exact
 */
export function runAuction(
  instance: AuctionInstance,
  mechanism: Mechanism,
  options: MarketOptions = {},
): AuctionOutcome {
  const market = new Market(instance, options);
  return outcomeOf(market, mechanism, optimumOf(market));
}

/** {@link runAuction} on a prepared market with its {@link optimumOf}, for several mechanisms on one. */
export function outcomeOf(market: Market, mechanism: Mechanism, optimum: number): AuctionOutcome {
  const allocation = mechanism.run(market);
  const { winner, tasks, price, simulator, simulatorPrice } = allocation;
  const first = market.firstTask[winner];
  const schedule = scheduleOf(market, winner, tasks);
  const rest = market.rest(winner, schedule.at(-1)?.endS ?? 0);
  const served = tasks.reduce((sum, n) => sum + market.value[first + n], 0);
  const simulation = rest * trueMatch(market, allocation);
  const total = served + simulation;
  return {
    mechanism: mechanism.name,
    winner,
    tasks,
    schedule,
    price,
    simulator,
    simulatorPrice,
    remainingValue: rest,
    surplus: { tasks: served, simulation, total },
    utilities: {
      vehicle: served - price,
      simulator: simulation - simulatorPrice,
      roadside: price + simulatorPrice,
    },
    scores: Array.from(allocation.scores),
    alpha: market.alpha,
    gain: market.gain,
    optimum,
    share: optimum > 0 ? total / optimum : 1,
    ...(market.admission === 'heuristic' ? { admissionGap: market.admissionGap } : {}),
  };
}

function trueMatch(market: Market, { winner, simulator }: Allocation): number {
  return simulator === 'driving' ? market.drivingMatch : market.instance.matches[winner][simulator];
}

function scheduleOf(market: Market, winner: number, tasks: readonly number[]): ScheduledTask[] {
  const first = market.firstTask[winner];
  const last = market.firstTask[winner + 1];
  const schedule: ScheduledTask[] = [];
  let startS = 0;
  for (let at = first; at < last; at++) {
    const task = market.order[at];
    if (!tasks.includes(task)) continue;
    const endS = startS + market.durationS[first + task];
    schedule.push({ task, startS, endS });
    startS = endS;
  }
  return schedule;
}

/**
 * Largest surplus of one who knows every value: max_i max_A Σv + C_i(A) · max(M_i(1), μ0). With heuristic admission it is
 * the best that was found.
 */
export function optimumOf(market: Market): number {
  const served = new Uint8Array(market.value.length);
  let optimum = 0;
  for (let i = 0; i < market.vehicles; i++) {
    let match = market.drivingMatch;
    for (const m of market.instance.matches[i]) if (m > match) match = m;
    const rest = market.rest(i, market.serveBest(i, 'value', match, served));
    optimum = Math.max(optimum, market.servedValue(i, served) + match * rest);
  }
  return optimum;
}
