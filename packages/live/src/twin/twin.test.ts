import { RandomStream } from '@metalore/core/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agesAt, firstAge, refresh } from './age.js';
import { newClockOffset, observeDelivery, offsetMs } from './clock-offset.js';
import { loadThing, saveThing } from './saved.js';
import { Twins, type StoredUpdate } from './twins.js';

const updates = fc.array(
  fc.record({
    t: fc.integer({ min: 0, max: 50 }),
    seq: fc.integer({ min: 0, max: 3 }),
    property: fc.constantFrom('a', 'b'),
    value: fc.integer(),
  }),
  { minLength: 1, maxLength: 30 },
);

function applied(list: readonly StoredUpdate[]): Record<string, unknown> {
  const twins = new Twins();
  list.forEach((update, at) => twins.apply(update, 1000 + at));
  const registers = twins.get('x')!.registers.get('f')!;
  return Object.fromEntries(
    [...registers].sort().map(([name, { value, t, seq }]) => [name, [value, t, seq]]),
  );
}

describe('twins', () => {
  it('hold the freshest value by (t, seq), in whatever order and however often it comes', () => {
    fc.assert(
      fc.property(updates, fc.integer(), (list, seed) => {
        // One value for each key, as the store sees to it.
        const keyed = [...new Map(list.map((one) => [`${one.property} ${one.t} ${one.seq}`, one])).values()];
        const stored = keyed.map(({ t, seq, property, value }, position) => ({
          position,
          thing: 'x',
          t,
          seq,
          received: 100,
          features: { f: { [property]: value } },
        }));
        const shuffled = new RandomStream(Math.abs(seed), 'order').shuffle([...stored, ...stored]);
        expect(applied(shuffled)).toEqual(applied(stored));
        for (const [name, [, t, seq]] of Object.entries(applied(stored)) as [string, number[]][]) {
          const of = stored.filter(({ features }) => name in features.f);
          expect(of.every((one) => one.t < t || (one.t === t && one.seq <= seq))).toBe(true);
        }
      }),
    );
  });

  it('are the same after they were saved and loaded', () => {
    const twins = new Twins();
    for (let i = 0; i < 20; i++) {
      const features = { f: { a: i, b: { deep: [i] } } };
      twins.apply({ position: i, thing: 'x', t: 100 + i, seq: 0, received: 105 + i, features }, 110 + i);
    }
    const thing = twins.get('x')!;
    thing.document = { attributes: { maker: 'M' } };
    expect(loadThing(saveThing(thing))).toEqual(thing);
  });
});

describe('ages', () => {
  it('are the saw-tooth’s integral over the recorded deliveries', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ gap: fc.integer({ min: 1, max: 5000 }), delay: fc.integer({ min: 0, max: 9000 }) }),
          {
            minLength: 1,
            maxLength: 50,
          },
        ),
        fc.integer({ min: 1, max: 10_000 }),
        (list, tail) => {
          const start = 1_790_000_000_000;
          let time = start;
          const deliveries = list.map(({ gap, delay }) => ({ at: (time += gap), measured: time - delay }));
          const twins = new Twins();
          deliveries.forEach(({ at, measured }, position) => {
            const features = { f: { a: position } };
            twins.apply({ position, thing: 'x', t: measured, seq: position, received: at, features }, at);
          });
          const { age, t } = twins.get('x')!.registers.get('f')!.get('a')!;
          const end = time + tail;
          const { meanAgeS, maxAgeS } = agesAt(age, t, end);
          // Trapezoids between deliveries, of the freshest value so far.
          let area = 0;
          let freshest = deliveries[0].measured;
          let largest = 0;
          deliveries.forEach(({ at, measured }, i) => {
            freshest = Math.max(freshest, measured);
            const until = deliveries[i + 1]?.at ?? end;
            area += ((until - at) * (at - freshest + (until - freshest))) / 2;
            largest = Math.max(
              largest,
              i + 1 === deliveries.length || deliveries[i + 1].measured > freshest ? until - freshest : 0,
            );
          });
          const exact = area / (end - deliveries[0].at) / 1000;
          expect(Math.abs(meanAgeS - exact)).toBeLessThanOrEqual(1e-9 * Math.max(1, exact));
          expect(maxAgeS).toBeCloseTo(largest / 1000, 9);
        },
      ),
    );
  });

  it.each([0.3, 0.5, 0.8])('of an M/M/1 queue at ρ = %f are (1 + 1/ρ + ρ²/(1 − ρ))/μ', (rho) => {
    // 20 runs of 20,000 updates; times in µs, so that whole numbers do not matter.
    const means = Array.from({ length: 20 }, (_, run) => {
      const random = new RandomStream(run + 1, 'm/m/1');
      let arrival = 0;
      let departure = 0;
      let age: ReturnType<typeof firstAge> | undefined;
      let last = 0;
      for (let i = 0; i < 20_000; i++) {
        arrival += random.exponential(1e6 / rho);
        departure = Math.max(departure, arrival) + random.exponential(1e6);
        if (age === undefined) age = firstAge(Math.round(departure));
        else refresh(age, last, Math.round(departure));
        last = Math.round(arrival);
      }
      return agesAt(age!, last, Math.round(departure)).meanAgeS / 1000;
    });
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    const sd = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1));
    const exact = 1 + 1 / rho + rho ** 2 / (1 - rho);
    expect(Math.abs(mean - exact)).toBeLessThan((2.861 * sd) / Math.sqrt(means.length)); // Student, 99 %, 19 degrees
  });

  it('estimates a device’s clock from its shortest delivery', () => {
    const offset = newClockOffset();
    expect(offsetMs(offset)).toBeNaN();
    const random = new RandomStream(1, 'clock');
    for (let i = 0; i < 2000; i++) observeDelivery(offset, -250 + 3 + random.exponential(20));
    expect(offsetMs(offset)).toBeGreaterThan(246);
    expect(offsetMs(offset)).toBeLessThanOrEqual(247);
  });
});
