import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { instanceToJson, parseServingInstance } from './instance.js';
import { parseServingScenario, scenarioServices } from './scenario.js';
import { edgeModels } from './testing/scenario.js';
import { generateWorkload } from './workload.js';

describe('edge-models', () => {
  it('has 71 services, one of them larger than the GPU', () => {
    const services = scenarioServices(edgeModels());
    expect(services).toHaveLength(71);
    expect(new Set(services.map((service) => service.name)).size).toBe(71);
    expect(services.filter((service) => service.gb > 80).map((service) => service.gb)).toEqual([349.2]);
    expect(services.filter((service) => service.gb === 25.7)).toHaveLength(30);
    expect(services.filter((service) => service.a0 === 15.45)).toHaveLength(10);
  });

  it('asks for 88 requests a slot, in sessions of 2.3', () => {
    const { slot, service } = generateWorkload(edgeModels({ slots: 2000, exchangeProbability: 0 }), 3);
    expect(Math.abs(slot.length / 2000 - 88)).toBeLessThan(4 * Math.sqrt(88 / 2000));
    const counts = new Float64Array(71);
    let changes = 0;
    for (let index = 0; index < service.length; index++) {
      counts[service[index]]++;
      if (index > 0 && service[index] !== service[index - 1]) changes++;
    }
    // A new session draws the same service again with probability Σ p².
    const harmonic = Array.from({ length: 71 }, (_v, r) => 1 / (r + 1)).reduce((a, b) => a + b);
    const same = Array.from({ length: 71 }, (_v, r) => (1 / (r + 1) / harmonic) ** 2).reduce((a, b) => a + b);
    expect(Math.abs(changes / service.length - (1 - same) / 2.3)).toBeLessThan(0.005);
    const shares = [...counts].sort((a, b) => b - a).map((count) => count / service.length);
    expect(Math.abs(shares[0] - 1 / harmonic)).toBeLessThan(0.01);
    expect(Math.abs(shares[3] - 1 / 4 / harmonic)).toBeLessThan(0.01);
  });

  it('is the same for the same seed and another for another', () => {
    const scenario = edgeModels({ slots: 100 });
    expect(generateWorkload(scenario, 5)).toEqual(generateWorkload(scenario, 5));
    expect(generateWorkload(scenario, 5).slot).not.toEqual(generateWorkload(scenario, 6).slot);
  });

  it('comes back from its explicit form', () => {
    const instance = generateWorkload(edgeModels({ slots: 70 }), 1);
    expect(parseServingInstance(JSON.parse(JSON.stringify(instanceToJson(instance))))).toEqual(instance);
  });
});

describe('what is wrong with an input', () => {
  const params = {
    gpuGB: 10,
    lam: 0.9,
    flops: 1,
    ctxFlops: 0,
    loadGBs: 1,
    cSwitch: 1,
    cAcc: 1,
    cInf: 1,
    cOff: 1,
    cCloud: 1,
    warm: 0,
  };
  const services = [{ name: 'a', gb: 1, gflops: 1, W: 0, a0: 50, one: null, alpha: null }];
  const problemsOf = (value: unknown): string[] => {
    try {
      parseServingInstance(value);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.problems.map((problem) => problem.path);
      throw error;
    }
    return [];
  };

  it('names every bad request', () => {
    const requests = [[0, 0], [1, 7], [0.5, 'a'], ['x', 0], [2, 'a'], [1, 0], 5];
    expect(problemsOf({ params, services, requests })).toEqual([
      'requests[1]',
      'requests[3]',
      'requests[5]',
      'requests[6]',
    ]);
  });

  it('lets copies share a name, and then wants their number', () => {
    const copies = [services[0], { ...services[0], name: 'b' }, services[0]];
    const requests = [
      [0, 2],
      [1, 'b'],
      [2, 'a'],
    ];
    expect(problemsOf({ params, services: copies, requests })).toEqual(['requests[2]']);
    expect(problemsOf({ params, services: copies, requests: requests.slice(0, 2) })).toEqual([]);
  });

  it('names parameters out of range', () => {
    const bad = { ...params, lam: 0, gpuGB: -1 };
    expect(problemsOf({ params: bad, services: [{ ...services[0], gb: 0 }], requests: [[0, 0]] })).toEqual([
      'params.gpuGB',
      'params.lam',
      'services[0].gb',
    ]);
  });

  it('wants a slot that counts', () => {
    expect(problemsOf({ params: { ...params, warm: 3 }, services, requests: [[2.5, 0]] })).toEqual([
      'params.warm',
    ]);
    expect(problemsOf({ params, services, requests: [] })).toEqual(['requests']);
    expect(problemsOf({ params: { ...params, slots: 2 }, services, requests: [[2.5, 0]] })).toEqual([
      'params.slots',
    ]);
  });

  it('refuses unknown keys of a scenario', () => {
    expect(() =>
      parseServingScenario({ kind: 'serving', server: { gpuGb: 1 }, costs: {}, workload: {} }),
    ).toThrow(InvalidInputError);
  });
});
