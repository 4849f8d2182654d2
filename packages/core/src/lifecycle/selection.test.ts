import { describe, expect, it } from 'vitest';
import { simulateSelection, type SelectionRule } from './index.js';

const RUNS = 30;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('figure 15: a provider that turns lazy', () => {
  const runs = Array.from({ length: RUNS }, (_, seed) =>
    simulateSelection({
      producers: 3,
      success: [0.95, 0.85, 0.8],
      rounds: 120,
      randomRounds: 10,
      rule: 'softmax',
      servedPerRound: 1.25,
      lazyFrom: 60,
      seed: seed + 1,
    }),
  );
  const at = (round: number, provider: number): number =>
    mean(runs.map(({ reputation }) => reputation[round * 3 + provider]));

  it('is first before and last after in at least nine of ten runs, and falls by .2 within 20 rounds', () => {
    const first = runs.filter(({ reputation: t }) => t[177] > Math.max(t[178], t[179]));
    const last = runs.filter(({ reputation: t }) => t[357] < Math.min(t[358], t[359]));
    expect(first.length).toBeGreaterThanOrEqual(0.9 * RUNS);
    expect(last.length).toBeGreaterThanOrEqual(0.9 * RUNS);
    expect(at(59, 0) - at(80, 0)).toBeGreaterThan(0.2);
  });

  it('lies near an independent program’s means', () => {
    const theirs = { 59: [0.911, 0.747, 0.693], 80: [0.61, 0.76, 0.696], 119: [0.531, 0.775, 0.714] };
    for (const [round, values] of Object.entries(theirs)) {
      values.forEach((value, provider) =>
        expect(Math.abs(at(Number(round), provider) - value)).toBeLessThan(0.05),
      );
    }
  });
});

describe('figure 16: balance', () => {
  const of = (rule: SelectionRule): { jain: number; wait: number } => {
    const runs = Array.from({ length: RUNS }, (_, seed) =>
      simulateSelection({
        producers: 3,
        success: [0.9, 0.85, 0.8],
        rounds: 120,
        randomRounds: 10,
        rule,
        servedPerRound: 1.25,
        seed: seed + 1,
      }),
    );
    return {
      jain: mean(runs.map(({ jain }) => jain)),
      wait: mean(runs.map(({ meanWaitRounds }) => meanWaitRounds)),
    };
  };

  it('softmax balances better than the traditional rule, which balances better than the highest reputation', () => {
    const softmax = of('softmax');
    const traditional = of('traditional');
    const highest = of('highest');
    expect(softmax.jain).toBeGreaterThan(traditional.jain + 0.1);
    expect(softmax.wait).toBeLessThan(traditional.wait / 2);
    expect(highest.jain).toBeLessThan(traditional.jain);
    expect(highest.wait).toBeGreaterThan(traditional.wait);
  });
});
