import {
  epvisa,
  GAIN_TOLERANCE,
  LieJudge,
  Market,
  MarketDrawer,
  mechanisms,
  optimumOf,
  outcomeOf,
  randomLie,
  traps,
} from '@metalore/core/auction';
import type { AuctionInstance, Mechanism } from '@metalore/core/auction';
import { RandomStream } from '@metalore/core/random';
import type { AuctionCell } from './cells.js';

/** Sums over a batch of rounds, of one mechanism. */
export interface AuctionRow {
  readonly group: string;
  readonly setting: string;
  readonly vehicles: number;
  readonly tasksPerVehicle: number;
  readonly simulators: number;
  readonly simulationValue: number;
  readonly batch: number;
  readonly rounds: number;
  /** A mechanism, `optimum`, or `mechanism/lie` where lies were tried. */
  readonly mechanism: string;
  /** Price scaling factor; 0 for α*. */
  readonly alpha: number;
  readonly total: number;
  readonly tasks: number;
  readonly simulation: number;
  readonly optimum: number;
  /** C of the winners, of those whose rest the driving simulator got, and how many those were. */
  readonly rest: number;
  readonly restDriving: number;
  readonly driving: number;
  /** Rounds with a price below 0, and what the roadside unit was paid in all. */
  readonly negative: number;
  readonly roadside: number;
  readonly leastRoadside: number;
  /** Lies that paid, their gains, the largest. */
  readonly gains: number;
  readonly gain: number;
  readonly largestGain: number;
}

const compared = [...mechanisms, ...traps.filter(({ name }) => name === 'serve-all')];
const everyMechanism = [...mechanisms, ...traps];

/** Rows of a cell: one for every mechanism, α or lie. */
export function runAuctionCell(cell: AuctionCell): AuctionRow[] {
  const drawer = new MarketDrawer({ seed: 0, ...cell.change });
  const instances = Array.from({ length: cell.rounds }, (_, k) => drawer.draw(cell.batch * cell.rounds + k));
  const rows = new RowMaker(cell, instances[0]);
  if (cell.alphas.length > 0) {
    return cell.alphas.map((alpha) => {
      const outcomes = instances.map((instance) => outcomeOf(new Market(instance, { alpha }), epvisa, 0));
      return rows.outcomes(epvisa.name, alpha, outcomes);
    });
  }
  const markets = instances.map((instance) => new Market(instance));
  const optima = markets.map(optimumOf);
  const runs = compared.map((mechanism) =>
    rows.outcomes(
      mechanism.name,
      0,
      markets.map((market, k) => outcomeOf(market, mechanism, optima[k])),
    ),
  );
  const lies = cell.lies.map(({ mechanism, kind }) => {
    const name = `${mechanism}/${kind}`;
    const stream = new RandomStream(cell.batch, `auction-lie/${name}`);
    const rule = everyMechanism.find((known) => known.name === mechanism) as Mechanism;
    return rows.lies(
      name,
      instances.map((instance) => {
        const lie = randomLie(instance, kind, stream);
        return lie === undefined ? 0 : new LieJudge(instance, rule).gain(lie);
      }),
    );
  });
  return [...runs, ...lies];
}

class RowMaker {
  readonly #base: Omit<AuctionRow, 'mechanism'>;

  constructor({ group, setting, batch, rounds }: AuctionCell, instance: AuctionInstance) {
    const { vehicles, matches, simulationValue } = instance;
    const zero = {
      ...{ alpha: 0, total: 0, tasks: 0, simulation: 0, optimum: 0, rest: 0, restDriving: 0, driving: 0 },
      ...{ negative: 0, roadside: 0, leastRoadside: 0, gains: 0, gain: 0, largestGain: 0 },
    };
    const tasksPerVehicle = vehicles[0].tasks.length;
    this.#base = {
      ...{ group, setting, vehicles: vehicles.length, tasksPerVehicle, simulators: matches[0].length },
      ...{ simulationValue, batch, rounds },
      ...zero,
    };
  }

  outcomes(mechanism: string, alpha: number, outcomes: readonly ReturnType<typeof outcomeOf>[]): AuctionRow {
    const sum = (of: (outcome: ReturnType<typeof outcomeOf>) => number): number =>
      outcomes.reduce((total, outcome) => total + of(outcome), 0);
    const isDriving = (outcome: ReturnType<typeof outcomeOf>): number =>
      outcome.simulator === 'driving' ? 1 : 0;
    return {
      ...this.#base,
      mechanism,
      alpha,
      total: sum(({ surplus }) => surplus.total),
      tasks: sum(({ surplus }) => surplus.tasks),
      simulation: sum(({ surplus }) => surplus.simulation),
      optimum: sum(({ optimum }) => optimum),
      rest: sum(({ remainingValue }) => remainingValue),
      restDriving: sum((outcome) => isDriving(outcome) * outcome.remainingValue),
      driving: sum(isDriving),
      negative: sum(({ price }) => (price < 0 ? 1 : 0)),
      roadside: sum(({ utilities }) => utilities.roadside),
      leastRoadside: Math.min(...outcomes.map(({ utilities }) => utilities.roadside)),
    };
  }

  lies(mechanism: string, gains: readonly number[]): AuctionRow {
    const paying = gains.filter((gain) => gain > GAIN_TOLERANCE);
    return {
      ...this.#base,
      mechanism,
      gains: paying.length,
      gain: paying.reduce((sum, gain) => sum + gain, 0),
      largestGain: Math.max(0, ...paying),
    };
  }
}
