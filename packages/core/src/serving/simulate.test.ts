import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServingCosts } from './costs.js';
import { parseServingInstance } from './instance.js';
import { cachingPolicies } from './policies/index.js';
import { simulate } from './simulate.js';
import { randomInstance } from './testing/instances.js';
import { referencePolicies, runReference } from './testing/reference.js';

const terms = ['total', 'switch', 'acc', 'inf', 'off', 'cloud', 'edge', 'loads', 'avgAcc'] as const;

function expectSame(actual: ServingCosts, expected: ServingCosts, policy: string): void {
  for (const term of terms)
    expect(Math.abs(actual[term] - expected[term]), `${policy} ${term}`).toBeLessThan(1e-9);
}

const anyInstance = fc
  .record({
    seed: fc.nat(1e6),
    services: fc.integer({ min: 1, max: 12 }),
    requests: fc.integer({ min: 1, max: 300 }),
    lambda: fc.constantFrom(0.95, 0.5, 0.25, 1, 0.7),
    wholeSlots: fc.boolean(),
    memoryShare: fc.constantFrom(0.1, 0.4, 0.8, 2),
  })
  .map(randomInstance);

describe('every deterministic policy', () => {
  it.each(Object.keys(referencePolicies))('%s costs what a second program finds, term by term', (policy) => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        const { costs, closest } = runReference(instance, policy);
        // Scores that are closer than that may pass for equal (`Decay.key`), as they may to anyone who rounds.
        fc.pre(closest > 2 ** -40);
        expectSame(simulate(instance, cachingPolicies.get(policy)), costs, policy);
      }),
      { numRuns: 150 },
    );
  });
});

describe('an instance worked by hand', () => {
  const params = {
    gpuGB: 10,
    lam: 0.5,
    flops: 100,
    ctxFlops: 0.5,
    loadGBs: 2,
    cSwitch: 1,
    cAcc: 10,
    cInf: 1,
    cOff: 0.25,
    cCloud: 3,
    warm: 0,
  };
  const services = [
    { name: 'a', gb: 6, gflops: 50, W: 2, a0: 40, one: 60, alpha: 0.5 },
    { name: 'b', gb: 5, gflops: 20, W: 0, a0: 80, one: null, alpha: null },
    { name: 'c', gb: 11, gflops: 20, W: 0, a0: 80, one: 0, alpha: 0 },
  ];

  it('FIFO: misses cost the cloud, loads their time, and context comes with age', () => {
    const requests = [
      [0, 'a'], // cloud 3, load 6 / 2 = 3
      [0, 'a'], // K = 0: inference 0.5, accuracy 40 %; then K = 1
      [1, 'a'], // K = 1/2: inference 0.5·1.25, accuracy 50 %; then K = 1.5
      [1, 'a'], // K = 1.5: inference 0.5·1.75, accuracy 40 + 20·log2(1 + √1.5); then K = 2 (window)
      [1, 'a'], // K = 2: inference 0.5·2, accuracy 40 + 20·log2(1 + √2)
      [2, 'c'], // larger than the GPU: cloud 3
      [2, 'b'], // cloud 3, load 5 / 2, a goes
      [3, 1], // inference 0.2, accuracy 80 %
    ];
    const costs = simulate(parseServingInstance({ params, services, requests }), cachingPolicies.get('FIFO'));
    const accuracies = [
      40,
      50,
      40 + 20 * Math.log2(1 + Math.sqrt(1.5)),
      40 + 20 * Math.log2(1 + Math.SQRT2),
      80,
    ];
    const expected = {
      switch: 5.5 / 4,
      inf: (0.5 * (1 + 1.25 + 1.75 + 2) + 0.2) / 4,
      acc: accuracies.reduce((sum, accuracy) => sum + 10 * (1 - accuracy / 100), 0) / 4,
      off: (5 * 0.25) / 4,
      cloud: (3 * 3) / 4,
      edge: 5 / 8,
      loads: 2 / 4,
      avgAcc: accuracies.reduce((sum, accuracy) => sum + 10 * (1 - accuracy / 100), 0) / 5,
    };
    const total = expected.switch + expected.inf + expected.acc + expected.off + expected.cloud;
    expectSame(costs, { total, ...expected }, 'FIFO');
  });

  it('LC with max: a tie is not above, one more request is', () => {
    const run = (requests: unknown[]): ServingCosts =>
      simulate(parseServingInstance({ params, services, requests }), cachingPolicies.get('LC'));
    // At slot 1, a's score is 1·½ and b's is 1: admitted. At slot 0 both are 1: not admitted.
    expect(
      run([
        [0, 'a'],
        [1, 'b'],
      ]).loads,
    ).toBe(2 / 2);
    expect(
      run([
        [0, 'a'],
        [0, 'b'],
      ]).loads,
    ).toBe(1);
    // Two requests at slot 0 decay to 1 at slot 1: a tie again.
    expect(
      run([
        [0, 'a'],
        [0, 'a'],
        [1, 'b'],
      ]).loads,
    ).toBe(1 / 2);
  });

  it('leaves the warm-up out and divides by the slots that count', () => {
    const requests = [
      [0, 'b'],
      [1.5, 'b'],
      [3.25, 'b'],
    ];
    const instance = parseServingInstance({ params: { ...params, warm: 1 }, services, requests });
    const costs = simulate(instance, cachingPolicies.get('LRU'));
    expect(costs).toMatchObject({ switch: 0, cloud: 0, loads: 0, edge: 1 });
    expect(costs.off).toBeCloseTo((2 * 0.25) / 3, 12);
  });
});

describe('conservation', () => {
  it.each(cachingPolicies.names())('%s: capacity, terms and requests', (policy) => {
    fc.assert(
      fc.property(anyInstance, fc.nat(99), (instance, seed) => {
        const { params, services } = instance;
        const resident = new Set<number>();
        let used = 0;
        let requests = 0;
        let counted = 0;
        let loads = 0;
        let edge = 0;
        const costs = simulate(instance, cachingPolicies.get(policy), {
          seed,
          observer: {
            onLoad(service, slot) {
              expect(resident.has(service)).toBe(false);
              resident.add(service);
              used = [...resident].reduce((gb, s) => gb + services[s].gb, 0);
              expect(used).toBeLessThanOrEqual(params.gpuGB + 1e-9);
              if (slot >= params.warm) loads++;
            },
            onEvict: (service) => expect(resident.delete(service)).toBe(true),
            onRequest(service, slot, atEdge) {
              expect(service).toBe(instance.service[requests]);
              requests++;
              if (slot < params.warm) return;
              counted++;
              if (atEdge) edge++;
            },
          },
        });
        const sum = costs.switch + costs.acc + costs.inf + costs.off + costs.cloud;
        expect(Math.abs(costs.total - sum)).toBeLessThan(1e-9);
        expect(requests).toBe(instance.slot.length);
        const slots = (params.slots ?? Math.floor(instance.slot.at(-1)!) + 1) - params.warm;
        expect(Math.abs(costs.off * slots - edge * params.cOff)).toBeLessThan(1e-9);
        expect(Math.abs(costs.cloud * slots - (counted - edge) * params.cCloud)).toBeLessThan(1e-9);
        expect(Math.abs(costs.loads * slots - loads)).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a timer', () => {
  it('runs at 0, every, 2·every, … to the end, each before the requests of its time', () => {
    const instance = {
      ...randomInstance({
        seed: 2,
        services: 3,
        requests: 4,
        lambda: 0.95,
        wholeSlots: false,
        memoryShare: 0.4,
      }),
    };
    const slot = Float64Array.of(0.2, 1.5, 1.6, 3.9);
    const log: string[] = [];
    simulate(
      { ...instance, slot, params: { ...instance.params, slots: 6 } },
      {
        name: 'timed',
        start: () => ({
          admission: 'never',
          key: () => 0,
          onRequest: (_service, now) => log.push(`request ${now}`),
          timer: { every: 0.75, run: (now) => log.push(`tick ${now}`) },
        }),
      },
    );
    expect(log).toEqual([
      ...['tick 0', 'request 0.2', 'tick 0.75', 'tick 1.5', 'request 1.5', 'request 1.6'],
      ...['tick 2.25', 'tick 3', 'tick 3.75', 'request 3.9', 'tick 4.5', 'tick 5.25'],
    ]);
  });
});

describe('a span that nobody meant', () => {
  it('is refused by a policy that acts on a timer, instead of stepping through Unix time', () => {
    const instance = randomInstance({
      seed: 1,
      services: 4,
      requests: 50,
      lambda: 0.95,
      wholeSlots: false,
      memoryShare: 0.4,
    });
    const late = { ...instance, slot: instance.slot.map((slot) => slot + 1_735_787_045) };
    expect(() => simulate(late, cachingPolicies.get('Random'))).toThrow(/count slots from the first request/);
    expect(() => simulate(late, cachingPolicies.get('LRU'))).not.toThrow();
  });
});
