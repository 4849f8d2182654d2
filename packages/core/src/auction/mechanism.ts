import type { Market } from './market.js';
import { modifiedSecondBid, secondPrice, type RestSale } from './offline.js';

/** What an auction decides, from what is said. */
export interface Allocation {
  /** Vehicle that gets the cycle; ties go to the lowest index. */
  readonly winner: number;
  /** Its served tasks, by index, ascending. */
  readonly tasks: readonly number[];
  /** What it pays; negative: it is paid. */
  readonly price: number;
  /** Traffic simulator that gets the rest, or the driving simulator. */
  readonly simulator: number | 'driving';
  readonly simulatorPrice: number;
  /** Score of every vehicle; a mechanism without scores leaves it empty. */
  readonly scores: ArrayLike<number>;
  /** The part of every score that the vehicle bid; empty likewise. */
  readonly bids: ArrayLike<number>;
}

/** An auction of one cycle. Pure: what it decides follows from the market alone. */
export interface Mechanism {
  readonly name: string;
  run(market: Market): Allocation;
}

/** What a mechanism that ranks vehicles by a score is made of. */
export interface ScoreRules {
  readonly name: string;
  /** Chooses the served set of vehicle i, writes its flags and returns Σp, s. */
  readonly serve: (market: Market, i: number, served: Uint8Array) => number;
  /** What a vehicle's rest C_i adds to its bid. */
  readonly restScore: (market: Market, i: number, rest: number) => number;
  /** What the winner pays, from the second score and the winner's rest score and bid. */
  readonly price: (secondScore: number, restScore: number, bid: number) => number;
  /** Who gets the rest of the winner's cycle and what it pays. */
  readonly sellRest: (market: Market, winner: number, rest: number) => RestSale;
}

/** Builds a mechanism: score = bid + restScore, winner argmax (ties: lowest index), second score 0 for one vehicle. */
export function scoreMechanism({ name, serve, restScore, price, sellRest }: ScoreRules): Mechanism {
  return {
    name,
    run(market) {
      const served = new Uint8Array(market.value.length);
      const scores = new Float64Array(market.vehicles);
      const bids = new Float64Array(market.vehicles);
      let winner = 0;
      let second = market.vehicles === 1 ? 0 : -Infinity;
      let won = { score: -Infinity, rest: 0, restScore: 0, bid: 0 };
      for (let i = 0; i < scores.length; i++) {
        const rest = market.rest(i, serve(market, i, served));
        const bid = (bids[i] = market.instance.vehicles[i].bid ?? market.servedValue(i, served));
        const added = restScore(market, i, rest);
        const score = (scores[i] = bid + added);
        if (score > won.score) {
          if (i > 0) second = won.score;
          won = { score, rest, restScore: added, bid };
          winner = i;
        } else if (score > second) second = score;
      }
      const first = market.firstTask[winner];
      const tasks: number[] = [];
      for (let task = first; task < market.firstTask[winner + 1]; task++) {
        if (served[task] === 1) tasks.push(task - first);
      }
      return {
        winner,
        tasks,
        price: price(second, won.restScore, won.bid),
        ...sellRest(market, winner, won.rest),
        scores,
        bids,
      };
    },
  };
}

const none = (): number => 0;
const expectedRest = (market: Market, _i: number, rest: number): number => market.gain * rest;
/** max(0, S(2) − gain·C_w). */
const secondScore = (second: number, restScore: number): number => Math.max(0, second - restScore);
const mostValuable: ScoreRules['serve'] = (market, i, served) => market.serveMostValuable(i, served);

/** Second price on bids, one task; the rest at a second price with the driving simulator bidding μ0 · E C. */
export const pvisa = scoreMechanism({
  name: 'pvisa',
  serve: mostValuable,
  restScore: none,
  price: (second) => second,
  sellRest: secondPrice,
});

/** Second score, one task; the rest by modified second bid. */
export const epvisa = scoreMechanism({
  name: 'epvisa',
  serve: mostValuable,
  restScore: expectedRest,
  price: secondScore,
  sellRest: modifiedSecondBid,
});

/** Second score, the tasks that maximise taskValueMean · |A| + gain · C(A); the rest by modified second bid. */
export const mtepvisa = scoreMechanism({
  name: 'mtepvisa',
  serve: (market, i, served) => market.serveBest(i, 'mean', market.gain, served),
  restScore: expectedRest,
  price: secondScore,
  sellRest: modifiedSecondBid,
});

/**
 * Ours: the tasks (also none) that maximise the vehicle's own Σv + gain · C(A), second score without a floor at 0. A
 * winner's utility is v(A) + gain · C(A) − S(2): best at the best set and the true value, whatever the others say.
 */
export const mtepvisaChoice = scoreMechanism({
  name: 'mtepvisa-choice',
  serve: (market, i, served) => market.serveBest(i, 'value', market.gain, served),
  restScore: expectedRest,
  price: (second, restScore) => second - restScore,
  sellRest: modifiedSecondBid,
});

/** The mechanisms of the paper, and ours. */
export const mechanisms: readonly Mechanism[] = [pvisa, epvisa, mtepvisa, mtepvisaChoice];
