import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { simulateCluster } from './edge-cluster.js';
import {
  cachingPolicies,
  explicitSet,
  keepAlive,
  setFromLog,
  value,
  valuePrefetch,
} from './policies/index.js';
import type { CachingPolicy } from './policy.js';
import { simulate } from './simulate.js';
import { randomInstance } from './testing/instances.js';
import { edgeModels } from './testing/scenario.js';
import { traceInstance } from './trace.js';
import { simulateVariants } from './variants.js';
import { generateWorkload } from './workload.js';

const anyInstance = fc
  .record({
    seed: fc.nat(1e6),
    services: fc.integer({ min: 3, max: 10 }),
    requests: fc.integer({ min: 5, max: 200 }),
  })
  .map(randomInstance);
const whole = { name: 'fp16', memory: 1, work: 1, accuracyLoss: 0 };

describe('several edge servers', () => {
  const instances = [0, 1, 2].map((server) => generateWorkload(edgeModels({ slots: 90 }), 100 + server, 5));
  const run = (cooperation: 'alone' | 'share' | 'owner', servers = 3, relayCost = 0.01) =>
    simulateCluster(instances.slice(0, servers), value(), { cooperation, relayCost });

  it('are one server if there is one', () => {
    const single = simulate(instances[0], value());
    for (const cooperation of ['alone', 'share', 'owner'] as const) {
      const costs = run(cooperation, 1);
      for (const [term, cost] of Object.entries(single)) {
        expect(costs[term as keyof typeof costs]).toBeCloseTo(cost, 9);
      }
    }
  });

  it('cost the sum of their costs alone', () => {
    const sum = instances.reduce((total, instance) => total + simulate(instance, value()).total, 0);
    expect(run('alone').total).toBeCloseTo(sum, 9);
  });

  it('never pay more for sharing misses, as long as passing one on is cheaper than the cloud', () => {
    expect(run('share').total).toBeLessThan(run('alone').total);
    expect(run('share').edge).toBeGreaterThan(run('alone').edge);
    expect(run('share', 3, 10).total).toBeGreaterThan(run('alone').total);
  });
});

describe('variants', () => {
  it('with the whole model only are VALUE', () => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        const options = { variants: [whole], isIncremental: false };
        expect(simulateVariants(instance, options).total).toBeCloseTo(simulate(instance, value()).total, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('that lose nothing and take half the memory are better in the mean, and no load costs more', () => {
    let full = 0;
    let half = 0;
    for (let seed = 0; seed < 3; seed++) {
      const instance = generateWorkload(edgeModels({ slots: 100 }), seed);
      full += simulate(instance, value()).total;
      half += simulateVariants(instance, {
        variants: [{ ...whole, memory: 0.5 }],
        isIncremental: false,
      }).total;
    }
    expect(half).toBeLessThan(full);
  });

  it('keep the context when a part is completed, and pay for the difference only', () => {
    const params = {
      gpuGB: 10,
      lam: 1,
      flops: 1,
      ctxFlops: 1,
      loadGBs: 1,
      cSwitch: 1,
      cAcc: 0,
      cInf: 1,
      cOff: 0,
      cCloud: 20,
      warm: 0,
    };
    const services = [{ name: 'a', gb: 8, gflops: 1, W: 10, a0: 50, one: 60, alpha: 0.1 }];
    const instance = { params, services, slot: Float64Array.of(0, 1, 2), service: Int32Array.of(0, 0, 0) };
    // The half saves 14 of 20 and is worth its 4 at once; the whole, which saves 19, only after a second request.
    const half = { name: 'half', memory: 0.5, work: 6, accuracyLoss: 0 };
    const run = (isIncremental: boolean) =>
      simulateVariants(instance, { variants: [half, whole], isIncremental, vanishing: 1, horizon: 0.5 });
    const incremental = run(true);
    expect(incremental.switch * 3).toBeCloseTo(4 + 4, 9);
    expect(incremental.inf * 3).toBeCloseTo(6 + 1 * (1 + 1), 9);
    const replaced = run(false);
    expect(replaced.switch * 3).toBeCloseTo(4 + 8, 9);
    expect(replaced.inf * 3).toBeCloseTo(6 + 1, 9);
  });
});

describe("operators' rules", () => {
  it('keep-alive without an end is LRU, and with one never holds an idle model', () => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        expect(simulate(instance, keepAlive(Infinity))).toEqual(
          simulate(instance, cachingPolicies.get('LRU')),
        );
        const lastUse = new Float64Array(instance.services.length);
        simulate(instance, keepAlive(0.5), {
          observer: {
            onRequest(service, slot, atEdge) {
              if (atEdge) expect(slot - lastUse[service]).toBeLessThanOrEqual(0.5 + 1e-12);
              lastUse[service] = slot;
            },
          },
        });
      }),
      { numRuns: 60 },
    );
  });

  it('an explicit set fits and loads each model once at most', () => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        const pinned = setFromLog(instance, Infinity);
        const gb = pinned.reduce((sum, service) => sum + instance.services[service].gb, 0);
        expect(gb).toBeLessThanOrEqual(instance.params.gpuGB);
        const loaded: number[] = [];
        simulate(instance, explicitSet(pinned), {
          observer: { onLoad: (service) => void loaded.push(service) },
        });
        expect(new Set(loaded).size).toBe(loaded.length);
        expect(loaded.every((service) => pinned.includes(service))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('prefetching', () => {
  it('stays within the memory and loads without a miss', () => {
    fc.assert(
      fc.property(anyInstance, (instance) => {
        let used = 0;
        simulate(instance, valuePrefetch(0.25), {
          observer: {
            onLoad(service) {
              used += instance.services[service].gb;
              expect(used).toBeLessThanOrEqual(instance.params.gpuGB + 1e-9);
            },
            onEvict: (service) => void (used -= instance.services[service].gb),
          },
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe("a policy of one's own", () => {
  /** Evicts the largest model first, and only for what has been asked for twice in a row. */
  const twiceInARow: CachingPolicy = {
    name: 'twice-in-a-row',
    start({ services }) {
      let last = -1;
      let isRepeated = false;
      return {
        admission: 'max',
        onRequest(service) {
          isRepeated = service === last;
          last = service;
        },
        key: (service) => -services[service].gb,
        worth: (service) => (service === last && isRepeated ? 1 : 0),
      };
    },
  };

  it('runs as the built-in ones do', () => {
    const instance = generateWorkload(edgeModels({ slots: 80 }), 1);
    const costs = simulate(instance, twiceInARow);
    expect(costs.edge).toBeGreaterThan(0);
    expect(costs.total).toBeCloseTo(costs.switch + costs.acc + costs.inf + costs.off + costs.cloud, 9);
  });
});

describe('VALUE-tuned', () => {
  it('does not care in what unit time is counted', () => {
    const instance = generateWorkload(edgeModels({ slots: 60, warmSlots: 0 }), 2);
    // Without context, λ has nothing else to act on.
    const services = instance.services.map((service) => ({ ...service, W: 0, one: null, alpha: null }));
    const plain = { ...instance, services, params: { ...instance.params, slots: 60 } };
    const stretched = {
      ...plain,
      slot: plain.slot.map((slot) => slot * 10),
      params: { ...plain.params, slots: 600 },
    };
    const policy = cachingPolicies.get('VALUE-tuned');
    expect(simulate(stretched, policy).total * 10).toBeCloseTo(simulate(plain, policy).total, 9);
  });
});

describe('traces', () => {
  const modelOf = (_model: string, order: number) => ({ gb: 1 + order, gflops: 1, accuracy: 70 });

  it('come in order of time, from slot 0, with the mean number of requests a slot', () => {
    const requests = Array.from({ length: 880 }, (_v, i) => ({
      seconds: 5000 - 10 * ((i * 7) % 880),
      model: `m${i % 3}`,
    }));
    const instance = traceInstance(requests, { modelOf, scenario: edgeModels() });
    expect(instance.slot[0]).toBe(0);
    expect(instance.slot[879]).toBeCloseTo(10, 9);
    expect(instance.slot.every((slot, index) => index === 0 || slot >= instance.slot[index - 1])).toBe(true);
    expect(instance.services.map((service) => service.gb)).toEqual([1, 2, 3]);
    const minutes = traceInstance(requests, { modelOf, scenario: edgeModels(), slotSeconds: 60 });
    expect(minutes.slot[879]).toBeCloseTo(8790 / 60, 9);
  });

  it('need a request', () => {
    expect(() => traceInstance([], { modelOf, scenario: edgeModels() })).toThrow(InvalidInputError);
  });
});
