import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';

let dir = '';
let out = '';
let err = '';

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-urllc-'));
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

const m6 = {
  ...{ B: 2e6, N0: 3.9810717e-21, phi: 1e-3, eps: 1e-7, Rmin: 1e6, Fes: 1.2e10, S: 3e4, kappa: 5e-27 },
  ...{ devUe: 0, devEs: 0, rminAll: false },
  ue: [
    { D: 10832, C: 363133, h2: 6.249e-10, Tmax: 0.01, Emax: 0.003, Pmax: 0.199526, Fue: 1.5e9 },
    { D: 10832, C: 356956, h2: 5.435e-9, Tmax: 0.01, Emax: 0.003, Pmax: 0.199526, Fue: 1.5e9 },
  ],
};

function instanceFile(content: unknown): string {
  const file = path.join(dir, 'instance.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('metalore urllc', () => {
  it('prints one JSON object for the example m6', async () => {
    expect(await main(['urllc', 'm6', '--json'])).toBe(0);
    const solution = JSON.parse(out) as { status: string; totalMs: number; cached: number[]; ue: unknown[] };
    expect(solution).toMatchObject({ method: 'optimal', status: 'optimal', cached: [0, 4] });
    expect(Math.abs(solution.totalMs - 5.8027)).toBeLessThan(3e-4);
    expect(solution.ue[2]).toMatchObject({
      bindingConstraints: expect.arrayContaining(['energy']) as unknown,
    });
  });

  it('solves drawn instances by every method', async () => {
    for (const method of ['optimal', 'ao', 'ao-strict']) {
      out = '';
      expect(await main(['urllc', 'paper', '--method', method, '--json', '--set', 'seed=3'])).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        method,
        status: method === 'optimal' ? 'optimal' : 'feasible',
      });
    }
  });

  it('prints how far caching by latency is off where task sizes differ', async () => {
    const totals: number[] = [];
    for (const method of ['optimal', 'ao']) {
      out = '';
      expect(await main(['urllc', 'unequal', '--method', method, '--json'])).toBe(0);
      totals.push((JSON.parse(out) as { totalMs: number }).totalMs);
    }
    expect(totals[0]).toBeCloseTo(8.812, 3);
    expect(totals[1]).toBeCloseTo(15.648, 3);
  });

  it('exits with 3 and says which limit where there is no solution', async () => {
    const file = instanceFile({ ...m6, S: 0, ue: [m6.ue[0], { ...m6.ue[1], Tmax: 1e-5 }] });
    expect(await main(['urllc', file, '--json'])).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      status: 'infeasible',
      constraint: 'deadline',
      device: 1,
      limit: 1e-5,
      scope: 'every admissible caching set',
    });
  });

  it('exits with 2 and names field and device of bad input', async () => {
    const file = instanceFile({ ...m6, eps: 0.7, ue: [m6.ue[0], { ...m6.ue[1], D: -1, speed: 2 }] });
    expect(await main(['urllc', file])).toBe(2);
    expect(err).toContain('eps');
    expect(err).toContain('ue[1].D: device 1');
    expect(err).toContain('ue[1].speed: device 1');
    expect(await main(['urllc', 'm6', '--method', 'best'])).toBe(2);
    expect(await main(['urllc', path.join(dir, 'none.yaml')])).toBe(2);
  });

  it('writes a folder that can be solved again', async () => {
    const folder = path.join(dir, 'result');
    expect(await main(['urllc', instanceFile(m6), '--out', folder])).toBe(0);
    const solution = JSON.parse(readFileSync(path.join(folder, 'solution.json'), 'utf8')) as {
      totalMs: number;
    };
    out = '';
    expect(await main(['urllc', path.join(folder, 'instance.json'), '--json'])).toBe(0);
    expect((JSON.parse(out) as { totalMs: number }).totalMs).toBe(solution.totalMs);
    expect(readFileSync(path.join(folder, 'figures', 'urllc-latency.svg'), 'utf8')).toContain('latency, ms');
  });
});
