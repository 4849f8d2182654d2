/** What an episode's metrics count, per cell; the value is its column in {@link Metrics.values}. */
export const COUNTERS = {
  requestsCreated: 0,
  requestsCompleted: 1,
  /** Completed requests that had a sensor, and so an AoSI. */
  requestsSynchronised: 2,
  requestsLate: 3,
  requestsDropped: 4,
  updatesCreated: 5,
  updatesCompleted: 6,
  /** Updates replaced by a newer one of the same sensor (discipline freshest). */
  updatesSuperseded: 7,
  updatesDropped: 8,
  handovers: 9,
  /** Splits outside [0, 1] that were clipped. */
  clippedSplits: 10,
  aosiSum: 11,
  aoriSum: 12,
  synchronisationReward: 13,
  latePenalty: 14,
  requestMbitCreated: 15,
  requestMbitCompleted: 16,
  updateMbitCreated: 17,
  updateMbitCompleted: 18,
  rhoCSum: 19,
  rhoPSum: 20,
} as const;

/** Name of a counter. */
export type Counter = keyof typeof COUNTERS;

/** All counters, in column order. */
export const COUNTER_NAMES = Object.keys(COUNTERS) as Counter[];

/** Columns per cell: a multiple of eight, so that a cell's counters fill whole cache lines. */
export const COUNTER_STRIDE = 24;

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
  /** `Float64Array [cells × COUNTER_STRIDE]`, row-major. */
  readonly values: Float64Array;

  constructor(readonly cells: number) {
    this.values = new Float64Array(cells * COUNTER_STRIDE);
  }

  reset(): void {
    this.values.fill(0);
  }

  /** A counter of one cell, or summed over all. */
  total(name: Counter, cell?: number): number {
    if (cell !== undefined) return this.values[cell * COUNTER_STRIDE + COUNTERS[name]]!;
    let sum = 0;
    for (let at = 0; at < this.cells; at++) sum += this.values[at * COUNTER_STRIDE + COUNTERS[name]]!;
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
    const total = (name: Counter) => this.total(name, cell);
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
