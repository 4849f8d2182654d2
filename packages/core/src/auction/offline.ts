import type { Market } from './market.js';

/** Who gets the rest of a cycle. */
export interface RestSale {
  readonly simulator: number | 'driving';
  readonly simulatorPrice: number;
}

interface TopTwo {
  readonly best: number;
  readonly first: number;
  readonly second: number;
}

/** The two highest bids x_j = C · M_ij of the traffic simulators, as said; ties to the lowest index. */
function topTwo(market: Market, winner: number, rest: number): TopTwo {
  let best = 0;
  let first = -Infinity;
  let second = 0;
  for (let j = 0; j < market.simulators; j++) {
    const bid = rest * market.reportedMatch(winner, j);
    if (bid > first) {
      if (j > 0) second = first;
      first = bid;
      best = j;
    } else if (bid > second) second = bid;
  }
  return { best, first, second };
}

/**
 * Modified second bid: the top traffic simulator gets the rest iff x_(1) > α x_(2), at α x_(2); otherwise the driving
 * simulator is served, free. One traffic simulator: x_(2) = 0.
 */
export function modifiedSecondBid(market: Market, winner: number, rest: number): RestSale {
  const { best, first, second } = topTwo(market, winner, rest);
  const threshold = market.alpha * second;
  return first > threshold
    ? { simulator: best, simulatorPrice: threshold }
    : { simulator: 'driving', simulatorPrice: 0 };
}

/**
 * Second price among the traffic simulators and the driving simulator, which bids μ0 · E C whatever is left, as it knows
 * only the prior. It stands after the traffic simulators, so a tie goes to them.
 */
export function secondPrice(market: Market, winner: number, rest: number): RestSale {
  const { best, first, second } = topTwo(market, winner, rest);
  const driving = market.drivingMatch * market.instance.prior.remainingMean;
  return first >= driving
    ? { simulator: best, simulatorPrice: Math.max(second, driving) }
    : { simulator: 'driving', simulatorPrice: first };
}
