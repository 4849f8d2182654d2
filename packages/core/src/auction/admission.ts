/** Relative slack of a deadline: a task that ends at it ends in time, whatever the last bits of the sums. */
export const DEADLINE_SLACK = 1e-12;
const BOUND_SLACK = 1e-12;

/**
 * Which tasks of one vehicle to serve. `weights`, `durationsS` and `deadlinesS` are indexed by `first + n`, `order` gives
 * the vehicle's tasks by deadline, ties by index.
 */
export interface AdmissionProblem {
  readonly first: number;
  readonly count: number;
  readonly order: Int32Array;
  readonly durationsS: Float64Array;
  readonly deadlinesS: Float64Array;
  /** What serving a task adds. */
  readonly weights: Float64Array;
  /** What a whole cycle of rest adds: gain · simulationValue · usefulness. */
  readonly restWorth: number;
  readonly cycleS: number;
  /** Whether serving nothing is allowed where a task can be served. */
  readonly allowNone: boolean;
}

/**
 * Finds the set A that, served by deadlines, ends every task in time and maximises
 * Σ weights + restWorth · max(0, 1 − Σp/T_c), exactly, by a search over feasible sets in the order of deadlines. As the
 * larger of two linear functions of A, the objective is bounded by the larger of their suffix sums, which both also respect
 * the time that is left until the last deadline.
 *
 * Of equally good sets the one with the least Σ 2^n is taken. With `allowNone` false, nothing is served only where no task
 * can be.
 *
 * Reused between calls: allocates nothing.
 */
export class ExactAdmission {
  /** Sets looked at by the last call. */
  visited = 0;
  readonly #time: Float64Array;
  readonly #weight: Float64Array;
  readonly #position: Int32Array;
  readonly #next: Int32Array;
  /** Bounds on what the tasks from a position on can add: sums and best rates per second, for both linear functions. */
  readonly #plain: Float64Array;
  readonly #plainRate: Float64Array;
  readonly #net: Float64Array;
  readonly #netRate: Float64Array;

  /** @param capacity largest number of tasks, at most 30 */
  constructor(capacity: number) {
    const doubles = (): Float64Array => new Float64Array(capacity + 1);
    this.#time = doubles();
    this.#weight = doubles();
    this.#plain = doubles();
    this.#plainRate = doubles();
    this.#net = doubles();
    this.#netRate = doubles();
    this.#position = new Int32Array(capacity + 1);
    this.#next = new Int32Array(capacity + 1);
  }

  /** @returns the set as bits: 2^n for the vehicle's task n */
  solve(problem: AdmissionProblem): number {
    const { first, count, order, durationsS, deadlinesS, weights, restWorth, cycleS, allowNone } = problem;
    const time = this.#time;
    const weight = this.#weight;
    const position = this.#position;
    const next = this.#next;
    this.#bound(problem);
    const last = count > 0 ? deadlinesS[first + order[first + count - 1]] * (1 + DEADLINE_SLACK) : 0;
    let best = allowNone ? restWorth : -Infinity;
    let bestSet = 0;
    let set = 0;
    let depth = 0;
    this.visited = 1;
    time[0] = 0;
    weight[0] = 0;
    next[0] = 0;
    for (;;) {
      const at = next[depth];
      if (at === count || this.#reach(at, depth, last, restWorth, cycleS) < best) {
        if (depth === 0) break;
        depth--;
        set ^= 1 << order[first + position[depth]];
        continue;
      }
      next[depth] = at + 1;
      const task = order[first + at];
      const end = time[depth] + durationsS[first + task];
      if (end > deadlinesS[first + task] * (1 + DEADLINE_SLACK)) continue;
      position[depth] = at;
      set ^= 1 << task;
      depth++;
      this.visited++;
      time[depth] = end;
      weight[depth] = weight[depth - 1] + weights[first + task];
      next[depth] = at + 1;
      const value = weight[depth] + restWorth * Math.max(0, 1 - end / cycleS);
      if (value > best || (value === best && set < bestSet)) {
        best = value;
        bestSet = set;
      }
    }
    return bestSet;
  }

  #bound({ first, count, order, durationsS, weights, restWorth, cycleS }: AdmissionProblem): void {
    const loss = restWorth / cycleS;
    this.#plain[count] = this.#plainRate[count] = this.#net[count] = this.#netRate[count] = 0;
    for (let at = count - 1; at >= 0; at--) {
      const task = first + order[first + at];
      const duration = durationsS[task];
      const plain = weights[task];
      const net = Math.max(0, plain - loss * duration);
      this.#plain[at] = this.#plain[at + 1] + plain;
      this.#net[at] = this.#net[at + 1] + net;
      this.#plainRate[at] = Math.max(this.#plainRate[at + 1], plain / duration);
      this.#netRate[at] = Math.max(this.#netRate[at + 1], net / duration);
    }
  }

  /** No set that extends the present one by tasks from position `at` on is worth more. */
  #reach(at: number, depth: number, last: number, restWorth: number, cycleS: number): number {
    const time = this.#time[depth];
    const left = Math.max(0, last - time);
    const plain = cap(this.#plain[at], this.#plainRate[at], left);
    const net = cap(this.#net[at], this.#netRate[at], left) + restWorth * (1 - time / cycleS);
    const bound = this.#weight[depth] + Math.max(plain, net);
    return bound + BOUND_SLACK * (1 + Math.abs(bound));
  }
}

/** min(sum, rate · left); rate may be infinite or 0/0 for tasks that take no time. */
function cap(sum: number, rate: number, left: number): number {
  const byTime = rate * left;
  return byTime < sum ? byTime : sum;
}
