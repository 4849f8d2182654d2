import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { drawAuctionInstance } from '@metalore/core/auction';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';

let dir = '';
let out = '';
let err = '';

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-auction-'));
  out = err = '';
  process.exitCode = undefined;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function file(name: string, content: string): string {
  const place = path.join(dir, name);
  writeFileSync(place, content);
  return place;
}

/** Vehicle 0: one task worth 0.5 of 1 s in a cycle of 2 s; vehicle 1: nothing to do. */
const plain = {
  kind: 'auction',
  ...{ cycleS: 2, bandwidthHz: 1e6, computeHz: 1e9, simulationValue: 1 },
  prior: { tail: 2, taskValueMean: 0.5, drivingMatch: 0, remainingMean: 0 },
  vehicles: [
    // R = 10^6 · log2(1 + 1) = 1 Mbit/s: 0.5 s in the air and 0.5 s of work
    { snrDb: 0, usefulness: 1, tasks: [{ bits: 5e5, cyclesPerBit: 1000, deadlineS: 1, value: 0.5 }] },
    { snrDb: 0, usefulness: 0.25, tasks: [] },
  ],
  matches: [
    [2, 3],
    [4, 4],
  ],
};

describe('metalore auction', () => {
  it('prints exactly the fields that are documented, with values found by hand', async () => {
    expect(await main(['auction', file('a.json', JSON.stringify(plain)), '--json'])).toBe(0);
    const outcome = JSON.parse(out) as Record<string, unknown>;
    // a = 2, J = 2: E M(1) = ½ · (1/½)(2/1½) = 4/3, E M(2) = 2/3; α = max(1, 0) = 1, gain = 2/3 · 2 = 4/3.
    // Scores: 0.5 + 4/3 · ½ = 7/6 and 4/3 · ¼ = 1/3. Price max(0, 1/3 − 2/3) = 0; simulator 1 pays ½ · 2.
    expect(Object.keys(outcome)).toEqual(
      'mechanism winner tasks schedule price simulator simulatorPrice remainingValue surplus utilities scores alpha gain optimum share'.split(
        ' ',
      ),
    );
    const close = (value: number): unknown => expect.closeTo(value, 10) as unknown;
    expect(outcome).toEqual({
      mechanism: 'mtepvisa',
      winner: 0,
      tasks: [0],
      schedule: [{ task: 0, startS: 0, endS: close(1) }],
      price: 0,
      simulator: 1,
      simulatorPrice: close(1),
      remainingValue: close(0.5),
      surplus: { tasks: 0.5, simulation: close(1.5), total: close(2) },
      utilities: { vehicle: 0.5, simulator: close(0.5), roadside: close(1) },
      scores: [close(7 / 6), close(1 / 3)],
      alpha: 1,
      gain: close(4 / 3),
      optimum: close(3), // nothing served: the whole cycle at the match of 3
      share: close(2 / 3),
    });
  });

  it('values by the truth what was decided by what is said', async () => {
    const said = {
      ...plain,
      vehicles: [
        { ...plain.vehicles[0], bid: 0 },
        { ...plain.vehicles[1], bid: 5 },
      ],
      reportedMatches: [
        [0, 0],
        [0, 9],
      ],
    };
    expect(await main(['auction', file('a.json', JSON.stringify(said)), '--json'])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ winner: 1, tasks: [], schedule: [], simulator: 1, simulatorPrice: 0 },
      surplus: { tasks: 0, simulation: 0.25 * 4, total: 1 },
    });
  });

  it('runs every mechanism on drawn and explicit instances alike', async () => {
    const instance = drawAuctionInstance({ seed: 1 });
    const explicit = file('explicit.json', JSON.stringify({ kind: 'auction', ...instance }));
    for (const mechanism of ['pvisa', 'epvisa', 'mtepvisa', 'mtepvisa-choice']) {
      out = '';
      expect(await main(['auction', 'base', '--mechanism', mechanism, '--json'])).toBe(0);
      const drawn = out;
      out = '';
      expect(await main(['auction', explicit, '--mechanism', mechanism, '--json'])).toBe(0);
      expect(out).toBe(drawn);
    }
  });

  it('refuses bad input with vehicle and task, exit code 2', async () => {
    const bad = structuredClone(plain);
    bad.vehicles[0].tasks[0].value = -1;
    bad.prior.tail = 1;
    expect(await main(['auction', file('bad.json', JSON.stringify(bad)), '--json'])).toBe(2);
    expect(err).toMatch(/prior\.tail/);
    expect(err).toMatch(/vehicle 0, task 0: .*-1/);
    expect(await main(['auction', 'base', '--set', 'tasksPerVehicle=17'])).toBe(2);
    expect(err).toMatch(/vehicle 0: 17 tasks/);
    out = '';
    const many = ['auction', 'base', '--set', 'tasksPerVehicle=17', '--set', 'vehicles=3', '--json'];
    expect(await main([...many, '--admission', 'heuristic'])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ admissionGap: expect.any(Number) as unknown });
    expect(await main(['auction', 'base', '--mechanism', 'vickrey'])).toBe(2);
    expect(err).toMatch(/unknown mechanism "vickrey"/);
    expect(await main(['auction', 'base', '--kinds', 'x', '--find-lie'])).toBe(2);
    expect(await main(['auction', 'hidden', '--markets', '2', '--find-lie'])).toBe(2);
  });

  it('finds and shrinks a lie, in a built-in mechanism and in one from a module', async () => {
    expect(await main(['auction', 'hidden', '--find-lie', '--json'])).toBe(0);
    const report = JSON.parse(out) as { counterexample: { kind: string; gain: number; truth: typeof plain } };
    expect(report.counterexample).toMatchObject({ kind: 'hide' });
    expect(report.counterexample.gain).toBeGreaterThan(0.3);
    expect(report.counterexample.truth.vehicles).toHaveLength(1);
    out = '';
    expect(await main(['auction', 'hidden', '--mechanism', 'mtepvisa-choice', '--find-lie', '--json'])).toBe(
      0,
    );
    expect(JSON.parse(out)).toMatchObject({ profitable: 0, counterexample: null });

    const mine = file(
      'mine.mjs',
      `export default ({ auction }) => auction.auctionMechanisms.register('half-price', {
        run(market) {
          const { bids, ...allocation } = auction.mtepvisa.run(market);
          return { ...allocation, price: bids[allocation.winner] / 2 };
        },
      });\n`,
    );
    out = '';
    expect(
      await main([
        ...['auction', 'hidden', '--module', mine, '--mechanism', 'half-price'],
        ...['--find-lie', '--kinds', 'bid', '--json'],
      ]),
    ).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mechanism: 'half-price', counterexample: { kind: 'bid' } });
    const broken = file(
      'broken.mjs',
      `export default ({ auction }) =>
        auction.auctionMechanisms.register('broken', { run: () => ({ winner: 7, tasks: [], price: NaN }) });\n`,
    );
    expect(await main(['auction', 'hidden', '--module', broken, '--mechanism', 'broken'])).toBe(2);
    expect(err).toMatch(/winner: expected 0 to 1, got 7/);
    expect(err).toMatch(/price: expected a finite number, got NaN/);
  });

  it('writes a result folder', async () => {
    const folder = path.join(dir, 'out');
    expect(await main(['auction', 'hidden', '--out', folder])).toBe(0);
    expect(out).toMatch(/vehicle 0 wins by mtepvisa/);
    const outcome = JSON.parse(readFileSync(path.join(folder, 'outcome.json'), 'utf8')) as object;
    out = '';
    expect(await main(['auction', path.join(folder, 'instance.json'), '--json'])).toBe(0);
    expect(JSON.parse(out)).toEqual(outcome);
    expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain('second score');
  });
});
