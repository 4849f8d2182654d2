import type { Market } from './market.js';
import { scoreMechanism, type Mechanism, type ScoreRules } from './mechanism.js';
import { modifiedSecondBid } from './offline.js';

/**
 * Auctions that look right and are not, to be caught by the search for lies or by their surplus. None is a mechanism of the
 * paper.
 */
const serveForGain: ScoreRules['serve'] = (market, i, served) =>
  market.serveBest(i, 'mean', market.gain, served);
const expectedRest = (market: Market, _i: number, rest: number): number => market.gain * rest;

/** The winner pays its own bid: a lower bid that still wins pays off. */
export const firstScore = scoreMechanism({
  name: 'first-score',
  serve: serveForGain,
  restScore: expectedRest,
  price: (_second, _restScore, bid) => bid,
  sellRest: modifiedSecondBid,
});

/**
 * The score takes what the simulators bid for a vehicle's rest in place of its expectation: a simulator that overstates its
 * match with one vehicle makes that vehicle win.
 */
export const bidScore = scoreMechanism({
  name: 'bid-score',
  serve: serveForGain,
  restScore: (market, i, rest) => rest * matchByBids(market, i),
  price: (second, restScore) => Math.max(0, second - restScore),
  sellRest: modifiedSecondBid,
});

function matchByBids(market: Market, i: number): number {
  let first = 0;
  let second = 0;
  for (let j = 0; j < market.simulators; j++) {
    const match = market.reportedMatch(i, j);
    if (match > first) {
      second = first;
      first = match;
    } else if (match > second) second = match;
  }
  return first > market.alpha * second ? first : market.drivingMatch;
}

/** `mtepvisa` that serves as many tasks as it can whatever rest that costs. */
export const serveAll = scoreMechanism({
  name: 'serve-all',
  serve: (market, i, served) => market.serveBest(i, 'mean', 0, served),
  restScore: expectedRest,
  price: (second, restScore) => Math.max(0, second - restScore),
  sellRest: modifiedSecondBid,
});

/** The traps by name. */
export const traps: readonly Mechanism[] = [bidScore, serveAll, firstScore];
