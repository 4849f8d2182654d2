import { DEADLINE_SLACK, type AdmissionProblem } from './admission.js';

/** A set of tasks that is good, and how good any set can be at most. */
export interface HeuristicSet {
  /** By the vehicle's task number. */
  readonly served: Uint8Array;
  readonly value: number;
  /** No feasible set is worth more. */
  readonly bound: number;
}

const PASSES = 20;

/**
 * {@link AdmissionProblem} for any number of tasks: greedy by worth per second for both linear parts of the objective, then
 * single additions, removals and swaps while they help. The bound is the larger of the two linear relaxations; their
 * constraints Σ_{deadline ≤ d} p x ≤ d are nested, so greedy by worth per second solves them.
 */
export function admitHeuristically(problem: AdmissionProblem): HeuristicSet {
  const { first, count, order, durationsS, weights, restWorth, cycleS } = problem;
  const loss = restWorth / cycleS;
  const plain = Float64Array.from({ length: count }, (_, at) => weights[first + order[first + at]]);
  const net = plain.map((weight, at) => Math.max(0, weight - loss * durationsS[first + order[first + at]]));
  let best: Candidate | undefined;
  for (const goal of [plain, net]) {
    const candidate = new Candidate(problem);
    candidate.fill(byRate(goal, problem));
    candidate.improve();
    if (best === undefined || candidate.value > best.value) best = candidate;
  }
  const served = new Uint8Array(count);
  best!.taken.forEach((taken, at) => (served[order[first + at]] = taken));
  const relaxed = Math.max(relaxation(plain, problem), restWorth + relaxation(net, problem));
  return { served, value: best!.value, bound: Math.max(relaxed, best!.value) };
}

/** Positions (by deadline) of tasks worth something, most per second first. */
function byRate(goal: Float64Array, { first, order, durationsS }: AdmissionProblem): number[] {
  const rate = (at: number): number => goal[at] / Math.max(durationsS[first + order[first + at]], 1e-300);
  return Array.from(goal.keys())
    .filter((at) => goal[at] > 0)
    .sort((a, b) => rate(b) - rate(a) || a - b);
}

/** Largest Σ goal·x over 0 ≤ x ≤ 1 with every prefix of deadlines kept. */
function relaxation(goal: Float64Array, problem: AdmissionProblem): number {
  const { first, count, order, durationsS, deadlinesS } = problem;
  const slack = Float64Array.from(
    { length: count },
    (_, at) => deadlinesS[first + order[first + at]] * (1 + DEADLINE_SLACK),
  );
  let sum = 0;
  for (const at of byRate(goal, problem)) {
    const duration = durationsS[first + order[first + at]];
    let room = Infinity;
    for (let later = at; later < count; later++) room = Math.min(room, slack[later]);
    const share = duration > 0 ? Math.min(1, Math.max(0, room) / duration) : room >= 0 ? 1 : 0;
    sum += share * goal[at];
    for (let later = at; later < count; later++) slack[later] -= share * duration;
  }
  return sum;
}

/** A set under construction, by positions in the order of deadlines. */
class Candidate {
  readonly taken: Uint8Array;
  value: number;

  constructor(readonly problem: AdmissionProblem) {
    this.taken = new Uint8Array(problem.count);
    this.value = this.evaluate();
  }

  /** Adds what fits, in the given order, if the objective does not care; `improve` removes what does not pay. */
  fill(positions: readonly number[]): void {
    for (const at of positions) {
      this.taken[at] = 1;
      if (this.evaluate() === -Infinity) this.taken[at] = 0;
    }
    this.value = this.evaluate();
    if (this.value === -Infinity) this.takeOne();
  }

  improve(): void {
    const { count } = this.problem;
    for (let pass = 0; pass < PASSES; pass++) {
      const before = this.value;
      for (let at = 0; at < count; at++) this.try(at, at);
      for (let out = 0; out < count; out++) {
        for (let at = 0; at < count && this.taken[out]; at++) if (!this.taken[at]) this.try(out, at);
      }
      if (!(this.value > before)) return;
    }
  }

  /** Turns two positions (or one) over if that is better. */
  private try(a: number, b: number): void {
    this.taken[a] ^= 1;
    if (b !== a) this.taken[b] ^= 1;
    const value = this.evaluate();
    if (value > this.value) {
      this.value = value;
      return;
    }
    this.taken[a] ^= 1;
    if (b !== a) this.taken[b] ^= 1;
  }

  /** Some task that can be served, or none where there is none: nothing served is allowed only then. */
  private takeOne(): void {
    const { count } = this.problem;
    for (let at = 0; at < count; at++) {
      this.taken[at] = 1;
      const value = this.evaluate();
      if (value > this.value) {
        this.value = value;
        return;
      }
      this.taken[at] = 0;
    }
    this.value = this.problem.restWorth;
  }

  /** −∞ for a set that is not allowed. */
  private evaluate(): number {
    const { first, count, order, durationsS, deadlinesS, weights, restWorth, cycleS, allowNone } =
      this.problem;
    let time = 0;
    let sum = 0;
    let taken = 0;
    for (let at = 0; at < count; at++) {
      if (!this.taken[at]) continue;
      const task = first + order[first + at];
      time += durationsS[task];
      if (time > deadlinesS[task] * (1 + DEADLINE_SLACK)) return -Infinity;
      sum += weights[task];
      taken++;
    }
    if (taken === 0 && !allowNone) return -Infinity;
    return sum + restWorth * Math.max(0, 1 - time / cycleS);
  }
}
