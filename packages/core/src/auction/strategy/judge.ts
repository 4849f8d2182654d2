import type { AuctionInstance } from '../instance.js';
import { Market, type MarketOptions } from '../market.js';
import type { Allocation, Mechanism } from '../mechanism.js';
import { honest, type Lie } from './lie.js';

/** Judges lies in one market by what they do to the liars' true utility. */
export class LieJudge {
  readonly truth: AuctionInstance;
  /** The outcome when everybody says the truth. */
  readonly honest: Allocation;
  readonly #market: Market;

  constructor(
    instance: AuctionInstance,
    readonly mechanism: Mechanism,
    readonly options: MarketOptions = {},
  ) {
    this.truth = honest(instance);
    this.#market = new Market(this.truth, options);
    this.honest = mechanism.run(this.#market);
  }

  /** What the liars gain over saying the truth while all others do. */
  gain(lie: Lie): number {
    const market = new Market(lie.said, this.options);
    return this.#utility(lie, market, this.mechanism.run(market)) - this.honestUtility(lie);
  }

  /** What the liars have when they say the truth. */
  honestUtility(lie: Lie): number {
    const { truth } = this;
    const plain = {
      ...lie,
      owners: truth.vehicles.map((_, i) => i),
      taskNumbers: truth.vehicles.map(({ tasks }) => tasks.map((_, n) => n)),
    };
    return this.#utility(plain, this.#market, this.honest);
  }

  /** Score of vehicle i when it bids `bid`; undefined for a mechanism without scores. */
  scoreWithBid(i: number, bid: number): number | undefined {
    const vehicles = this.truth.vehicles.map((vehicle, k) => (k === i ? { ...vehicle, bid } : vehicle));
    const scores = this.mechanism.run(new Market({ ...this.truth, vehicles }, this.options)).scores;
    return scores.length > i ? scores[i] : undefined;
  }

  #utility(
    { vehicles, simulator, owners, taskNumbers }: Lie,
    market: Market,
    allocation: Allocation,
  ): number {
    const owner = owners[allocation.winner];
    if (simulator !== undefined) {
      if (allocation.simulator !== simulator) return 0;
      const served = new Uint8Array(market.value.length);
      for (const n of allocation.tasks) served[market.firstTask[allocation.winner] + n] = 1;
      const rest = market.rest(allocation.winner, market.busy(allocation.winner, served));
      return rest * this.truth.matches[owner][simulator] - allocation.simulatorPrice;
    }
    if (!vehicles.includes(owner)) return 0;
    const { tasks } = this.truth.vehicles[owner];
    const value = allocation.tasks.reduce(
      (sum, n) => sum + tasks[taskNumbers[allocation.winner][n]].value,
      0,
    );
    return value - allocation.price;
  }
}
