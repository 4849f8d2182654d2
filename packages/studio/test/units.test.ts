import { readFileSync } from 'node:fs';
import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areRepetitions, meanOf, rangeOf, toCsv } from '../src/compare/table.js';
import { gridOf, paint } from '../src/place/density.js';
import { readPlaceLink, writePlaceLink } from '../src/place/link.js';
import { sitesDocument } from '../src/place/sites.js';
import { pack, unpack } from '../src/shared/packed-text.js';
import type { LogEntry } from '../src/simulation/protocol.js';
import { Run } from '../src/simulation/run.js';
import { readScenario, textProblems } from '../src/simulation/scenario-text.js';
import { projectionOf } from '../src/watch/projection.js';
import { smooth } from '../src/watch/history.js';
import { moved, WHOLE, zoomed } from '../src/watch/sight.js';

function runTo(steps: number, log: readonly LogEntry[], policy = 'fixed:0.3,0.3'): Run {
  const run = new Run(parseScenario({}), 7, 2, { policy, log }, parsePolicy);
  while (run.step < steps) run.advance();
  return run;
}

describe('what is seen of a map', () => {
  it('keeps the place under the pointer when it comes closer, and stays within the area', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const area = { widthM: 300, heightM: 200 };
    fc.assert(
      fc.property(fraction, fraction, fc.double({ min: 1, max: 8, noNaN: true }), (u, v, factor) => {
        let sight = WHOLE;
        const placeAt = () => {
          const p = projectionOf(area, 640, 480, sight);
          const { left, top, width, height } = p.box;
          return {
            xM: (left + u * width - p.left) / p.scale,
            yM: (p.bottom - (top + (1 - v) * height)) / p.scale,
          };
        };
        const before = placeAt();
        sight = zoomed(zoomed(sight, factor, u, v), 1.5, u, v);
        expect(placeAt().xM).toBeCloseTo(before.xM, 6);
        expect(placeAt().yM).toBeCloseTo(before.yM, 6);
        sight = moved(sight, 100, -100);
        expect(sight.x + 0.5 / sight.zoom).toBeCloseTo(1, 6);
        expect(sight.y - 0.5 / sight.zoom).toBeCloseTo(0, 6);
        expect(zoomed(sight, 1e-3)).toEqual(WHOLE);
      }),
    );
  });
});

describe('a run of the page', () => {
  it('with changes on the way is a scenario with phases, whatever room it was given', () => {
    const set = {
      'ues.count': 23,
      'sensors.count': 4,
      'ues.arrivals.probability': 0.9,
      'sensors.discipline': 'freshest',
    };
    const phased = parseScenario({ schedule: [{ fromStep: 30, set }] });
    const { episodes } = simulate(phased, parsePolicy('age-aware'), { seed: 7, firstEpisode: 2 });
    const metrics = runTo(100, [{ step: 30, set }], 'age-aware').simulator.metrics.summary();
    expect(metrics.aosi).toBe(episodes.aosi[0]);
    expect(metrics.reward).toBe(episodes.reward[0]);
    expect(metrics.late).toBe(episodes.late[0]);
  });

  it('with phases drawn anew in every episode is what simulate makes of them, and takes more devices than they have', () => {
    const dynamic = readScenario(
      readFileSync(new URL('../../../scenarios/dynamic.yaml', import.meta.url), 'utf8'),
    );
    const run = (log: readonly LogEntry[]) => {
      const started = new Run(dynamic, 3, 1, { policy: 'queue-proportional', log }, parsePolicy);
      while (started.step < dynamic.episodeSteps) started.advance();
      return started.simulator;
    };
    const { episodes } = simulate(dynamic, parsePolicy('queue-proportional'), { seed: 3, firstEpisode: 1 });
    expect(run([]).metrics.summary().reward).toBe(episodes.reward[0]);
    expect(run([]).metrics.summary().aosi).toBe(episodes.aosi[0]);
    const crowded = run([{ step: 590, set: { 'ues.count': 300 } }]);
    expect(crowded.ues.active).toBe(300);
    expect(crowded.metrics.summary().served).toBeLessThan(episodes.served[0]);
    expect(crowded.metrics.snapshot().every(Number.isFinite)).toBe(true);
  });

  it('comes to the same state again after any detour through its past', () => {
    const entry = fc.record({
      step: fc.nat(50),
      set: fc.record({
        'ues.count': fc.integer({ min: 1, max: 60 }),
        'sensors.count': fc.integer({ min: 1, max: 60 }),
      }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), fc.nat(60), (entries, back) => {
        const log = entries.toSorted((one, other) => one.step - other.step);
        const direct = runTo(60, log);
        const detour = runTo(back, []);
        detour.relog(log);
        detour.seek(3);
        while (detour.step < 60) detour.advance();
        expect(detour.simulator.metrics.snapshot()).toEqual(direct.simulator.metrics.snapshot());
        expect(detour.recorder.series(0)).toEqual(direct.recorder.series(0));
      }),
      { numRuns: 30 },
    );
  });

  it('records parts of AoRI that add up, and ages that average to the metrics', () => {
    const run = runTo(100, []);
    const last = run.recorder.lastRequest(3)!;
    const parts = [
      last.sendStarted - last.created,
      last.sent - last.sendStarted,
      last.started - last.sent,
      last.completed - last.started,
    ];
    expect(parts.every((part) => part >= 0)).toBe(true);
    expect(parts.reduce((sum, part) => sum + part)).toBe(last.completed - last.created);
    expect(last.aosi).toBe(Math.abs(last.created - last.updateCreated));
    const { served, reward } = run.recorder.series(0);
    expect(served.at(-1)).toBe(run.simulator.metrics.summary().served);
    expect(reward.reduce((sum, value) => sum + value)).toBeCloseTo(run.simulator.metrics.summary().reward, 6);
  });
});

describe('a scenario’s text', () => {
  it('has each problem at its line and column', () => {
    const problems = textProblems('ues:\n  count: -1\n  bogus: 2\ncells:\n  - { xM: 1, yM: 900 }\n');
    expect(problems.map(({ path, line }) => [path, line])).toEqual([
      ['ues.count', 2],
      ['ues.bogus', 3],
    ]);
    expect(textProblems('cells:\n  - { xM: 1, yM: 900 }\n')[0]).toMatchObject({
      path: 'cells[0].yM',
      line: 2,
    });
    expect(textProblems('a: [1\nb: 2')[0].line).toBeGreaterThan(0);
  });

  it('is bounded', () => {
    expect(() => readScenario('ues: { count: 30000 }')).toThrow(/at most 20000/);
    expect(() => readScenario('ues: { mobility: { model: trace, file: x.csv } }')).toThrow(
      /command line only/,
    );
    expect(textProblems('#'.repeat(1_000_001))[0].message).toMatch(/at most 1000000/);
  });
});

describe('small parts', () => {
  it('packs any text for a link and back, and refuses what unpacks too large', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const text = await pack(bytes);
        expect(text).toMatch(/^[\w-]*$/);
        expect(await unpack(text, 500)).toEqual(bytes);
      }),
    );
    const bomb = await pack(new Uint8Array(5_000_000));
    await expect(unpack(bomb, 1_000_000)).rejects.toThrow(/more than 1000000/);
  });

  it('smooths as a mean over the window does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(NaN), fc.integer({ min: -99, max: 99 }))),
        fc.integer({ min: 1, max: 9 }),
        (values, window) => {
          smooth(values, window).forEach((value, at) => {
            const seen = values
              .slice(Math.max(0, at - window + 1), at + 1)
              .filter((one) => !Number.isNaN(one));
            if (seen.length === 0) expect(value).toBeNull();
            else expect(value).toBeCloseTo(seen.reduce((sum, one) => sum + one, 0) / seen.length, 9);
          });
        },
      ),
    );
  });

  it('has Student’s intervals', () => {
    const quantile = (n: number) => {
      const values = Array.from({ length: n }, (_, at) => (at % 2 === 0 ? 1 : -1));
      const { ci95, mean } = meanOf(values);
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
      return (ci95 * Math.sqrt(n)) / std;
    };
    // Standard tables of t(0.975, n − 1).
    for (const [n, value] of [
      [3, 4.303],
      [11, 2.228],
      [12, 2.201],
      [31, 2.042],
      [101, 1.984],
    ] as const) {
      expect(quantile(n)).toBeCloseTo(value, 3);
    }
  });

  it('takes different episodes and seeds for repetitions; settings, means and mixtures not', () => {
    const table = (columns: Record<string, number[]>) => ({
      name: 't',
      rows: 3,
      columns: Object.fromEntries(
        Object.entries(columns).map(([name, own]) => [name, Float64Array.from(own)]),
      ),
    });
    const metric = { aosi: [1, 2, 3] };
    const rows = [0, 1, 2];
    expect(areRepetitions(table({ ...metric, episode: [0, 1, 2] }), rows)).toBe(true);
    expect(areRepetitions(table({ ...metric, seed: [1, 1, 2], episode: [0, 1, 0] }), rows)).toBe(true);
    expect(areRepetitions(table({ ...metric, rhoC: [0.2, 0.3, 0.4] }), rows)).toBe(false);
    expect(areRepetitions(table({ ...metric, seed: [1, 2, 3], aosiCi95: [1, 1, 1] }), rows)).toBe(false);
    // Two policies over the same episodes: each is a repetition, both together are not.
    const mixed = table({ ...metric, episode: [0, 1, 0] });
    expect(areRepetitions(mixed, rows)).toBe(false);
    expect(areRepetitions(mixed, [0, 1])).toBe(true);
  });

  it('finds the range of a million values', () => {
    const values = Array.from({ length: 1_000_000 }, (_, at) => (at * 7919) % 1_000_003);
    expect(rangeOf([...values, -5])).toEqual([-5, values.reduce((a, b) => Math.max(a, b))]);
  });

  it('writes CSV that keeps commas and quotes in their fields', () => {
    const table = { name: 'a,b', rows: 1, columns: { x: Float64Array.of(NaN), 'y"': ['line\n2'] } };
    expect(toCsv([table], [{ table: 0, index: 0, group: '' }])).toBe('table,x,"y"""\n"a,b",,"line\n2"\n');
  });

  it('paints density where it is asked to, and never leaves a zone without any', () => {
    const zone = { widthM: 2000, heightM: 1000 };
    const uniform = gridOf({ density: { model: 'uniform' }, zone });
    const more = paint(uniform, 0.25, 0.75, 1);
    expect(more[37][12]).toBeGreaterThan(1.9);
    expect(more[5][45]).toBeCloseTo(1, 6);
    let less = uniform;
    for (let at = 0; at < 400; at++) less = paint(less, (at % 20) / 20, Math.floor(at / 20) / 20, -1);
    expect(Math.min(...less.flat())).toBeGreaterThan(0);
  });

  it('links a city, and leaves out what a link gets wrong', () => {
    const servers = [
      { x: 1, y: 2 },
      { x: 30.5, y: 4 },
    ];
    expect(readPlaceLink(writePlaceLink({ twins: 20, spreadM: 400, servers }))).toEqual({
      twins: 20,
      spreadM: 400,
      servers,
    });
    expect(readPlaceLink('twins=1e9&spread=x&servers=1,a;-5,3;;7,8')).toEqual({
      twins: undefined,
      spreadM: undefined,
      servers: [{ x: 7, y: 8 }],
    });
  });

  it('projects sites with the distances of the sphere', () => {
    const sites = [
      [-37.81517, 144.97476],
      [-37.81524, 144.95256],
      [-37.81239, 144.9712],
    ] as const;
    const { servers } = sitesDocument(
      's.csv',
      `LATITUDE,LONGITUDE\n${sites.map((site) => site.join(',')).join('\n')}\n`,
      64,
    );
    const radians = Math.PI / 180;
    const haversine = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
      2 *
      6_371_008.8 *
      Math.asin(
        Math.sqrt(
          Math.sin(((c - a) * radians) / 2) ** 2 +
            Math.cos(a * radians) * Math.cos(c * radians) * Math.sin(((d - b) * radians) / 2) ** 2,
        ),
      );
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const plane = Math.hypot(servers[i].x - servers[j].x, servers[i].y - servers[j].y);
      expect(plane / haversine(sites[i], sites[j])).toBeCloseTo(1, 3);
    }
  });
});
