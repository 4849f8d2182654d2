import {
  drawAuctionInstance,
  Market,
  mechanisms,
  optimumOf,
  outcomeOf,
  traps,
  type AuctionInstance,
  type AuctionOutcome,
} from '@metalore/core/auction';
import { plainError, type PlainError } from '../shared/problem.js';
import { startValues } from '../shared/settings.js';

/** What the sliders set; the rest of a market has the values of `scenarios/auction-base.yaml`. */
export const SETTINGS = [
  { key: 'vehicles', label: 'Vehicles', min: 1, max: 40, step: 1, start: 12 },
  { key: 'simulators', label: 'Traffic simulators', min: 1, max: 60, step: 1, start: 30 },
  { key: 'tasksPerVehicle', label: 'Tasks of a vehicle', min: 0, max: 8, step: 1, start: 5 },
  {
    key: 'simulationValue',
    label: 'Worth of a cycle of simulation',
    min: 0,
    max: 1,
    step: 0.05,
    start: 0.25,
  },
] as const;
/** Every mechanism, the broken ones last. */
export const MECHANISMS = [...mechanisms, ...traps];
export const BROKEN: readonly string[] = traps.map(({ name }) => name);

/** Largest factor on the true bid. */
export const MOST = 3;

/** The Auction view: a market, a mechanism, and what one vehicle says instead of the truth. */
export class AuctionState {
  values = $state(startValues(SETTINGS));
  seed = $state(1);
  mechanism = $state('mtepvisa');
  /** The vehicle that one plays. */
  you = $state(0);
  /** What you bid, over what your served tasks are worth. */
  factor = $state(1);
  /** Tasks of yours that you do not mention. */
  hidden = $state.raw<readonly number[]>([]);

  /** Options of the market as the command line takes them. */
  readonly options = $derived({ seed: this.seed, ...this.values });
  readonly truth = $derived.by(() => {
    try {
      return { instance: drawAuctionInstance(this.options) };
    } catch (error) {
      return { error: plainError(error) as PlainError };
    }
  });
  readonly instance = $derived(this.truth.instance);
  /** Outcome if you tell the truth, and as things are said. */
  readonly honest = $derived(this.instance && this.#run(this.instance, 1, []));
  readonly said = $derived(this.instance && this.#run(this.instance, this.factor, this.hidden));
  readonly isLying = $derived(this.factor !== 1 || this.hidden.length > 0);
  /** Your utility over factors of the bid, hidden tasks as they are. */
  readonly curve = $derived.by(() => {
    const { instance } = this;
    if (instance === undefined) return [];
    return Array.from({ length: 61 }, (_, k) => {
      const factor = (k * MOST) / 60;
      return { factor, utility: this.#run(instance, factor, this.hidden).yours };
    });
  });

  #run(instance: AuctionInstance, factor: number, hidden: readonly number[]) {
    const mechanism = MECHANISMS.find(({ name }) => name === this.mechanism)!;
    const spoken = said(instance, this.you, hidden);
    // The bid is a factor on what the mechanism would serve, so that 1 is the truth.
    const probe = new Market(spoken);
    const worth = mechanism.run(probe).bids[this.you] ?? 0;
    const bids = spoken.vehicles.map((vehicle, i) =>
      i === this.you && factor !== 1 ? { ...vehicle, bid: factor * worth } : vehicle,
    );
    const market = new Market({ ...spoken, vehicles: bids });
    const allocation = mechanism.run(market);
    const outcome = outcomeOf(market, mechanism, optimumOf(new Market(instance)));
    const scores = Array.from(allocation.scores);
    const others = scores.filter((_, i) => i !== outcome.winner);
    return {
      outcome: { ...outcome, ...this.#numbered(outcome, hidden) },
      scores,
      bids: Array.from(allocation.bids),
      second: others.length === 0 ? 0 : Math.max(...others),
      yours: outcome.winner === this.you ? outcome.utilities.vehicle : 0,
      instance: market.instance,
    };
  }

  /** Tasks of the winner under their own numbers: where it is you, those that you hide are not counted. */
  #numbered({ winner, tasks, schedule }: AuctionOutcome, hidden: readonly number[]) {
    if (winner !== this.you || hidden.length === 0) return { tasks, schedule };
    const own = this.instance!.vehicles[winner].tasks.map((_, task) => task);
    const kept = own.filter((task) => !hidden.includes(task));
    return {
      tasks: tasks.map((task) => kept[task]),
      schedule: schedule.map((entry) => ({ ...entry, task: kept[entry.task] })),
    };
  }

  hide(task: number, isHidden: boolean): void {
    const others = this.hidden.filter((other) => other !== task);
    this.hidden = isHidden ? [...others, task].sort((a, b) => a - b) : others;
  }

  play(vehicle: number): void {
    this.you = vehicle;
    this.tellTruth();
  }

  tellTruth(): void {
    this.factor = 1;
    this.hidden = [];
  }
}

/** An instance as it is said when vehicle `you` leaves tasks out. */
function said(instance: AuctionInstance, you: number, hidden: readonly number[]): AuctionInstance {
  if (hidden.length === 0) return instance;
  const vehicles = instance.vehicles.map((vehicle, i) =>
    i === you ? { ...vehicle, tasks: vehicle.tasks.filter((_, task) => !hidden.includes(task)) } : vehicle,
  );
  return { ...instance, vehicles };
}
