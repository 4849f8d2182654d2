import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServingInstance } from '../instance.js';
import { cachingPolicies } from '../policies/index.js';
import { simulate } from '../simulate.js';
import { randomInstance } from '../testing/instances.js';
import { edgeModels } from '../testing/scenario.js';
import { generateWorkload } from '../workload.js';
import { solveOffline } from './clairvoyant.js';
import { lowerBound } from './lower-bound.js';
import { offlineProblem } from './offline-problem.js';
import { Schedule } from './schedule.js';

const EXEMPT = new Set(['Random']); // loads without a miss

/** Least cost per slot over all feasible plans, by trying every combination of stays. */
function bruteForce(instance: ServingInstance): number {
  const problem = offlineProblem(instance);
  const free: { service: number; j: number }[] = [];
  for (const service of problem.candidates) {
    for (let j = problem.start[service]; j < problem.start[service + 1] - 1; j++) free.push({ service, j });
  }
  const schedule = new Schedule(problem);
  let best = Infinity;
  const visit = (depth: number): void => {
    if (depth === free.length) {
      for (const service of problem.candidates) schedule.record(service);
      best = Math.min(best, schedule.perSlot);
      return;
    }
    const { service, j } = free[depth];
    visit(depth + 1);
    if (!schedule.hasRoom(service, j)) return;
    schedule.set(service, j, 1);
    visit(depth + 1);
    schedule.set(service, j, 0);
  };
  visit(0);
  return best;
}

const smallInstance = fc
  .record({
    seed: fc.nat(1e6),
    services: fc.integer({ min: 2, max: 5 }),
    requests: fc.integer({ min: 6, max: 14 }),
  })
  .map(({ seed, services, requests }) => {
    const instance = randomInstance({ seed, services, requests, memoryShare: 0.45 });
    // Loads cheap enough to matter in so few requests.
    return { ...instance, params: { ...instance.params, cSwitch: 0.05, warm: 0 } };
  });

describe('bound and clairvoyant plan', () => {
  it('enclose the optimum of small instances, found by brute force', () => {
    let tight = 0;
    let count = 0;
    fc.assert(
      fc.property(smallInstance, (instance) => {
        const optimum = bruteForce(instance);
        const { bound, clairvoyant } = solveOffline(instance);
        expect(bound.perSlot).toBeLessThanOrEqual(optimum + 1e-9);
        expect(clairvoyant.perSlot).toBeGreaterThanOrEqual(optimum - 1e-9);
        count++;
        if (clairvoyant.perSlot <= optimum * 1.02) tight++;
      }),
      { numRuns: 60, seed: 11 },
    );
    expect(tight / count).toBeGreaterThan(0.8);
  });

  it('hold for every policy that loads on a miss', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 20, max: 400 }), (seed, requests) => {
        const instance = randomInstance({ seed, services: 9, requests });
        const bound = lowerBound(instance).perSlot;
        for (const name of cachingPolicies.names().filter((policy) => !EXEMPT.has(policy))) {
          expect(simulate(instance, cachingPolicies.get(name)).total, name).toBeGreaterThanOrEqual(
            bound - 1e-9,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lie within 8 % of one another on edge-models, with a feasible plan', () => {
    for (const seed of [0, 1, 2]) {
      const instance = generateWorkload(edgeModels({ slots: 200, warmSlots: 0 }), seed);
      const { bound, clairvoyant } = solveOffline(instance);
      expect(clairvoyant.perSlot).toBeLessThanOrEqual(1.08 * bound.perSlot);
      expect(clairvoyant.perSlot).toBeGreaterThanOrEqual(bound.perSlot);
      expect(Math.max(...clairvoyant.usedGB)).toBeLessThanOrEqual(80 + 1e-9);
      for (const policy of ['LFU', 'LC', 'LC-sum', 'VALUE', 'VALUE-tuned']) {
        expect(simulate(instance, cachingPolicies.get(policy)).total).toBeGreaterThan(bound.perSlot);
      }
    }
  });
});

describe('the best policies', () => {
  it('cost at most 0.95 of LC-sum in the mean over 12 cold starts', () => {
    const sums = { 'LC-sum': 0, VALUE: 0, 'VALUE-tuned': 0 };
    for (let seed = 0; seed < 12; seed++) {
      const instance = generateWorkload(edgeModels({ slots: 200, warmSlots: 0 }), seed);
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) {
        sums[name] += simulate(instance, cachingPolicies.get(name)).total;
      }
    }
    expect(sums.VALUE / sums['LC-sum']).toBeLessThan(0.95);
    expect(sums['VALUE-tuned'] / sums['LC-sum']).toBeLessThan(0.95);
  });
});
