import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cachingPolicies } from '@metalore/core/serving';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';
import { cachingStudy } from './study/index.js';
import { syntheticLog } from './synthetic-log.js';

const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-caching-'));
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function metalore(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      text[name] += String(chunk);
      return true;
    });
  }
  const code = await main(args);
  vi.restoreAllMocks();
  return { code, ...text };
}

function file(name: string, content: string): string {
  const at = path.join(dir, name);
  writeFileSync(at, content);
  return at;
}

const instance = {
  params: {
    gpuGB: 10,
    lam: 0.9,
    flops: 7500,
    ctxFlops: 0.005,
    loadGBs: 13,
    cSwitch: 1,
    cAcc: 0.02,
    cInf: 1,
    cOff: 0.0055,
    cCloud: 0.08,
    warm: 0,
  },
  services: [
    { name: 'a', gb: 4, gflops: 26, W: 32, a0: 54.4, one: 64.3, alpha: 0.1 },
    { name: 'b', gb: 7, gflops: 100, W: 0, a0: 75, one: null, alpha: null },
  ],
  requests: [
    [0.1, 0],
    [0.3, 'a'],
    [0.8, 1],
    [2.5, 1],
  ],
};

describe('metalore caching', () => {
  it('runs an explicit instance and prints one JSON object', async () => {
    const input = file('instance.json', JSON.stringify(instance));
    const { code, stdout } = await metalore('caching', input, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, Record<string, Record<string, number>>>;
    expect(Object.keys(result)).toEqual(['policies', 'residents', 'lowerBound', 'clairvoyant', 'seconds']);
    expect(Object.keys(result.policies)).toEqual(cachingPolicies.names());
    const keys = ['total', 'switch', 'acc', 'inf', 'off', 'cloud', 'edge', 'loads', 'avgAcc'];
    expect(Object.keys(result.policies.LC)).toEqual(keys);
    // FIFO: a is loaded, hit once, leaves for b, which is hit once; 3 slots.
    expect(result.policies.FIFO).toMatchObject({ edge: 0.5, loads: 2 / 3 });
    expect(result.policies.FIFO.switch).toBeCloseTo(11 / 13 / 3, 12);
    expect(result.policies.FIFO.inf).toBeCloseTo(126 / 7500 / 3, 12);
    expect(result.policies.FIFO.cloud).toBeCloseTo(0.16 / 3, 12);
  });

  it('takes policies by name and from a module, and changes of the scenario', async () => {
    const own = file(
      'own.mjs',
      `export default ({ serving }) => serving.cachingPolicies.register('newest-first', { start() { let n = 0; return { admission: 'always', key: () => -n, onLoad: () => void n++ }; } });`,
    );
    const { code, stdout } = await metalore(
      'caching',
      '--json',
      '--seed',
      '3',
      '--policy',
      'LC',
      'VALUE',
      'newest-first',
      '--module',
      own,
      '--set',
      'workload.slots=70',
    );
    expect(code).toBe(0);
    const { policies } = JSON.parse(stdout) as { policies: object };
    expect(Object.keys(policies)).toEqual(['LC', 'VALUE', 'newest-first']);
    const again = await metalore(
      'caching',
      '--json',
      '--seed',
      '3',
      '--policy',
      'LC,VALUE',
      '--set',
      'workload.slots=70',
    );
    expect(JSON.parse(again.stdout)).toMatchObject({
      policies: { LC: (policies as Record<string, object>).LC },
    });
  });

  it('finds the instance behind a list of policies', async () => {
    const input = file('behind.json', JSON.stringify(instance));
    const { code, stdout } = await metalore('caching', '--json', '--policy', 'LC', 'FIFO', input);
    expect(code).toBe(0);
    expect(Object.keys((JSON.parse(stdout) as { policies: object }).policies)).toEqual(['LC', 'FIFO']);
  });

  it('imports a log with sizes and leaves broken rows out when asked to', async () => {
    const log = file(
      'log.csv',
      'when,status,model id\n2024-11-15 16:57:50,OK,M1\n2024-11-15 16:58:50.500,OK,M2\nbad,OK,M1\n2024-11-15T16:59:50+00:00,OK,\n2024-11-15T17:59:50Z,OK,M1\n',
    );
    const sizes = file('sizes.csv', 'checkpoint,size\nM1,6.9\n');
    const args = ['caching', log, '--time-column', 'when', '--model-column', 'model id', '--json'];
    const refused = await metalore(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('log.csv:4:when');
    expect(refused.stderr).toContain('log.csv:5:model id');
    const out = path.join(dir, 'out');
    const { code, stdout } = await metalore(
      ...args,
      '--skip-bad-rows',
      '--sizes',
      sizes,
      '--sizes-model-column',
      'checkpoint',
      '--sizes-column',
      'size',
      '--gb',
      '2.1,4',
      '--slot-seconds',
      '60',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ skipped: 2 });
    const written = JSON.parse(readFileSync(path.join(out, 'instance.json'), 'utf8')) as {
      services: { name: string; gb: number }[];
      requests: [number, number][];
    };
    expect(written.services.map(({ name, gb }) => [name, gb])).toEqual([
      ['M1', 6.9],
      ['M2', 4],
    ]);
    expect(written.requests.map(([slot]) => slot)).toEqual([0, 60.5 / 60, 62]);
    // What was written can be run again.
    const again = await metalore('caching', path.join(out, 'instance.json'), '--json', '--policy', 'LRU');
    expect(JSON.parse(again.stdout)).toMatchObject({
      policies: { LRU: JSON.parse(stdout).policies.LRU as object },
    });
  });

  it('says what is wrong', async () => {
    expect((await metalore('caching', 'nowhere')).stderr).toContain('presets: edge-models');
    expect((await metalore('caching', '--policy', 'BEST')).stderr).toContain('unknown caching policy "BEST"');
    const options = await metalore('caching', '--seed', 'x', '--gb', '0');
    expect([options.code, options.stderr.includes('--seed'), options.stderr.includes('--gb')]).toEqual([
      2,
      true,
      true,
    ]);
    const bad = file('bad.json', JSON.stringify({ ...instance, requests: [[0, 5]] }));
    const refused = await metalore('caching', bad, '--json');
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'invalid-input' } });
    expect((await metalore('caching', '--set', 'server.gpuGB=-1')).stderr).toContain('server.gpuGB');
  });
});

describe('the caching study', () => {
  it('has cells of every part, complete in themselves, and a quick form', () => {
    const cells = cachingStudy.cells({ quick: false });
    const groups = [
      'table',
      'cold',
      'sweep',
      'edges',
      'variants',
      'prefetch',
      'operators',
      'log',
      'timeline',
    ];
    expect([...new Set(cells.map((cell) => cell.group))]).toEqual(groups);
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
    expect(cachingStudy.cells({ quick: true }).length).toBeLessThan(cells.length / 4);
  });

  it('reports the paper beside what it measured', async () => {
    // One seed of each part, on few slots.
    const short = cachingStudy
      .cells({ quick: true })
      .filter((cell) => cell.seed === 0 || cell.kind === 'timeline')
      .map((cell) => ({
        ...cell,
        scenario: { ...cell.scenario, workload: { ...cell.scenario.workload, slots: 20, warmSlots: 5 } },
        ...(cell.kind === 'log' ? { log: { ...cell.log, requests: 500 } } : {}),
      }));
    const rows = (await Promise.all(short.map((cell) => cachingStudy.runCell(cell)))).flat();
    expect(rows).toEqual((await Promise.all(short.map((cell) => cachingStudy.runCell(cell)))).flat());
    const report = cachingStudy.report(rows, { quick: true });
    expect(report.summary).toContain('(27.51)');
    expect(report.summary).not.toContain('NaN');
    expect(report.figures).toHaveLength(7);
    for (const figure of report.figures) expect(figure.svg, figure.name).toMatch(/^<svg /);
  });
});

describe('the made-up log', () => {
  it('has about the requests that were asked for, by day more than by night', () => {
    const requests = syntheticLog({ days: 24, requests: 27_000, models: 87 }, 1);
    expect(Math.abs(requests.length / 27_000 - 1)).toBeLessThan(0.15);
    const isDay = (seconds: number): boolean => (seconds / 3600) % 24 > 6 && (seconds / 3600) % 24 < 18;
    expect(requests.filter(({ seconds }) => isDay(seconds)).length / requests.length).toBeGreaterThan(0.75);
    expect(new Set(requests.map(({ model }) => model)).size).toBeGreaterThan(60);
  });
});
