import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SensingSolution } from '@metalore/core/sensing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';

let dir: string;
let written: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-sensing-'));
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => Boolean((written += String(chunk))));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

async function json(
  ...args: string[]
): Promise<{ code: number; result: SensingSolution & { seconds: number } }> {
  written = '';
  const code = await main(['sensing', ...args, '--json']);
  return { code, result: JSON.parse(written) as SensingSolution & { seconds: number } };
}

describe('metalore sensing', () => {
  it('finds the example’s sources, and says how well it could', async () => {
    const out = path.join(dir, 'run');
    const { code, result } = await json('sensing', '--out', out);
    expect(code).toBe(0);
    expect(result.spectrum).toHaveLength(180);
    for (const error of result.errorsDeg!) expect(error!).toBeLessThan(0.5);
    expect(readdirSync(out).sort()).toEqual(['manifest.json', 'result.json', 'spectrum.png', 'spectrum.svg']);
  });

  it('numbers antennas from 1', async () => {
    const named = await json('sensing', '--antennas', 'odd', '--scan', 'fresnel');
    const numbered = await json('sensing', '--antennas', '1,3,5,7,9', '--scan', 'fresnel');
    expect(numbered.result.spectrum).toEqual(named.result.spectrum);
  });

  it('refuses methods, antennas and instances that do not fit', async () => {
    const file = path.join(dir, 'bad.json');
    writeFileSync(
      file,
      JSON.stringify({ positions: [0, 1], sources: 'mdl', covariance: { re: [[1]], im: [[0]] } }),
    );
    for (const args of [
      ['sensing', '--method', 'esprit'],
      ['sensing', '--antennas', '0,1'],
      ['sensing', '--antennas', '1,2,3'],
      [file],
    ]) {
      expect((await json(...args)).code).toBe(2);
    }
  });
});
