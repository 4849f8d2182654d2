import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageOpinions,
  expectation,
  fuseOpinions,
  opinionOf,
  parseReputationInstance,
  ReputationModel,
  REPUTATION_DEFAULTS,
  solveReputation,
  VACUOUS,
  type Interaction,
  type Opinion,
} from './index.js';

const sum = ({ belief, disbelief, uncertainty }: Opinion): number => belief + disbelief + uncertainty;

const opinion = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([a, b]): Opinion => ({ uncertainty: a, belief: (1 - a) * b, disbelief: (1 - a) * (1 - b) }));

describe('opinions', () => {
  it('sum to 1 through every operator, and fusion commutes', () => {
    fc.assert(
      fc.property(opinion, opinion, fc.nat(50), fc.nat(50), (left, right, good, bad) => {
        expect(Math.abs(sum(fuseOpinions(left, right)) - 1)).toBeLessThan(1e-12);
        expect(Math.abs(sum(averageOpinions([left, right], [good, bad + 1])) - 1)).toBeLessThan(1e-12);
        expect(Math.abs(sum(opinionOf(0.4 * good, 0.6 * bad, good + bad, 2)) - 1)).toBeLessThan(1e-12);
        const one = fuseOpinions(left, right);
        const other = fuseOpinions(right, left);
        for (const key of ['belief', 'disbelief', 'uncertainty'] as const) {
          expect(Math.abs(one[key] - other[key])).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it('of nobody are 0.5; one failure outweighs one success', () => {
    expect(expectation(VACUOUS, 0.5)).toBe(0.5);
    expect(expectation(opinionOf(0.4 * 0.6, 0.6 * 0.6, 2, 2), 0.5)).toBeLessThan(0.5);
  });
});

describe('mode demo', () => {
  it('has half a belief of the share of successes, and a reputation of 10 b + u d', () => {
    const model = new ReputationModel(1, 2, REPUTATION_DEFAULTS, 5, 'demo');
    for (const [at, ok] of [
      [0, true],
      [1, false],
      [4, true],
      [5, true],
    ] as const) {
      model.record({ producer: 0, provider: 0, at, ok, value: 1 });
    }
    expect(model.opinion(0, 0)).toEqual({ belief: 0.375, disbelief: 0.125, uncertainty: 0.5 });
    expect(model.reputation(0, 0)).toBeCloseTo(3.75 + 0.5 * 0.125, 12);
    expect(model.opinion(0, 1)).toEqual(VACUOUS);
    expect(model.reputation(0, 1)).toBe(0);
  });
});

/** The formulas, written down once more without any running sums. */
function direct(
  {
    now,
    producers,
    providers,
    interactions,
  }: { now: number; producers: number; providers: number; interactions: readonly Interaction[] },
  i: number,
  j: number,
): Opinion {
  const p = REPUTATION_DEFAULTS;
  const known = interactions.filter(({ at, provider }) => at <= now && provider === j);
  const local = (x: number): Opinion => {
    const own = known.filter(({ producer }) => producer === x);
    const weight = ({ at }: Interaction): number =>
      now - at <= p.recentRounds ? p.recentWeight : p.oldWeight;
    const r = p.kappa * own.filter(({ ok }) => ok).reduce((total, one) => total + weight(one), 0);
    const s = p.tau * own.filter(({ ok }) => !ok).reduce((total, one) => total + weight(one), 0);
    if (own.length === 0) return VACUOUS;
    const u = p.uncertaintyPrior / (p.uncertaintyPrior + own.length);
    return { belief: ((1 - u) * r) / (r + s), disbelief: ((1 - u) * s) / (r + s), uncertainty: u };
  };
  const others = Array.from({ length: producers }, (_, x) => x).filter(
    (x) => x !== i && known.some(({ producer }) => producer === x),
  );
  const n = others.map((x) => known.filter(({ producer }) => producer === x).length);
  const v = others.map(
    (x, k) =>
      known.filter(({ producer }) => producer === x).reduce((total, { value }) => total + value, 0) / n[k],
  );
  const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const delta = others.map((_, k) => p.frequency * (n[k] / total(n)) + p.value * (v[k] / total(v)));
  expect(providers).toBeGreaterThan(j);
  return fuseOpinions(local(i), others.length === 0 ? VACUOUS : averageOpinions(others.map(local), delta));
}

const instances = fc
  .record({
    producers: fc.integer({ min: 1, max: 5 }),
    providers: fc.integer({ min: 1, max: 4 }),
    now: fc.integer({ min: 0, max: 60 }),
  })
  .chain((counts) =>
    fc
      .array(
        fc.record({
          producer: fc.nat(counts.producers - 1),
          provider: fc.nat(counts.providers - 1),
          at: fc.integer({ min: 0, max: 70 }),
          ok: fc.boolean(),
          value: fc.double({ min: 0.5, max: 80, noNaN: true }),
        }),
        { maxLength: 60 },
      )
      .map((interactions) => ({ kind: 'reputation', ...counts, interactions })),
  );

describe('reputation', () => {
  it('is what the formulas say; later interactions do not count; choices are a softmax', () => {
    fc.assert(
      fc.property(instances, (document) => {
        const instance = parseReputationInstance(document);
        const { opinions, reputation, choice } = solveReputation(instance);
        for (let i = 0; i < instance.producers; i++) {
          let norm = 0;
          for (let j = 0; j < instance.providers; j++) {
            const expected = direct(instance, i, j);
            for (const key of ['belief', 'disbelief', 'uncertainty'] as const) {
              expect(Math.abs(opinions[i][j][key] - expected[key])).toBeLessThan(1e-12);
            }
            expect(Math.abs(reputation[i][j] - (expected.belief + 0.5 * expected.uncertainty))).toBeLessThan(
              1e-12,
            );
            norm += Math.exp(reputation[i][j] / 0.2);
          }
          choice[i].forEach((share, j) =>
            expect(Math.abs(share - Math.exp(reputation[i][j] / 0.2) / norm)).toBeLessThan(1e-12),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('kept up as interactions happen and age equals reputation from scratch', () => {
    fc.assert(
      fc.property(instances, (document) => {
        const { producers, providers, now, interactions, parameters } = parseReputationInstance(document);
        const model = new ReputationModel(producers, providers, parameters, 0);
        for (let round = 0; round <= now; round++) {
          model.advance(round);
          for (const interaction of interactions) if (interaction.at === round) model.record(interaction);
          if (round % 7 === 0) model.opinion(0, 0);
        }
        const { reputation } = solveReputation({ producers, providers, now, interactions, parameters });
        for (let i = 0; i < producers; i++) {
          for (let j = 0; j < providers; j++)
            expect(Math.abs(model.reputation(i, j) - reputation[i][j])).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('names the field and the interaction of a mistake', () => {
    const good = { producer: 0, provider: 0, at: 1, ok: true, value: 1 };
    const parse = (interaction: object): unknown =>
      parseReputationInstance({
        kind: 'reputation',
        now: 1,
        producers: 1,
        providers: 1,
        interactions: [good, interaction],
      });
    expect(() => parse({ ...good, producer: 1 })).toThrow(/interactions\[1\]\.producer/);
    expect(() => parse({ ...good, value: -1 })).toThrow(/interactions\[1\]\.value/);
    expect(() => parse({ ...good, at: NaN })).toThrow(/interactions\[1\]\.at/);
    expect(() => parse({ ...good, colour: 1 })).toThrow(/colour/);
    expect(() =>
      parseReputationInstance({ kind: 'reputation', now: 1, producers: 0, providers: 1, interactions: [] }),
    ).toThrow(/producers/);
  });
});
