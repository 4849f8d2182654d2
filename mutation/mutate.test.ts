import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/mutate.mjs', import.meta.url));
const mutate = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

describe('npm run mutate', () => {
  it('tells how many mutants of a sample of functions their tests notice, and which they do not', () => {
    const { status, stdout } = mutate(
      '--files',
      'packages/core/src/auction/checked.ts',
      '--one-in',
      '2',
      '--seed',
      '2',
      '--json',
    );
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as { mutants: number; noticed: number; missed: object[] };
    expect(told.mutants).toBeGreaterThan(20);
    // of the 89 of the whole file
    expect(told.mutants).toBeLessThan(60);
    expect(told.noticed / told.mutants).toBeGreaterThan(0.85);
    expect(told.missed).toHaveLength(told.mutants - told.noticed);
  }, 180_000);

  it('says what is accepted', () => {
    for (const [args, said] of [
      [['--one-in', '0'], '--one-in: "0" is not an integer from 1'],
      [['--seed', 'x'], '--seed: "x" is not an integer from 0'],
      [['--share', '1'], "Unknown option '--share'"],
    ] as const) {
      const { status, stderr } = mutate(...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });
});
