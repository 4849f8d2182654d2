import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from './scenario/index.js';
import { observationBounds } from './observation-bounds.js';
import { observationFeatures } from './observation.js';
import { Observer } from './observer.js';
import { Simulator } from './simulator.js';

const all = observationFeatures.names();

describe('bounds of observations', () => {
  it('are what the devices could create in an episode, for the paper', () => {
    const bounds = observationBounds(parseScenario({}));
    expect([...bounds]).toEqual([10 * 100, 15 * 100]);
  });

  it('hold for every feature, in any scenario, under any splits', () => {
    fc.assert(
      fc.property(
        fc.record({
          ues: fc.integer({ min: 1, max: 6 }),
          sensors: fc.integer({ min: 1, max: 6 }),
          perStep: fc.double({ min: 0, max: 3, noNaN: true }),
          size: fc.double({ min: 0.5, max: 80, noNaN: true }),
          split: fc.double({ min: 0, max: 1, noNaN: true }),
          seed: fc.nat(1000),
          sizes: fc.constantFrom('poisson' as const, 'constant' as const),
          classes: fc.constantFrom(undefined, [
            {},
            { meanSizeMbit: 120, arrivals: { model: 'poisson' as const, meanPerStep: 5 } },
          ]),
        }),
        ({ ues, sensors, perStep, size, split, seed, sizes, classes }) => {
          const scenario = parseScenario({
            episodeSteps: 30,
            observation: all,
            ues: {
              count: ues,
              meanSizeMbit: size,
              arrivals: { model: 'poisson', meanPerStep: perStep },
              sizes,
              classes,
            },
            sensors: { count: sensors, meanSizeMbit: size, sizes },
            schedule: [{ fromStep: 10, set: { 'ues.count': ues + 2, 'sensors.meanLoadUnits': 20 } }],
          });
          const bounds = observationBounds(scenario);
          expect(bounds.every(Number.isFinite)).toBe(true);
          const simulator = new Simulator(scenario);
          const observer = new Observer(all);
          const seen = new Float64Array(all.length);
          simulator.reset(seed, 0);
          for (let step = 0; step < 30; step++) {
            simulator.advance([split, 1 - split]);
            observer.observe(simulator, seen);
            seen.forEach((value, at) => expect(value, all[at]).toBeLessThanOrEqual(bounds[at]));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
