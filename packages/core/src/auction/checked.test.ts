import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { RandomStream } from '../random/index.js';
import { checkedMechanism } from './checked.js';
import { Market } from './market.js';
import { mechanisms, type Allocation } from './mechanism.js';
import { randomMarket } from './testing/random-market.js';

const market = new Market(randomMarket(new RandomStream(2, 'checked'), { most: 3 }));
const sound = { ...{ winner: 0, tasks: [], price: 1, simulator: 0, simulatorPrice: 2 } };
const run = (allocation: unknown) =>
  checkedMechanism({ name: 'mine', run: () => allocation as Allocation }).run(market);

/** What is said of an allocation with some fields of its own. */
function problemsWith(fields: object): string[] {
  try {
    run({ ...sound, ...fields });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as InvalidInputError).problems.map(({ path }) => path);
  }
}

describe('a mechanism of a user', () => {
  it('may leave scores and bids out, and else is what it says', () => {
    expect(run(sound)).toEqual({ ...sound, scores: [], bids: [] });
    expect(run({ ...sound, simulator: 'driving' }).simulator).toBe('driving');
    for (const mechanism of mechanisms) {
      expect(checkedMechanism(mechanism).run(market)).toEqual(mechanism.run(market));
    }
  });

  it('is refused where it names who is not there, or prices that are none', () => {
    expect(() => run(undefined)).toThrow('mechanism mine');
    for (const wrong of [-1, market.vehicles, 0.5, '0', null]) {
      expect(problemsWith({ winner: wrong })).toEqual(['winner']);
    }
    for (const wrong of [-1, market.simulators, 0.5, 'driver', undefined]) {
      expect(problemsWith({ simulator: wrong })).toEqual(['simulator']);
    }
    expect(problemsWith({ price: NaN, simulatorPrice: Infinity })).toEqual(['price', 'simulatorPrice']);
    expect(problemsWith({ winner: market.vehicles - 1, simulator: market.simulators - 1 })).toEqual([]);
  });

  it('is refused where tasks are not there, not in order, or late', () => {
    const winner = Array.from({ length: market.vehicles }, (_, i) => i).find(
      (i) => market.firstTask[i + 1] - market.firstTask[i] >= 2,
    )!;
    const count = market.firstTask[winner + 1] - market.firstTask[winner];
    for (const tasks of [undefined, [count], [-1], [0.5], [1, 0], [0, 0]]) {
      expect(problemsWith({ winner, tasks })).toEqual(['tasks']);
    }
    // each takes a second, in the order of the market
    const first = market.firstTask[winner];
    const [one, other] = [...market.order.subarray(first, first + count)];
    const tasks = [one, other].sort((x, y) => x - y);
    market.durationS.fill(1, first, first + count);
    const withDeadline = (deadlineS: number) => {
      market.deadlineS.fill(9, first, first + count);
      market.deadlineS[first + other] = deadlineS;
      return problemsWith({ winner, tasks });
    };
    expect([withDeadline(2), withDeadline(2.5)]).toEqual([[], []]);
    expect([withDeadline(1.999), withDeadline(1)]).toEqual([['tasks'], ['tasks']]);
    market.deadlineS[first + other] = 1;
    expect(problemsWith({ winner, tasks: [other] })).toEqual([]);
    expect(() => run({ ...sound, winner, tasks })).toThrow(
      `vehicle ${winner}, task ${other}: ends at 2 s, after its deadline of 1 s`,
    );
  });
});
