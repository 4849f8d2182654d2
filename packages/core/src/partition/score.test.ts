import { describe, expect, it } from 'vitest';
import { freeSpace, logDistance, okumuraHata, snr, spectralEfficiency, dbmToMw } from '../radio/index.js';
import {
  buildProblem,
  cityDocument,
  Links,
  parsePartitionInstance,
  scorePartition,
  solvePartition,
} from './index.js';
import { rescore } from './testing/rescore.js';

/** Two servers over a 2 × 2 grid of 100 m cells, mirror images of each other. */
const twoByTwo = {
  zone: { widthM: 200, heightM: 200 },
  servers: [
    { x: 50, y: 100, heightM: 30, computeHz: 1e9, bandwidthHz: 1e7 },
    { x: 150, y: 100, heightM: 30, computeHz: 1e9, bandwidthHz: 1e7 },
  ],
  density: { model: 'uniform' as const },
  grid: { columns: 2, rows: 2 },
};

describe('scorePartition', () => {
  it('agrees with a 2 × 2 instance worked out by hand', () => {
    const problem = buildProblem(parsePartitionInstance(twoByTwo));
    // every cell centre is 50 m beside its server: d² = 50² + 30², L = 38.468 + 25.5 lg d, P − L − N with 1 mW and
    // −170 dBm/Hz + 70 dB; F = ρ/(W log2(1 + snr)) + Λρ/Ψ; T_b = 25000 · 0.25 · ½ · (½ F) s, J = T_0 = T_1
    const loss = 20 * Math.log10((4 * Math.PI * 2e9) / 299_792_458) + 12.75 * Math.log10(50 ** 2 + 30 ** 2);
    const F = 50 / (1e7 * Math.log2(1 + 10 ** ((100 - loss) / 10))) + (5000 * 50) / 1e9;
    const byHand = 1e3 * 25_000 * 0.25 * 0.5 * 0.5 * F;
    const { objectiveMs, perServer } = scorePartition(problem, Uint16Array.of(0, 1, 0, 1));
    expect(objectiveMs / byHand).toBeCloseTo(1, 12);
    expect(perServer.map((share) => share.mass)).toEqual([0.5, 0.5]);
    expect(perServer.map((share) => share.areaKm2)).toEqual([0.02, 0.02]);
    // all at one server: α = 1 and half of the cells farther away, so J is more than twice as large
    expect(scorePartition(problem, new Uint16Array(4)).objectiveMs).toBeGreaterThan(2 * byHand);
    for (const method of ['snr', 'guarded', 'optimal'] as const) {
      const solution = solvePartition(problem, { method });
      expect([...solution.labels]).toEqual([0, 1, 0, 1]);
      expect(solution.objectiveMs / byHand).toBeCloseTo(1, 12);
    }
    expect(solvePartition(problem, { method: 'optimal' }).lowerBoundMs! / byHand).toBeCloseTo(1, 12);
  });

  it('agrees with a re-scorer that shares no code, to 1e-9', () => {
    for (const seed of [1, 2]) {
      const instance = parsePartitionInstance(cityDocument({ twins: 120, seed, grid: 50 }));
      const plain = {
        ...instance,
        servers: [...instance.servers],
        twins: [...instance.twins],
        density: { x: 750, y: 750, stdM: 310 },
        exponent: 2.55,
        columns: 50,
        rows: 50,
      };
      for (const options of [
        { method: 'snr' },
        { method: 'guarded' },
        { method: 'optimal', freeTwins: true },
      ] as const) {
        const solution = solvePartition(instance, { ...options, lowerBound: false });
        const own = rescore(plain, solution.labels, solution.twins);
        expect(Math.abs(solution.objectiveMs / own.objectiveMs - 1)).toBeLessThan(1e-9);
        solution.perServer.forEach((share, b) => {
          expect(Math.abs(share.subSyncMs / own.subSyncMs[b] - 1)).toBeLessThan(1e-9);
          expect(Math.abs(share.mass - own.mass[b])).toBeLessThan(1e-9);
          expect(Math.abs(share.computeLeftHz / own.computeLeftHz[b] - 1)).toBeLessThan(1e-9);
        });
      }
    }
  });
});

describe('Links', () => {
  it('evaluates every deterministic path-loss model in closed form as core/radio does', () => {
    const servers = [
      { x: 0, y: 0, heightM: 25, computeHz: 1e9, bandwidthHz: 1e7 },
      { x: 0, y: 0, heightM: 8, computeHz: 1e9, bandwidthHz: 2e7 },
    ];
    const laws = {
      'log-distance': { law: logDistance({ exponent: 3.1 }), options: { exponent: 3.1 } },
      'free-space': { law: freeSpace(), options: {} },
      'okumura-hata': { law: okumuraHata(), options: {} },
    };
    for (const [model, { law, options }] of Object.entries(laws)) {
      const instance = parsePartitionInstance({
        ...twoByTwo,
        servers,
        pathLoss: { model, ...options },
        constants: { deviceHeightM: 1.5 },
      });
      const links = new Links(instance);
      servers.forEach(({ heightM, bandwidthHz }, b) => {
        const loss = law.prepare({ baseHeightM: heightM, deviceHeightM: 1.5, frequencyHz: 2e9 });
        for (const distance of [0, 3, 77, 1234, 4000]) {
          const lossDb = loss(distance, 0, 0);
          const ratio = snr(0, lossDb, dbmToMw(-170) * bandwidthHz);
          const airtime = 50 / (bandwidthHz * spectralEfficiency(ratio));
          expect(Math.abs(links.airtime(b, distance * distance) / airtime - 1)).toBeLessThan(1e-9);
          expect(Math.abs(links.inverseGain(b, distance * distance) / 10 ** (lossDb / 10) - 1)).toBeLessThan(
            1e-9,
          );
        }
      });
    }
  });

  it('refuses a path loss that draws random variates', () => {
    const instance = parsePartitionInstance({ ...twoByTwo, pathLoss: { model: 'umi-38901' } });
    expect(() => buildProblem(instance)).toThrow(/random variates/);
  });
});

describe("the paper's printed twin parameters", () => {
  it('let no server serve any twin: 10 Mb over 1 MHz takes half a second', () => {
    const document = cityDocument({ twins: 0 });
    const types = [10, 100, 1000].map((rate, type) => ({
      deadlineS: 1 / rate,
      powerW: 0.1 * (type + 1),
      dataBits: 10e6,
      cyclesPerBit: 1e4,
      bandwidthHz: 1e6,
    }));
    const twins = Array.from({ length: 300 }, (_, k) => ({
      x: 5 + 6.6 * k,
      y: 1999 - 6.6 * k,
      ...types[k % 3],
    }));
    const problem = buildProblem(parsePartitionInstance({ ...document, twins }));
    expect(problem.demandHz.every((demand) => demand === Infinity)).toBe(true);
    expect(Math.min(...problem.uploadS)).toBeGreaterThan(0.49);
  });
});
