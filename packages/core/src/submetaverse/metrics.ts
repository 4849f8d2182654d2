/** What an episode's metrics count, per cell. */
export const COUNTERS = [
  'requestsCreated',
  'requestsCompleted',
  /** Completed requests that had a sensor, and so an AoSI. */
  'requestsSynchronised',
  'requestsLate',
  'requestsDropped',
  'updatesCreated',
  'updatesCompleted',
  /** Updates replaced by a newer one of the same sensor (discipline freshest). */
  'updatesSuperseded',
  'updatesDropped',
  'handovers',
  /** Splits outside [0, 1] that were clipped. */
  'clippedActions',
  'aosiSum',
  'aoriSum',
  'synchronisationReward',
  'latePenalty',
  'requestMbitCreated',
  'requestMbitCompleted',
  'updateMbitCreated',
  'updateMbitCompleted',
  'rhoCSum',
  'rhoPSum',
] as const;

/** Name of a counter. */
export type Counter = (typeof COUNTERS)[number];

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

/** Counters of the running episode: a struct of arrays over cells. */
export class Metrics {
  /** `Float64Array [cells]` for every counter. */
  readonly counters: Readonly<Record<Counter, Float64Array>>;

  constructor(readonly cells: number) {
    this.counters = Object.fromEntries(COUNTERS.map((name) => [name, new Float64Array(cells)])) as Record<
      Counter,
      Float64Array
    >;
  }

  reset(): void {
    for (const name of COUNTERS) this.counters[name].fill(0);
  }

  /** A counter of one cell, or summed over all. */
  total(name: Counter, cell?: number): number {
    if (cell !== undefined) return this.counters[name][cell]!;
    let sum = 0;
    for (let at = 0; at < this.cells; at++) sum += this.counters[name][at]!;
    return sum;
  }

  /** Completed over created requests so far; 1 before the first. After a handover it may exceed 1 in one cell: capped. */
  servedShare(cell: number): number {
    const created = this.counters.requestsCreated[cell]!;
    return created === 0 ? 1 : Math.min(1, this.counters.requestsCompleted[cell]! / created);
  }

  /** Mean AoSI of the requests completed so far, steps; 0 before the first. */
  meanAosi(cell: number): number {
    const count = this.counters.requestsSynchronised[cell]!;
    return count === 0 ? 0 : this.counters.aosiSum[cell]! / count;
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

  snapshot(): number[][] {
    return COUNTERS.map((name) => [...this.counters[name]]);
  }

  restore(state: readonly number[][]): void {
    COUNTERS.forEach((name, at) => this.counters[name].set(state[at]!));
  }
}
