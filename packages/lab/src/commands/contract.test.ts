import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';

let dir = '';
let out = '';
let err = '';

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-contract-'));
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

async function json(...args: string[]): Promise<Record<string, unknown>> {
  out = '';
  expect(await main(['contract', ...args, '--json'])).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
}

function file(content: unknown): string {
  const name = path.join(dir, 'instance.json');
  writeFileSync(name, JSON.stringify(content));
  return name;
}

describe('metalore contract', () => {
  it('prints one JSON object with the fields it promises', async () => {
    const solution = await json('contract-reference');
    expect(Object.keys(solution)).toEqual([
      'method',
      'status',
      'utility',
      'share',
      'menu',
      'choices',
      'providerUtility',
      'pooled',
      'binding',
      'baselines',
      'seconds',
    ]);
    expect(solution).toMatchObject({ method: 'optimal', status: 'optimal', share: 1, choices: [0, 1, 2, 3] });
    expect(Math.abs(Number(solution.utility) - 7.292356)).toBeLessThan(5e-7);
    expect(Object.keys(solution.baselines as object)).toEqual([
      'firstBest',
      'oneItem',
      'linearPrice',
      'fullInformationMenu',
    ]);
  });

  it('designs by every method, from files and drawn states', async () => {
    const utility: Record<string, number> = {};
    for (const method of ['optimal', 'first-best', 'one-item', 'linear', 'full-information']) {
      const solution = await json('reference', '--method', method);
      expect(solution).toMatchObject({ method, status: method === 'optimal' ? 'optimal' : 'feasible' });
      utility[method] = Number(solution.utility);
    }
    expect(utility['full-information']).toBeCloseTo(6.9966, 4);
    expect(utility.linear).toBeCloseTo(6.7654, 4);
    const drawn = await json(file({ kind: 'contract', seed: 5, types: 6 }));
    expect(drawn.menu).toHaveLength(6);
    expect(await json(file({ kind: 'contract', seed: 5, types: 6 }), '--set', 'seed=6')).not.toMatchObject({
      utility: drawn.utility,
    });
  });

  it('has an answer where nobody is worth buying from', async () => {
    expect(await json('reference', '--set', 'threshold=20')).toMatchObject({
      status: 'optimal',
      utility: 0,
      menu: [null, null, null, null],
      choices: [null, null, null, null],
    });
  });

  it('exits with 2 and names field and type of bad input', async () => {
    for (const [change, named] of [
      ['types[1].efficiency=0.5', 'types[1].efficiency: type 1'],
      ['types[2].share=0.4', 'types: share of types 0 to 3'],
      ['types[0].efficiency=0', 'types[0].efficiency: type 0'],
      ['types=[]', 'types'],
      ['threshold=-0.1', 'threshold'],
      ['value.unusableShare=1', 'value.unusableShare'],
      ['cost.perMbit=.nan', 'cost.perMbit'],
      ['link.speed=3', 'link.speed'],
    ]) {
      err = '';
      expect(await main(['contract', 'reference', '--set', change])).toBe(2);
      expect(err).toContain(named);
    }
    expect(await main(['contract', 'reference', '--method', 'best'])).toBe(2);
    expect(await main(['contract', path.join(dir, 'none.yaml')])).toBe(2);
    expect(await main(['contract', 'reference', '--policy', dir])).toBe(2);
  });

  it('writes a folder that can be solved again', async () => {
    const folder = path.join(dir, 'result');
    const solution = await json(file({ seed: 2, types: 5 }), '--out', folder);
    const again = await json(path.join(folder, 'instance.json'));
    expect(again.utility).toBe(solution.utility);
    const written = JSON.parse(readFileSync(path.join(folder, 'solution.json'), 'utf8')) as object;
    expect(written).toEqual(solution);
    expect(readFileSync(path.join(folder, 'figures', 'contract-menu.svg'), 'utf8')).toContain('data, Mbit');
  });
});
