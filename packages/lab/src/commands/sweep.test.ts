import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../results/tables.js';
import { filesBelow, metalore, metaloreHere, temporaryFolder } from '../testing/metalore.js';

let dir: string;
let clean: () => void;
beforeAll(() => ({ dir, clean } = temporaryFolder()));
afterAll(() => clean());

const grid = [
  '--axis',
  'rhoC=0.2:0.4:0.1',
  '--axis',
  'rhoP=0.3,0.4',
  '--axis',
  'sensors.discipline=fifo,freshest',
];

describe('metalore sweep', () => {
  it('answers as JSON, one entry a point, in the order of the axes', async () => {
    const { code, stdout } = await metalore(['sweep', ...grid, '--episodes', '3', '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { axes: unknown; points: Record<string, unknown>[]; best: unknown };
    expect(result.axes).toEqual({
      rhoC: [0.2, 0.3, 0.4],
      rhoP: [0.3, 0.4],
      'sensors.discipline': ['fifo', 'freshest'],
    });
    expect(result.points).toHaveLength(12);
    expect(result.points[1]).toMatchObject({ rhoC: 0.2, rhoP: 0.3, 'sensors.discipline': 'freshest' });
    expect(Object.keys(result.points[1].metrics as object)).toEqual([
      'aosi',
      'aori',
      'served',
      'reward',
      'late',
    ]);
    expect(result.best).toMatchObject({ 'sensors.discipline': 'freshest' });
  });

  it('gives what simulate gives, and the same bytes with any number of workers', async () => {
    const one = path.join(dir, 'one');
    const three = path.join(dir, 'three');
    const [single, a, b] = await Promise.all([
      metalore(['simulate', '--policy', 'fixed:0.3,0.4', '--episodes', '4', '--seed', '5', '--json']),
      metalore(['sweep', ...grid, '--episodes', '4', '--seed', '5', '--workers', '1', '--out', one]),
      metalore(['sweep', ...grid, '--episodes', '4', '--seed', '5', '--workers', '3', '--out', three]),
    ]);
    expect([a.code, b.code]).toEqual([0, 0]);
    expect(filesBelow(three)).toEqual(filesBelow(one));
    const { columns } = await readTable(path.join(one, 'sweep.parquet'));
    const { metrics } = JSON.parse(single.stdout) as {
      metrics: Record<string, { mean: number; ci95: number }>;
    };
    const row = 6; // (0.3, 0.4), fifo
    expect((columns['sensors.discipline'] as string[])[row]).toBe('fifo');
    expect([columns.rhoC[row], columns.rhoP[row]]).toEqual([0.3, 0.4]);
    expect(columns.aosi[row]).toBe(metrics.aosi.mean);
    expect(columns.rewardCi95[row]).toBe(metrics.reward.ci95);
    expect(existsSync(`${one}.cells`)).toBe(false);
  });

  it('ends cleanly on Ctrl-C, says how far it came, and goes on from there to the same bytes', async () => {
    const args = [
      'sweep',
      '--axis',
      'rhoC=0.3:0.4:0.1',
      '--axis',
      'rhoP=0.1:0.9:0.1',
      '--episodes',
      '30',
      '--workers',
      '2',
    ];
    const out = path.join(dir, 'interrupted');
    const cells = `${out}.cells`;
    const finished = (): number =>
      existsSync(cells) ? readdirSync(cells).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).length : 0;
    const interrupted = await metalore([...args, '--out', out], { interruptWhen: () => finished() >= 2 });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/interrupted: \d+ of 18 cells are done and kept/);
    expect(existsSync(out)).toBe(false);
    const kept = finished();
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(18);
    for (const name of readdirSync(cells)) JSON.parse(readFileSync(path.join(cells, name), 'utf8'));

    const status = JSON.parse((await metaloreHere(['study', 'status', out, '--json'])).stdout) as object;
    expect(status).toMatchObject({ study: 'sweep', state: 'in progress', done: kept, total: 18 });

    const resumed = await metalore([...args, '--out', out]);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`${kept} of 18 cells were finished by an earlier run`);
    expect(existsSync(cells)).toBe(false);
    const complete = JSON.parse((await metaloreHere(['study', 'status', out, '--json'])).stdout) as object;
    expect(complete).toMatchObject({ study: 'sweep', state: 'complete', done: 18, total: 18 });
    const whole = path.join(dir, 'uninterrupted');
    expect((await metalore([...args, '--workers', '1', '--out', whole])).code).toBe(0);
    expect(filesBelow(out)).toEqual(filesBelow(whole));
  });

  it('takes policies as an axis and refuses what makes no sense', async () => {
    const { stdout } = await metalore([
      'sweep',
      '--axis',
      'policy=fixed:0.3,0.3;random',
      '--episodes',
      '2',
      '--json',
    ]);
    const { points } = JSON.parse(stdout) as { points: { policy: string }[] };
    expect(points.map(({ policy }) => policy)).toEqual(['fixed:0.3,0.3', 'random']);
    const mistakes = [['rhoC=0.1'], ['rhoC'], ['ues.count=5:1:1'], ['policy=bogus'], ['ues.legs=2']];
    for (const [axis] of mistakes) {
      const { code } = await metaloreHere(['sweep', '--axis', axis]);
      expect(code, axis).toBe(2);
    }
  });
});

describe('metalore start', () => {
  it('compares with Table I and writes one self-contained report', async () => {
    const out = path.join(dir, 'start');
    const { code, stdout } = await metalore(['start', '--episodes', '2', '--out', out]);
    expect(code).toBe(0);
    expect(stdout).toContain('(0.4, 0.4)');
    expect(stdout).toContain('19.84 ± 1.25');
    expect(stdout).toContain(path.join(out, 'report.html'));
    const report = readFileSync(path.join(out, 'report.html'), 'utf8');
    expect(report.match(/<figure>/g)).toHaveLength(4);
    expect(report).not.toMatch(/(src|href)="/);
  });
});
