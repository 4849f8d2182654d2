/** Columns of {@link Metrics.values}: what an episode counts, per cell. */
export const enum Counter {
  requestsCreated,
  requestsCompleted,
  /** Completed requests that had a sensor, and so an AoSI. */
  requestsSynchronised,
  requestsLate,
  requestsDropped,
  updatesCreated,
  updatesCompleted,
  /** Updates replaced by a newer one of the same sensor (discipline freshest). */
  updatesSuperseded,
  updatesDropped,
  handovers,
  /** Splits outside [0, 1] that were clipped. */
  clippedSplits,
  aosiSum,
  aoriSum,
  synchronisationReward,
  latePenalty,
  requestMbitCreated,
  requestMbitCompleted,
  updateMbitCreated,
  updateMbitCompleted,
  rhoCSum,
  rhoPSum,
  requestUnitsCreated,
  updateUnitsCreated,
  /** Of a scenario with models: requests whose model was resident when they came, and those that the cloud has answered. */
  requestsToEdge,
  requestsAtCloud,
  modelLoads,
  /** Units that they brought to the servers' queues, by the work of their models. */
  edgeUnitsArrived,
  /** Mbit of requests that were lost and sent again. */
  repeatedMbit,
  /** Over the requests to the edge: accuracy, %, and effective examples in the context. */
  accuracySum,
  contextSum,
  /** Columns per cell: a multiple of eight, so that a cell's counters fill whole cache lines. */
  Stride = 32,
}

/** Name of a counter. */
export type CounterName = Exclude<keyof typeof Counter, 'Stride'>;

/** Column of every counter in {@link Metrics.values}, for other packages, which cannot see the enum. */
export const COUNTERS: { readonly [Name in CounterName]: (typeof Counter)[Name] } = {
  requestsCreated: Counter.requestsCreated,
  requestsCompleted: Counter.requestsCompleted,
  requestsSynchronised: Counter.requestsSynchronised,
  requestsLate: Counter.requestsLate,
  requestsDropped: Counter.requestsDropped,
  updatesCreated: Counter.updatesCreated,
  updatesCompleted: Counter.updatesCompleted,
  updatesSuperseded: Counter.updatesSuperseded,
  updatesDropped: Counter.updatesDropped,
  handovers: Counter.handovers,
  clippedSplits: Counter.clippedSplits,
  aosiSum: Counter.aosiSum,
  aoriSum: Counter.aoriSum,
  synchronisationReward: Counter.synchronisationReward,
  latePenalty: Counter.latePenalty,
  requestMbitCreated: Counter.requestMbitCreated,
  requestMbitCompleted: Counter.requestMbitCompleted,
  updateMbitCreated: Counter.updateMbitCreated,
  updateMbitCompleted: Counter.updateMbitCompleted,
  rhoCSum: Counter.rhoCSum,
  rhoPSum: Counter.rhoPSum,
  requestUnitsCreated: Counter.requestUnitsCreated,
  updateUnitsCreated: Counter.updateUnitsCreated,
  requestsToEdge: Counter.requestsToEdge,
  requestsAtCloud: Counter.requestsAtCloud,
  modelLoads: Counter.modelLoads,
  edgeUnitsArrived: Counter.edgeUnitsArrived,
  repeatedMbit: Counter.repeatedMbit,
  accuracySum: Counter.accuracySum,
  contextSum: Counter.contextSum,
};

/** All counters, in column order. */
export const COUNTER_NAMES = Object.keys(COUNTERS) as CounterName[];

/** The metrics that every table and figure of the sub-metaverse names. */
export interface EpisodeMetrics {
  /** Mean AoSI over completed requests, steps; NaN if none had one. */
  aosi: number;
  /** Mean AoRI over completed requests, steps; NaN if none was completed. */
  aori: number;
  /** Completed over created requests, a fraction. */
  served: number;
  /** Sum of rewards (paper 000, eq. 5). */
  reward: number;
  /** Completed requests with AoRI above the threshold. */
  late: number;
}

/** Counters of the running episode. */
export class Metrics {
  /** `Float64Array [cells × Counter.Stride]`, row-major. */
  readonly values: Float64Array;

  constructor(readonly cells: number) {
    this.values = new Float64Array(cells * Counter.Stride);
  }

  reset(): void {
    this.values.fill(0);
  }

  /** Adds to a counter of one cell. */
  add(name: CounterName, cell: number, amount: number): void {
    this.values[cell * Counter.Stride + COUNTERS[name]] += amount;
  }

  /** A counter of one cell, or summed over all. */
  total(name: CounterName, cell?: number): number {
    if (cell !== undefined) return this.values[cell * Counter.Stride + COUNTERS[name]];
    let sum = 0;
    for (let at = 0; at < this.cells; at++) sum += this.values[at * Counter.Stride + COUNTERS[name]];
    return sum;
  }

  /** Completed over created requests so far; 1 before the first. After a handover it may exceed 1 in one cell: capped. */
  servedShare(cell: number): number {
    const created = this.total('requestsCreated', cell);
    return created === 0 ? 1 : Math.min(1, this.total('requestsCompleted', cell) / created);
  }

  /** Mean AoSI of the requests completed so far, steps; 0 before the first. */
  meanAosi(cell: number): number {
    const count = this.total('requestsSynchronised', cell);
    return count === 0 ? 0 : this.total('aosiSum', cell) / count;
  }

  /** The episode so far, of one cell or of all. */
  summary(cell?: number): EpisodeMetrics {
    const total = (name: CounterName) => this.total(name, cell);
    return {
      aosi: total('aosiSum') / total('requestsSynchronised'),
      aori: total('aoriSum') / total('requestsCompleted'),
      served: total('requestsCompleted') / total('requestsCreated'),
      reward: total('synchronisationReward') + total('latePenalty'),
      late: total('requestsLate'),
    };
  }

  snapshot(): number[] {
    return [...this.values];
  }

  restore(state: readonly number[]): void {
    this.values.set(state);
  }
}
