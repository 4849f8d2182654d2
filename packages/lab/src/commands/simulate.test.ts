import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../results/manifest.js';
import { readTable } from '../results/tables.js';
import { filesBelow, metalore, metaloreHere, temporaryFolder } from '../testing/metalore.js';

let dir: string;
let clean: () => void;
beforeAll(() => ({ dir, clean } = temporaryFolder()));
afterAll(() => clean());

describe('metalore simulate', () => {
  it('prints one JSON object with the promised fields and nothing else', async () => {
    const { code, stdout } = await metalore([
      'simulate',
      '--episodes',
      '5',
      '--policy',
      'fixed:0.4,0.4',
      '--json',
    ]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      scenario: 'paper',
      policy: 'fixed:0.4,0.4',
      episodes: 5,
      seed: 1,
      version,
    });
    const metrics = result.metrics as Record<string, Record<string, number>>;
    expect(Object.keys(metrics)).toEqual(['aosi', 'aori', 'served', 'reward', 'late']);
    for (const metric of Object.values(metrics)) expect(Object.keys(metric)).toEqual(['mean', 'std', 'ci95']);
    expect(metrics.served.mean).toBeGreaterThan(0.9);
    expect(metrics.served.mean).toBeLessThanOrEqual(1);
    expect(result.stepsPerSecond).toBeGreaterThan(0);
  });

  it('counts episodes that completed nothing', async () => {
    const { stdout } = await metaloreHere([
      'simulate',
      '--episodes',
      '3',
      '--policy',
      'fixed:0,0.5',
      '--json',
    ]);
    const result = JSON.parse(stdout) as {
      metrics: Record<string, { mean: number | null }>;
      [key: string]: unknown;
    };
    expect(result.episodesWithoutCompletion).toBe(3);
    expect(result.metrics.aosi.mean).toBeNull();
    expect(result.metrics.served.mean).toBe(0);
  });

  it('writes the same bytes with 1 and 4 workers', async () => {
    const args =
      'simulate multicell --episodes 60 --policy random --seed 9 --tables episodes,requests,steps --out'.split(
        ' ',
      );
    const one = path.join(dir, 'one');
    const four = path.join(dir, 'four');
    expect((await metalore([...args, one, '--workers', '1'])).code).toBe(0);
    expect((await metalore([...args, four, '--workers', '4'])).code).toBe(0);
    const files = filesBelow(one);
    expect(Object.keys(files)).toEqual([
      'cells.parquet',
      'episodes.parquet',
      ...['age-distributions', 'ages', 'queues', 'splits'].flatMap((name) => [
        `figures/${name}.png`,
        `figures/${name}.svg`,
      ]),
      'report.html',
      'requests.parquet',
      'steps.parquet',
    ]);
    const others = filesBelow(four);
    for (const [name, bytes] of Object.entries(files)) expect(others[name] === bytes, name).toBe(true);

    const { columns } = await readTable(path.join(one, 'requests.parquet'));
    expect(Object.keys(columns).slice(2)).toEqual(
      'device created sendStarted sent started completed sensor updateCreated aori aosi'.split(' '),
    );
    expect((columns.device as string[])[0]).toMatch(/^ue-\d+$/);
    expect((columns.sensor as string[])[0]).toMatch(/^sensor-\d+$/);
    const manifest = JSON.parse(readFileSync(path.join(one, 'manifest.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      kind: 'simulate',
      policy: 'random',
      seed: 9,
      scenario: { name: 'multicell' },
    });
    expect(manifest.command).toContain('simulate multicell');
  });

  it('replays recorded data once, as CSV tables when asked', async () => {
    writeFileSync(path.join(dir, 'positions.csv'), 'step,device,x,y\n0,ue-0,100,100\n0,sensor-0,100,100\n');
    writeFileSync(
      path.join(dir, 'arrivals.csv'),
      'step,device,sizeMbit,loadUnits\n0,sensor-0,1,1\n4,ue-0,1,1\n',
    );
    const out = path.join(dir, 'replayed');
    const args = [
      'simulate',
      '--replay',
      dir,
      '--tables',
      'requests',
      '--format',
      'csv',
      '--out',
      out,
      '--json',
    ];
    const { stdout } = await metaloreHere(args);
    expect(JSON.parse(stdout)).toMatchObject({
      episodes: 1,
      metrics: { aosi: { mean: 4 }, aori: { mean: 0 } },
    });
    expect(readFileSync(path.join(out, 'requests.csv'), 'utf8')).toBe(
      'episode,cell,device,created,sendStarted,sent,started,completed,sensor,updateCreated,aori,aosi\n' +
        '0,0,ue-0,4,4,4,4,4,sensor-0,0,0,4\n',
    );
    expect(existsSync(path.join(out, 'episodes.csv'))).toBe(false);
  });

  it('answers mistakes with exit code 2 and leaves nothing behind', async () => {
    const out = path.join(dir, 'never');
    const mistakes = [
      ['nowhere'],
      ['--policy', 'fixed:2,0.3'],
      ['--policy', 'bogus'],
      ['--episodes', '0'],
      ['--seed', '-1'],
      ['--set', 'ues.count=0'],
      ['--eta', '2'],
      ['--format', 'xlsx'],
      ['--tables', 'everything'],
    ];
    for (const args of mistakes) {
      const { code, stdout } = await metaloreHere(['simulate', ...args, '--out', out, '--json']);
      expect(code, args.join(' ')).toBe(2);
      expect(JSON.parse(stdout)).toHaveProperty('error.message');
    }
    expect(existsSync(out)).toBe(false);
  });
});

describe('metalore scenario', () => {
  it('lists, shows, checks and begins scenarios', async () => {
    const list = await metaloreHere(['scenario', 'list', '--json']);
    const show = await metaloreHere(['scenario', 'show', 'paper', '--json', '--set', 'ues.count=3']);
    const { presets } = JSON.parse(list.stdout) as { presets: { name: string }[] };
    expect(presets.map(({ name }) => name)).toEqual([
      'dense',
      'diurnal',
      'dynamic',
      'edge-city',
      'failing-sensors',
      'flash-crowd',
      'multicell',
      'paper',
      'preferences',
      'three-cells',
      'varied',
    ]);
    expect(JSON.parse(show.stdout)).toMatchObject({ ues: { count: 3 }, radio: { noiseMw: 1e-9 } });
    const file = path.join(dir, 'mine', 'scenario.yaml');
    expect((await metaloreHere(['scenario', 'init', file])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/metalore-scenario\.schema\.json\n/,
    );
    const schema = JSON.parse(
      readFileSync(path.join(dir, 'mine', 'metalore-scenario.schema.json'), 'utf8'),
    ) as { properties: Record<string, { default?: unknown; description?: string }> };
    expect(schema.properties.episodeSteps).toMatchObject({ default: 100 });
    expect((await metaloreHere(['scenario', 'check', file])).code).toBe(0);
    expect((await metaloreHere(['scenario', 'init', file])).stderr).toContain('exists already');
  });

  it('reports all mistakes at once, with their paths', async () => {
    const file = path.join(dir, 'five.yaml');
    writeFileSync(
      file,
      'episodeSteps: -3\nues: { count: many, arrivals: { model: bernoulli, probability: 1.4 } }\n' +
        'sensors: { discipline: lifo }\nreward: { eta: 2 }\n',
    );
    const { code, stdout } = await metaloreHere(['scenario', 'check', file, '--json']);
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout) as { error: { problems: { path: string }[] } };
    expect(error.problems.map((problem) => problem.path).sort()).toEqual([
      'episodeSteps',
      'reward.eta',
      'sensors.discipline',
      'ues.arrivals.probability',
      'ues.count',
    ]);
  });
});
