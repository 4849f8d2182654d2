import { readFileSync } from 'node:fs';
import { parsePolicy } from '@metalore/core/policy';
import { parseScenario, type Scenario } from '@metalore/core/scenario';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packState, unpackState } from '../src/simulation/blocks.js';
import { frameOf } from '../src/simulation/frame.js';
import { Keyframes } from '../src/simulation/keyframes.js';
import type { LogEntry } from '../src/simulation/protocol.js';
import { Run } from '../src/simulation/run.js';
import { readScenario } from '../src/simulation/scenario-text.js';

/** Many enough that a state is kept every ten steps or so. */
const CROWD = parseScenario({
  ues: { count: 900 },
  sensors: { count: 1000 },
  area: { widthM: 900, heightM: 700 },
  episodeSteps: 200,
});
const preset = (name: string) =>
  readScenario(readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), 'utf8'));

function open(scenario: Scenario, policy: string, log: readonly LogEntry[] = []): Run {
  return new Run(scenario, 5, 1, { policy, log }, parsePolicy);
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
    { step: 15, set: { 'ues.count': 1200, 'sensors.discipline': 'freshest' } },
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
      expect(go(run, step)).toBeLessThanOrEqual(15);
      expect(seen(run)).toEqual(before[step]);
    }
    // on again, over states that are kept
    expect(go(run, 56)).toBeLessThanOrEqual(15);
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
  it('is any plain data with its numbers to the last bit, whatever was before', () => {
    const numbers = fc.oneof(fc.array(fc.double()), fc.array(fc.integer()));
    const data = fc.dictionary(fc.string(), fc.oneof(numbers, fc.array(numbers), fc.string(), fc.integer()));
    const plain = (value: unknown): unknown => {
      if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
      if (Array.isArray(value)) return value.map(plain);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
    };
    fc.assert(
      fc.property(data, data, (value, before) => {
        expect(plain(unpackState(packState(value, packState(before))))).toEqual(plain(value));
      }),
    );
  });

  it('shares what stays, and keeps within its bytes, densest near the last', () => {
    const keyframes = new Keyframes<{ same: Int32Array; other: number[] }, null>(4_000_000);
    const same = Int32Array.from({ length: 500_000 }, (_, at) => at);
    for (let step = 0; step <= 1000; step += 10) {
      same[step * 400] = -step;
      keyframes.keep(step, { same, other: Array.from({ length: 5000 }, (_, at) => at + step) }, null);
      expect(keyframes.bytes).toBeLessThanOrEqual(4_000_000);
    }
    const { steps } = keyframes;
    expect(steps[0]).toBe(0);
    expect(steps.slice(-3)).toEqual([980, 990, 1000]);
    // without sharing, two of 2 MB would fill it
    expect(steps.length).toBeGreaterThan(15);
    const { state } = keyframes.at(steps[steps.length >> 1]);
    expect(state.same[400 * 10]).toBe(-10);
  });
});
