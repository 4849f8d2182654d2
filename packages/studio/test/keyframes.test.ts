import { readFileSync } from 'node:fs';
import { parsePolicy } from '@metalore/core/policy';
import { parseScenario, type Scenario } from '@metalore/core/scenario';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameOf } from '../src/simulation/frame.js';
import { Keyframes } from '../src/simulation/keyframes.js';
import type { LogEntry } from '../src/simulation/protocol.js';
import { Run } from '../src/simulation/run.js';
import { readScenario } from '../src/simulation/scenario-text.js';

/** Device-steps: a state is kept every ten steps or so. */
const KEEP_EVERY = 3000;
const CROWD = parseScenario({
  ues: { count: 40 },
  sensors: { count: 50 },
  episodeSteps: 200,
});
const preset = (name: string) =>
  readScenario(readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), 'utf8'));

function open(scenario: Scenario, policy: string, log: readonly LogEntry[] = []): Run {
  return new Run(scenario, 5, 1, { policy, log }, parsePolicy, KEEP_EVERY);
}

/** Goes to a step. @returns how many steps were computed for it */
function go(run: Run, step: number): number {
  run.seek(step);
  const from = run.step;
  while (run.step < step) run.advance();
  return step - from;
}

const seen = (run: Run) => ({
  frame: frameOf(run, 0, { run: 0, kind: 'ue', device: 3 }),
  state: run.simulator.snapshot(),
});

describe('stepping back', () => {
  const log: LogEntry[] = [
    { step: 15, set: { 'ues.count': 70, 'sensors.discipline': 'freshest' } },
    { step: 25, policy: 'age-aware' },
    { step: 33, set: { 'ues.mobility.speedMps': 9 } },
  ];

  it('comes to the same states as a run that never went back, and computes a few steps alone', () => {
    const run = open(CROWD, 'random', log);
    const before: unknown[] = [];
    for (let step = 0; step <= 60; step++) {
      go(run, step);
      if (step % 7 === 0) before[step] = seen(run);
    }
    expect(run.keyframes.steps.length).toBeGreaterThan(4);
    for (const step of [56, 49, 21, 35, 7, 42, 0, 28]) {
      expect(go(run, step)).toBeLessThanOrEqual(20);
      expect(seen(run)).toEqual(before[step]);
    }
    // on again, over states that are kept
    expect(go(run, 56)).toBeLessThanOrEqual(20);
    expect(seen(run)).toEqual(before[56]);
  });

  it('forgets what another past made', () => {
    const run = open(CROWD, 'age-aware');
    go(run, 50);
    const past: LogEntry[] = [{ step: 22, set: { 'ues.meanSizeMbit': 90 } }];
    run.relog(past);
    expect(run.step).toBeLessThan(22);
    expect(run.keyframes.steps.every((step) => step <= 22)).toBe(true);
    go(run, 50);
    const direct = open(CROWD, 'age-aware', past);
    go(direct, 50);
    expect(seen(run)).toEqual(seen(direct));
    run.relog([]);
    go(run, 50);
    const plain = open(CROWD, 'age-aware');
    go(plain, 50);
    expect(seen(run).frame.metrics).toEqual(seen(plain).frame.metrics);
  });

  it('holds for models on servers and phases that are drawn anew', () => {
    for (const name of ['edge-city', 'dynamic']) {
      const run = open(preset(name), 'queue-proportional');
      go(run, 280);
      const end = seen(run);
      expect(go(run, 279)).toBeLessThan(280);
      go(run, 280);
      expect(seen(run)).toEqual(end);
    }
  });
});

describe('what is kept', () => {
  const numbers = fc.oneof(
    fc.array(fc.double()),
    fc.array(fc.integer()),
    fc.array(fc.integer()).map((list) => Int32Array.from(list)),
  );
  const state = fc.record({
    a: numbers.filter((list) => !(list instanceof Int32Array)),
    b: fc.array(fc.integer()).map((list) => Int32Array.from(list)),
    c: fc.array(fc.array(fc.double(), { maxLength: 4 }), { maxLength: 4 }),
    d: fc.oneof(fc.string(), fc.integer()),
  });
  const plain = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  };

  it('comes back to the last bit, in any order, however much was given up', () => {
    fc.assert(
      fc.property(
        fc.array(state, { minLength: 3, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.integer({ min: 50, max: 2000 }),
        (states, visits, maxBytes) => {
          const keyframes = new Keyframes<(typeof states)[0], number>(maxBytes);
          states.forEach((one, step) => keyframes.keep(step, () => one, step));
          const { steps } = keyframes;
          expect(steps).toEqual(expect.arrayContaining([0, states.length - 1]));
          for (const visit of visits) {
            const step = steps[visit % steps.length];
            const kept = keyframes.at(step);
            expect(kept.context).toBe(step);
            expect(plain(kept.state)).toEqual(plain(states[step]));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is what changed alone, within its bytes, densest near the last', () => {
    const keyframes = new Keyframes<{ jobs: Int32Array; places: number[] }, null>(4_000_000);
    const jobs = Int32Array.from({ length: 500_000 }, (_, at) => at);
    const keep = (step: number) => {
      jobs[step * 400] = -step;
      const places = Array.from({ length: 5000 }, (_, at) => at + step);
      keyframes.keep(step, () => ({ jobs, places }), null);
    };
    for (let step = 0; step <= 1000; step += 10) {
      keep(step);
      expect(keyframes.bytes).toBeLessThanOrEqual(4_000_000);
    }
    const { steps } = keyframes;
    expect(steps[0]).toBe(0);
    expect(steps.slice(-3)).toEqual([980, 990, 1000]);
    // as wholes, one of 2 MB would fill it
    expect(steps.length).toBeGreaterThan(30);
    const middle = steps[steps.length >> 1];
    const { jobs: then } = keyframes.at(middle).state;
    expect([then[400 * middle], then[400 * 1000], then[7]]).toEqual([-middle, 400_000, 7]);
  });

  it('gives way where it is too far apart', () => {
    const keyframes = new Keyframes<{ a: number[] }, null>();
    for (const step of [0, 100, 110]) keyframes.keep(step, () => ({ a: [step] }), null);
    keyframes.keep(105, () => ({ a: [5] }), null);
    expect(keyframes.steps).toEqual([0, 100, 110]);
    keyframes.keep(20, () => ({ a: [20] }), null);
    expect(keyframes.steps).toEqual([0, 20]);
    expect(plain(keyframes.at(20).state)).toEqual({ a: [20] });
  });
});
