import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawInstance } from '../draw.js';
import { createMarket } from '../market.js';
import { simulate } from '../simulate.js';
import { ProviderSimulator } from '../simulator.js';
import { RandomStream } from '../../random/index.js';
import { prophet } from './prophet.js';
import { SCORER_FEATURES, ScorerPolicy } from './scorer.js';
import { TablePolicy } from './table.js';

const SEEDS = Array.from({ length: 10 }, (_, k) => 700 + k);

describe('scorer', () => {
  it('has more from the first stream of an unseen world than the table, without a crash, on ten of ten', () => {
    for (const seed of SEEDS) {
      const market = createMarket(drawInstance({ seed, capacities: 'code' }));
      const scorer = simulate(market, new ScorerPolicy());
      expect(scorer.crashes).toBe(0);
      expect([seed, scorer.reward > simulate(market, new TablePolicy()).reward]).toEqual([seed, true]);
    }
  });

  it('loses less than the prophet under a load that nobody can carry', () => {
    const mean = (of: (market: ReturnType<typeof createMarket>) => number) =>
      SEEDS.reduce(
        (sum, seed) => sum + of(createMarket(drawInstance({ seed, capacities: 'code', load: 4 }))) / 10,
        0,
      );
    const scorer = mean((market) => simulate(market, new ScorerPolicy()).reward);
    expect(scorer).toBeGreaterThan(mean((market) => simulate(market, prophet()).reward));
  });

  it('serves any number of providers, and forgets where their number changes', () => {
    const policy = new ScorerPolicy();
    const small = createMarket(drawInstance({ seed: 1, providers: 3, tasks: 150 }));
    const first = simulate(small, policy);
    expect(
      simulate(createMarket(drawInstance({ seed: 1, providers: 200, tasks: 400 })), policy).crashes,
    ).toBe(0);
    expect(simulate(small, policy)).toEqual(first);
    expect(simulate(small, policy).reward).toBeGreaterThan(first.reward);
  });

  it('gives the same task to the same provider, whatever their order', () => {
    const instance = drawInstance({ seed: 5, providers: 7, tasks: 300 });
    // Equal scores go to the lower number, and here no two providers are alike.
    const providers = instance.providers.map((provider, j) => ({
      ...provider,
      capacity: provider.capacity + j,
    }));
    const weights = [6, -0.1, 1, -0.1, 2, -2, -2, 2, -10, -2, -0.3, -2];
    const order = new RandomStream(1, 'scorer test').shuffle([0, 1, 2, 3, 4, 5, 6]);
    const straight = simulate(createMarket({ ...instance, providers }), new ScorerPolicy(weights));
    const turned = simulate(
      createMarket({ ...instance, providers: order.map((j) => providers[j]) }),
      new ScorerPolicy(weights),
    );
    expect(turned.assignments.map((at) => at !== null && order[at])).toEqual(straight.assignments);
  });

  it('has a weight for every feature', () => {
    expect(new ScorerPolicy().weights).toHaveLength(SCORER_FEATURES.length);
  });
});

describe('what a crash costs', () => {
  it('is what is paid for it', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.constantFrom('lose', 'restart'), (seed, mode) => {
        const crash = { mode, cost: 2 } as const;
        const market = createMarket(drawInstance({ seed, providers: 3, tasks: 60, load: 4, crash }));
        const simulator = new ProviderSimulator(market);
        const stream = new RandomStream(seed, 'crash test');
        while (!simulator.done) {
          simulator.arrive();
          const provider = stream.integer(3);
          const [cost, before] = [simulator.crashCost(provider), simulator.reward];
          if (!simulator.give(provider)) expect(before - simulator.reward).toBeCloseTo(cost, 9);
        }
      }),
      { numRuns: 30 },
    );
  });
});
