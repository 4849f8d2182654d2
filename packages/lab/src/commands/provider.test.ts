import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';
import type { ProviderResult } from '../provider/run.js';
import { readTable } from '../results/tables.js';

let dir: string;
let written: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-provider-'));
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

async function json(...args: string[]): Promise<{ code: number; result: ProviderResult }> {
  written = '';
  const code = await main(['provider', ...args, '--json']);
  return { code, result: JSON.parse(written) as ProviderResult };
}

describe('metalore provider', () => {
  it('runs every policy over the paper’s world, below its bounds', async () => {
    for (const policy of ['random', 'round-robin', 'crash-avoid', 'prophet', 'table', 'offline']) {
      const { code, result } = await json('provider', '--policy', policy, '--set', 'tasks=300');
      expect(code).toBe(0);
      expect(result.policy).toBe(policy);
      expect(result.assignments).toHaveLength(300);
      expect(result.reward).toBeLessThanOrEqual(result.bound.capacityFree);
      if (result.crashes === 0) expect(result.reward).toBeLessThanOrEqual(result.bound.crashFree);
    }
  });

  it('shows a crash that pays, and that the best plan without one is worth 9', async () => {
    const crashing = await json('provider-crash-pays', '--policy', 'round-robin');
    expect(crashing.result.reward).toBeCloseTo(15.8, 12);
    const { result } = await json('provider-crash-pays', '--policy', 'offline');
    expect(result).toMatchObject({ exact: true, crashes: 0, dropped: 11 });
    expect(result.reward).toBeCloseTo(9, 12);
  });

  it('leaves a log whose rewards sum to the run’s', async () => {
    const out = path.join(dir, 'run');
    const { result } = await json(
      'provider',
      '--policy',
      'random',
      '--seed',
      '4',
      '--set',
      'tasks=200',
      '--out',
      out,
    );
    const { columns } = await readTable(path.join(out, 'events.parquet'));
    const rewards = Array.from(columns.reward as ArrayLike<number>);
    expect(rewards.reduce((sum, reward) => sum + reward, 0)).toBeCloseTo(result.reward, 9);
    expect((columns.event as readonly string[]).filter((event) => event === 'crashed')).toHaveLength(
      result.crashes,
    );
    expect(JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8'))).toMatchObject({
      kind: 'provider',
    });
    const again = await json(path.join(out, 'instance.json'), '--policy', 'random', '--seed', '4');
    expect({ ...again.result, seconds: 0 }).toEqual({ ...result, seconds: 0 });
  });

  it('refuses what it cannot use, with its place', async () => {
    const file = path.join(dir, 'bad.json');
    const provider = { capacity: 1000, minSteps: 200, minQuality: 0, fullSteps: 100, fullQuality: 0.9 };
    writeFileSync(
      file,
      JSON.stringify({
        kind: 'provider',
        providers: [provider],
        tasks: [{ atS: -1, steps: 1 }],
        crash: { mode: 'lose', cost: 2 },
      }),
    );
    const { code, result } = await json(file);
    expect(code).toBe(2);
    const { problems } = (result as unknown as { error: { problems: { path: string }[] } }).error;
    expect(problems.map((problem) => problem.path)).toEqual(
      expect.arrayContaining(['providers[0].fullSteps', 'tasks[0].atS', 'runtime']),
    );
    expect((await json('provider', '--policy', 'best')).code).toBe(2);
  });
});
