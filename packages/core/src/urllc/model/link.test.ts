import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finiteBlocklengthRate, gaussianTailInverse } from '../../radio/index.js';
import { RandomStream } from '../../random/index.js';
import { AirCost } from './air-cost.js';
import { Link } from './link.js';
import { scaleInstance } from './scaled.js';
import { m6 } from '../testing/instances.js';

/** `m6` with one device of the given gain. */
function problemOf(h2: number, Rmin = m6.Rmin) {
  return scaleInstance({ ...m6, Rmin, ue: [{ ...m6.ue[0], h2 }] });
}

const point = fc.record({
  gain: fc.double({ min: -14, max: -8, noNaN: true }),
  y: fc.double({ min: -4, max: 0, noNaN: true }),
  z: fc.double({ min: -5, max: 1, noNaN: true }),
});

describe('Link', () => {
  it('has the rate of the radio and derivatives that are its differences', () => {
    fc.assert(
      fc.property(point, ({ gain, y, z }) => {
        const h2 = 10 ** gain;
        const problem = problemOf(h2);
        const link = new Link(problem);
        const share = Math.exp(y);
        const snr = (Math.exp(z) * h2) / (share * m6.B * m6.N0);
        const rate = finiteBlocklengthRate(share * m6.B, snr, m6.phi, gaussianTailInverse(m6.eps));
        expect(Math.abs(link.rate(0, y, z) * 1e6 - rate)).toBeLessThan(1e-9 * Math.abs(rate) + 1e-3);
        if (link.rate(0, y, z) < 0.1) return;
        link.evaluate(0, y, z);
        const time = (a: number, b: number) => problem.size[0] / link.rate(0, a, b);
        const h = 1e-4;
        const close = (value: number, expected: number) =>
          expect(Math.abs(value - expected)).toBeLessThan(2e-5 * (Math.abs(expected) + link.time));
        close(link.timeY, (time(y + h, z) - time(y - h, z)) / (2 * h));
        close(link.timeZ, (time(y, z + h) - time(y, z - h)) / (2 * h));
        close(link.timeYY, (time(y + h, z) + time(y - h, z) - 2 * time(y, z)) / (h * h));
        close(link.timeZZ, (time(y, z + h) + time(y, z - h) - 2 * time(y, z)) / (h * h));
        const mixed = time(y + h, z + h) - time(y + h, z - h) - time(y - h, z + h) + time(y - h, z - h);
        close(link.timeYZ, mixed / (4 * h * h));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('has a log-concave rate wherever it carries more than 1.5 Q⁻¹(ε)² nats per interval', () => {
    const random = new RandomStream(4, 'link-test');
    const between = (low: number, high: number) => low + (high - low) * random.uniform();
    const gains = Array.from({ length: 200 }, () => 10 ** between(-14, -8));
    const problem = scaleInstance({ ...m6, ue: gains.map((h2) => ({ ...m6.ue[0], h2 })) });
    const link = new Link(problem);
    const least = 1.5 * problem.tailInverse * problem.tailInverse * problem.rateScale;
    let strong = 0;
    let lowest = Infinity; // of the least diagonal and the determinant, relative to their scale
    for (let k = 0; k < 20_000; k++) {
      const device = k % gains.length;
      const y = between(-4, 0);
      const z = between(-5, 1);
      if (link.rate(device, y, z) < least) continue;
      strong++;
      link.evaluate(device, y, z);
      // ln t is convex: t·t'' − t'² is positive semidefinite
      const { time: t, timeY, timeZ } = link;
      const yy = t * link.timeYY - timeY * timeY;
      const zz = t * link.timeZZ - timeZ * timeZ;
      const yz = t * link.timeYZ - timeY * timeZ;
      const slack = 1e-9 * t * t;
      lowest = Math.min(lowest, yy / slack, zz / slack, (yy * zz - yz * yz) / (slack * (yy + zz + slack)));
    }
    expect(strong).toBeGreaterThan(10_000);
    expect(lowest).toBeGreaterThan(-1);
  });
});

describe('AirCost', () => {
  it('is the minimum that a grid finds, and never above it', () => {
    fc.assert(
      fc.property(
        point,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        ({ gain }, lambda, theta) => {
          const problem = problemOf(10 ** gain, 0);
          const cost = new AirCost(problem).cost(0, 1, theta, lambda);
          const link = new Link(problem);
          let best = Infinity;
          for (let i = 0; i <= 60; i++) {
            for (let k = 0; k <= 60; k++) {
              const y = (-8 * i) / 60;
              const z = problem.logPower[0] - (8 * k) / 60;
              const rate = link.rate(0, y, z);
              if (rate <= 0) continue;
              const time = problem.size[0] / rate;
              best = Math.min(best, time + lambda * Math.exp(y) + theta * Math.exp(z) * time);
            }
          }
          expect(cost).toBeLessThanOrEqual(best * (1 + 1e-12));
          if (best < Infinity) expect(cost).toBeGreaterThan(0.9 * best);
        },
      ),
      { seed: 6, numRuns: 150 },
    );
  });
});
