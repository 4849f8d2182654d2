import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '@metalore/core/errors';
import { newThing } from '../twin/thing.js';
import { Alarms, type Alarm } from './alarms.js';
import { startKalman, predict, update } from './kalman.js';
import { predictProperty } from './predict.js';
import { matches } from '../message/pattern.js';
import { parseRules } from './rules.js';

interface Labelled {
  readonly t: number;
  readonly value: number;
  readonly injected: boolean;
}

/** A slow wave with noise of standard deviation 0.2, into which single values are injected that stand 3 apart. */
function labelled(seed: number, count: number): Labelled[] {
  const random = new RandomStream(seed, 'labelled');
  return Array.from({ length: count }, (_, i) => {
    const injected = i > 100 && random.uniform() < 0.01;
    const value = 20 + 5 * Math.sin((2 * Math.PI * i) / 300) + 0.2 * random.normal() + (injected ? 3 : 0);
    return { t: 1000 * i, value, injected };
  });
}

function observe(alarms: Alarms, { t, value }: { t: number; value: number }): void {
  alarms.observe({ position: 0, thing: 'a:b', t, seq: 0, received: t, features: { f: { p: value } } }, t);
}

describe('the detector of injected data', () => {
  it('finds nearly all, and little else', () => {
    let [found, missed, wrong] = [0, 0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const raised: number[] = [];
      const alarms = new Alarms(parseRules([{ name: 'injected', anomaly: {} }], 'rules'), (alarm) => {
        if (alarm.clearedAt === null) raised.push(alarm.raisedAt);
      });
      const data = labelled(seed, 2000);
      for (const point of data) observe(alarms, point);
      // An alarm that still stands covers what comes next; it is right if a value within it was injected.
      const injected = data.filter((point) => point.injected).map(({ t }) => t);
      const covered = injected.filter((t) => raised.some((at) => at <= t && t - at < 10_000));
      found += covered.length;
      missed += injected.length - covered.length;
      wrong += raised.filter((at) => !injected.includes(at)).length;
    }
    expect(found / (found + missed)).toBeGreaterThan(0.97); // recall
    expect(found / (found + wrong)).toBeGreaterThan(0.97); // precision
  });

  it('knows the time of day', () => {
    const random = new RandomStream(1, 'season');
    const rules = parseRules(
      [{ name: 'usual', anomaly: { method: 'seasonal', periodS: 24, threshold: 6 } }],
      'rules',
    );
    const raised: Alarm[] = [];
    const alarms = new Alarms(rules, (alarm) => void (alarm.clearedAt === null && raised.push(alarm)));
    for (let i = 0; i < 24 * 40; i++) {
      observe(alarms, { t: 1000 * i, value: (i % 24 === 8 ? 100 : 0) + random.normal() });
    }
    expect(raised).toHaveLength(0);
    observe(alarms, { t: 1000 * 24 * 40, value: 100 }); // what is usual at eight is not at midnight
    expect(raised).toHaveLength(1);
  });
});

describe('alarms', () => {
  it('are raised once and cleared once, with hysteresis', () => {
    const seen: [number, boolean][] = [];
    const rules = parseRules([{ name: 'hot', property: 'p', value: { above: 80, hysteresis: 5 } }], 'rules');
    const alarms = new Alarms(rules, ({ level, clearedAt }) => seen.push([level, clearedAt === null]));
    [70, 81, 79, 82, 76, 75, 79, 85].forEach((value, t) => observe(alarms, { t, value }));
    expect(seen).toEqual([
      [81, true],
      [81, false],
      [85, true],
    ]);
    expect([alarms.active.size, alarms.cleared.length]).toEqual([1, 1]);
  });

  it('watch ages and silence', () => {
    const seen: string[] = [];
    const rules = parseRules([{ name: 'old', ageS: 10, silenceS: 5 }], 'rules');
    const alarms = new Alarms(rules, ({ kind, clearedAt }) => seen.push(`${kind} ${clearedAt === null}`));
    const thing = newThing('a:b', 0);
    const age = { since: 4000, delivered: 4000, doubledArea: 0, peakSum: 0, peaks: 0, peakMax: 0 };
    const register = { value: 1, t: 0, seq: 0, age };
    thing.registers.set('f', new Map([['p', register]]));
    alarms.tick([thing], 9000);
    expect(seen).toEqual([]);
    alarms.tick([thing], 9001);
    alarms.tick([thing], 10_001);
    alarms.tick([thing], 11_000);
    Object.assign(register, { t: 10_500 });
    register.age.delivered = 11_500;
    alarms.tick([thing], 12_000);
    expect(seen).toEqual(['silence true', 'age true', 'age false', 'silence false']);
  });

  it('have rules that say what is wrong with them', () => {
    expect(() => parseRules([{ name: 'x' }], 'rules.yaml')).toThrow(/expected one of value, ageS/);
    expect(() => parseRules([{ name: 'x', ageS: -1 }], 'rules.yaml')).toThrow(InvalidInputError);
    expect(() => parseRules({ name: 'x' }, 'rules.yaml')).toThrow(InvalidInputError);
    expect(
      ['plant:*', '*:pump', 'pl*pump', '*', 'plant:pump'].map((one) => matches(one, 'plant:pump')),
    ).toEqual(Array(5).fill(true));
    expect(['plant', '*x', 'pump*', 'plant:pump-*'].map((one) => matches(one, 'plant:pump'))).toEqual(
      Array(4).fill(false),
    );
  });
});

describe('predictions', () => {
  it.each(['hold', 'linear', 'kalman'] as const)(
    'by %s hold nineteen of twenty within two standard deviations',
    (model) => {
      let [inside, total] = [0, 0];
      for (let seed = 1; seed <= 300; seed++) {
        const random = new RandomStream(seed, 'walk');
        let value = 0;
        const points = Array.from({ length: 41 }, (_, i) => ({
          t: 1000 * i,
          value: (value += random.normal()),
        }));
        const target = points.pop()!;
        const { value: guess, sd } = predictProperty(points, model, target.t)!;
        inside += Math.abs(target.value - guess) < 1.96 * sd! ? 1 : 0;
        total++;
      }
      expect(inside / total).toBeGreaterThan(0.87);
      expect(inside / total).toBeLessThan(0.995);
    },
  );

  it('follow a line, and grow less sure with age', () => {
    const points = Array.from({ length: 30 }, (_, i) => ({ t: 1000 * i, value: 3 + 2 * i }));
    expect(predictProperty(points, 'linear', 31_000)!.value).toBeCloseTo(65, 9);
    expect(predictProperty(points, 'kalman', 31_000)!.value).toBeCloseTo(65, 0);
    expect(predictProperty(points, 'hold', 31_000)!.value).toBe(61);
    const state = startKalman(0, 1);
    const random = new RandomStream(1, 'noise');
    for (let i = 1; i < 50; i++) update(state, i, 1 + random.normal());
    const sds = [50, 60, 100, 500].map((t) => predict(state, t).sd);
    expect([...sds].sort((a, b) => a - b)).toEqual(sds);
    expect(predictProperty([...points, { t: 31_000, value: 'off' }], 'hold', 32_000)).toBeUndefined();
  });
});
