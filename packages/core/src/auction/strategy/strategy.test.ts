import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/index.js';
import { MarketDrawer } from '../draw.js';
import { epvisa, mtepvisa, mtepvisaChoice, pvisa, type Mechanism } from '../mechanism.js';
import { randomMarket } from '../testing/random-market.js';
import { bidScore, firstScore } from '../traps.js';
import { LieJudge } from './judge.js';
import { bidLies, reportMatches, taskLies, type LieKind } from './lie.js';
import { liesIn } from './lies.js';
import { searchLies, shrinkLie } from './search.js';

const MARKETS = 10_000;

/** Every 24th lie or so of every market; how many were tried and the largest gain. */
function tryLies(mechanism: Mechanism, kinds: readonly LieKind[], markets: number) {
  const stream = new RandomStream(7, 'lies');
  let tried = 0;
  let paying = 0;
  let gain = -Infinity;
  for (let trial = 0; trial < markets; trial++) {
    const market = randomMarket(stream, { most: 3, coarse: trial % 3 === 0 });
    const judge = new LieJudge(market, mechanism);
    for (const lie of liesIn(judge, kinds)) {
      if (stream.integer(24) > 0) continue;
      const one = judge.gain(lie);
      tried++;
      if (one > 1e-9) paying++;
      gain = Math.max(gain, one);
    }
  }
  return { tried, paying, gain };
}

describe('a lie about matches', () => {
  const truth = randomMarket(new RandomStream(3, 'matches'), { most: 3 });
  const market = { ...truth, matches: truth.vehicles.map((_, i) => [1, 2, 4].map((match) => match + i)) };

  it('is told of one vehicle or of all, by one simulator', () => {
    const all = reportMatches(market, 1, undefined, 3);
    expect(all.said.reportedMatches).toEqual(market.matches.map(([a, b, c]) => [a, 3 * b, c]));
    expect(all.text).toBe('simulator 1 says 3 times its match with every vehicle');
    const one = reportMatches(market, 2, 0, 0.5);
    expect(one.said.reportedMatches).toEqual(
      market.matches.map(([a, b, c], i) => [a, b, i === 0 ? 0.5 * c : c]),
    );
    expect(one.text).toBe('simulator 2 says 0.5 times its match with vehicle 0');
    expect([one.kind, one.vehicles, one.simulator, one.owners]).toEqual([
      ...['report', [], 2],
      market.vehicles.map((_, i) => i),
    ]);
    expect(one.taskNumbers).toEqual(market.vehicles.map(({ tasks }) => tasks.map((_, n) => n)));
    expect(one.said.matches).toBe(market.matches);
  });
});

describe('lies', () => {
  it.each([
    ['epvisa', epvisa, MARKETS],
    ['mtepvisa', mtepvisa, MARKETS],
    ['mtepvisa-choice', mtepvisaChoice, MARKETS],
    ['pvisa', pvisa, MARKETS / 10],
  ] as const)('in bids pay nowhere in %s', (_name, mechanism, markets) => {
    const { tried, gain } = tryLies(mechanism, bidLies, markets);
    expect(tried).toBeGreaterThan(2 * markets);
    expect(gain).toBeLessThan(1e-9);
  });

  it('in tasks pay nowhere in mtepvisa-choice', () => {
    const { tried, gain } = tryLies(mtepvisaChoice, taskLies, MARKETS);
    expect(tried).toBeGreaterThan(MARKETS);
    expect(gain).toBeLessThan(1e-9);
  });

  it('are found in every trap by the same search', () => {
    expect(tryLies(firstScore, ['bid'], 500).paying).toBeGreaterThan(50);
    expect(tryLies(bidScore, ['report'], 2000).paying).toBeGreaterThan(20);
    expect(tryLies(mtepvisa, ['hide'], 2000).paying).toBeGreaterThan(20);
    // A floor at 0 under the price of choice breaks its proof where it binds.
    const floored: Mechanism = {
      name: 'floored',
      run(market) {
        const allocation = mtepvisaChoice.run(market);
        return { ...allocation, price: Math.max(0, allocation.price) };
      },
    };
    expect(tryLies(floored, taskLies, 2000).paying).toBeGreaterThan(5);
  });

  it('of two vehicles together pay in every second price', () => {
    const market = new MarketDrawer({ seed: 0, vehicles: 3, simulators: 3 }).draw(1);
    for (const mechanism of [pvisa, epvisa, mtepvisa, mtepvisaChoice]) {
      expect(searchLies(market, mechanism, { kinds: ['pair'] }).profitable).toBeGreaterThan(0);
    }
  });

  it('shrink to a smallest market in which they still pay', () => {
    const drawer = new MarketDrawer({ seed: 0, vehicles: 5, simulators: 5, simulationValue: 1 });
    let seed = 0;
    let found = searchLies(drawer.draw(seed), mtepvisa, { kinds: ['hide'] }).best.get('hide');
    while (found === undefined)
      found = searchLies(drawer.draw(++seed), mtepvisa, { kinds: ['hide'] }).best.get('hide');
    const smallest = shrinkLie(found, mtepvisa);
    expect(smallest.gain).toBeGreaterThan(1e-9);
    const { vehicles, matches } = smallest.truth;
    expect(vehicles.length * matches[0].length).toBeLessThan(25);
    // No vehicle can be left out any more.
    for (let i = 0; i < vehicles.length && vehicles.length > 1; i++) {
      const smaller = {
        ...smallest.truth,
        vehicles: vehicles.filter((_, k) => k !== i),
        matches: matches.filter((_, k) => k !== i),
      };
      expect(searchLies(smaller, mtepvisa, { kinds: ['hide'] }).profitable).toBe(0);
    }
  });
});
