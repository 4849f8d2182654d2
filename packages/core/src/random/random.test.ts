import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoissonTable, poissonProbability } from './poisson-table.js';
import { hashName, nextUint32, RandomStream, seedStream } from './stream.js';

/** χ² of observed counts against probabilities, over cells with an expectation of at least 5. */
function chiSquare(
  counts: number[],
  probabilities: number[],
  draws: number,
): { statistic: number; cells: number } {
  let statistic = 0;
  let cells = 0;
  counts.forEach((observed, at) => {
    const expected = probabilities[at] * draws;
    if (expected < 5) return;
    statistic += (observed - expected) ** 2 / expected;
    cells++;
  });
  return { statistic, cells };
}

describe('random streams', () => {
  it('are known answers', () => {
    const stream = new RandomStream(1, 'test');
    expect([stream.uint32(), stream.uint32(), stream.uniform(), stream.normal()]).toMatchInlineSnapshot(`
      [
        506483563,
        1485413773,
        0.7702264078521783,
        1.7067647065788867,
      ]
    `);
  });

  it('are uniform in every byte', () => {
    const stream = new RandomStream(42, 'bytes');
    const counts = Array.from({ length: 4 }, () => new Array<number>(256).fill(0));
    const draws = 100_000;
    for (let at = 0; at < draws; at++) {
      const word = stream.uint32();
      for (let byte = 0; byte < 4; byte++) counts[byte][(word >>> (8 * byte)) & 255]++;
    }
    for (const byte of counts) {
      // 255 degrees of freedom: 99.99 % below 347.
      expect(chiSquare(byte, new Array<number>(256).fill(1 / 256), draws).statistic).toBeLessThan(347);
    }
  });

  it('of neighbouring seeds, names, episodes and indices are uncorrelated', () => {
    const draws = 20_000;
    const first = new RandomStream(7, 'a', 3, 5);
    const reference = Array.from({ length: draws }, () => first.uniform() - 0.5);
    for (const other of [
      new RandomStream(8, 'a', 3, 5),
      new RandomStream(7, 'b', 3, 5),
      new RandomStream(7, 'a', 4, 5),
      new RandomStream(7, 'a', 3, 6),
      new RandomStream(7 + 2 ** 32, 'a', 3, 5),
    ]) {
      const correlation =
        (reference.reduce((sum, value) => sum + value * (other.uniform() - 0.5), 0) / draws) * 12;
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(draws));
    }
  });

  it('start in different states for all (seed, episode, index) of a realistic run', () => {
    const states = new Int32Array(4);
    const seen = new Set<string>();
    const name = hashName('ue/traffic');
    for (let seed = 0; seed < 10; seed++) {
      for (let episode = 0; episode < 100; episode++) {
        for (let index = 0; index < 50; index++) {
          seedStream(states, 0, seed, name, episode, index);
          seen.add(states.join());
        }
      }
    }
    expect(seen.size).toBe(50_000);
  });

  it('have the moments of their distributions', () => {
    const stream = new RandomStream(3, 'moments');
    const draws = 200_000;
    const moments = (draw: () => number) => {
      let sum = 0;
      let square = 0;
      for (let at = 0; at < draws; at++) {
        const value = draw();
        sum += value;
        square += value * value;
      }
      return [sum / draws, square / draws - (sum / draws) ** 2];
    };
    const close = ([mean, variance]: number[], m: number, v: number) => {
      expect(Math.abs(mean - m)).toBeLessThan(5 * Math.sqrt(v / draws));
      expect(Math.abs(variance / v - 1)).toBeLessThan(0.04);
    };
    close(
      moments(() => stream.uniform()),
      0.5,
      1 / 12,
    );
    close(
      moments(() => stream.normal()),
      0,
      1,
    );
    close(
      moments(() => stream.exponential(3)),
      3,
      9,
    );
    close(
      moments(() => stream.gammaInteger(8)),
      8,
      8,
    );
    close(
      moments(() => stream.integer(10)),
      4.5,
      8.25,
    );
  });

  it('go on from a snapshot', () => {
    const stream = new RandomStream(5, 'snapshot');
    stream.normal();
    const copy = new RandomStream(0, 'other');
    copy.restore(JSON.parse(JSON.stringify(stream.snapshot())));
    expect([copy.normal(), copy.uniform()]).toEqual([stream.normal(), stream.uniform()]);
  });
});

describe('Poisson tables', () => {
  it.each([0.3, 5, 7, 50, 70])('mean %d: agree with the probabilities', (mean) => {
    const table = new PoissonTable(mean);
    const states = new Int32Array(4);
    seedStream(states, 0, 11, 1);
    const draws = 200_000;
    const counts = new Array<number>(200).fill(0);
    for (let at = 0; at < draws; at++) counts[table.draw(nextUint32(states, 0))]++;
    const probabilities = counts.map((_, k) => poissonProbability(mean, k));
    const { statistic, cells } = chiSquare(counts, probabilities, draws);
    // Mean `cells`, standard deviation √(2 cells); five of them.
    expect(statistic).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
  });

  it('are the quantile function: monotone in the word, and in the mean', () => {
    const tables = [3, 3.5, 4].map((mean) => new PoissonTable(mean));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          for (const table of tables) expect(table.draw(low)).toBeLessThanOrEqual(table.draw(high));
          expect(tables[0].draw(a)).toBeLessThanOrEqual(tables[1].draw(a));
          expect(tables[1].draw(a)).toBeLessThanOrEqual(tables[2].draw(a));
        },
      ),
      { numRuns: 2000 },
    );
    expect(new PoissonTable(0).draw(0xffffffff)).toBe(0);
    expect(Math.abs(new PoissonTable(1e6).draw(0x80000000) - 1e6)).toBeLessThan(2);
  });
});
