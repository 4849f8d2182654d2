import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import { ExactAdmission, type AdmissionProblem } from './admission.js';
import { admitHeuristically } from './admission-heuristic.js';

function randomProblem(stream: RandomStream, count: number, coarse: boolean): AdmissionProblem {
  const first = stream.integer(3);
  const draw = (low: number, high: number): number =>
    coarse ? low + ((high - low) * stream.integer(4)) / 3 : low + (high - low) * stream.uniform();
  const padded = (make: () => number): Float64Array => Float64Array.from({ length: first + count }, make);
  const deadlinesS = padded(() => draw(0.2, 3));
  const order = new Int32Array(first + count);
  Array.from({ length: count }, (_, n) => n)
    .sort((a, b) => deadlinesS[first + a] - deadlinesS[first + b] || a - b)
    .forEach((n, at) => (order[first + at] = n));
  return {
    first,
    count,
    order,
    deadlinesS,
    durationsS: padded(() => draw(0, 1)),
    weights: padded(() => draw(0, 1)),
    restWorth: [0, 0.5, 2, 6][stream.integer(4)],
    cycleS: 0.5 + 2.5 * stream.uniform(),
    allowNone: stream.integer(2) === 0,
  };
}

function valueOf(problem: AdmissionProblem, set: number): number {
  const { first, count, order, durationsS, deadlinesS, weights, restWorth, cycleS, allowNone } = problem;
  let time = 0;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const n = order[first + at];
    if (!((set >> n) & 1)) continue;
    time += durationsS[first + n];
    if (time > deadlinesS[first + n] * (1 + 1e-12)) return -Infinity;
    sum += weights[first + n];
  }
  if (set === 0 && !allowNone) return -Infinity;
  return sum + restWorth * Math.max(0, 1 - time / cycleS);
}

/** The best set, of equals the least number. */
function enumerate(problem: AdmissionProblem): { set: number; value: number } {
  let best = { set: 0, value: valueOf(problem, 0) };
  for (let set = 1; set < 1 << problem.count; set++) {
    const value = valueOf(problem, set);
    if (value > best.value) best = { set, value };
  }
  return best;
}

describe('exact admission', () => {
  const exact = new ExactAdmission(16);

  it.each([false, true])('is what enumeration finds, ties included (coarse: %s)', (coarse) => {
    const stream = new RandomStream(1, 'admission', coarse ? 1 : 0);
    for (let trial = 0; trial < 3000; trial++) {
      const problem = randomProblem(stream, stream.integer(8), coarse);
      expect(exact.solve(problem)).toBe(enumerate(problem).set);
    }
  });

  it('is so at 12 and 16 tasks, looking at fewer sets than there are', () => {
    const stream = new RandomStream(2, 'admission');
    for (const count of [12, 12, 12, 16]) {
      const problem = randomProblem(stream, count, false);
      expect(exact.solve(problem)).toBe(enumerate(problem).set);
      expect(exact.visited).toBeLessThan(2 ** count / 4);
    }
  });
});

describe('heuristic admission', () => {
  it('is feasible, and the optimum lies between it and its bound', () => {
    const stream = new RandomStream(3, 'admission');
    const exact = new ExactAdmission(16);
    let short = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const problem = randomProblem(stream, stream.integer(11), trial % 2 === 0);
      const { served, value, bound } = admitHeuristically(problem);
      const set = served.reduce((sum, flag, n) => sum + (flag << n), 0);
      const optimum = valueOf(problem, exact.solve(problem));
      const found = valueOf(problem, set);
      // Nothing served although something must be happens only where nothing can be.
      if (optimum === -Infinity) {
        expect(set).toBe(0);
        continue;
      }
      expect(value).toBeCloseTo(found, 12);
      expect(found).toBeLessThanOrEqual(optimum + 1e-12);
      expect(bound).toBeGreaterThanOrEqual(optimum - 1e-9);
      if (found < optimum - 1e-9) short++;
    }
    expect(short).toBeLessThan(100);
  });

  it('takes a hundred tasks with a small gap', () => {
    const problem = randomProblem(new RandomStream(4, 'admission'), 100, false);
    const { value, bound } = admitHeuristically(problem);
    expect(value).toBeLessThanOrEqual(bound);
    expect(1 - value / bound).toBeLessThan(0.1);
  });
});
