import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metalore, temporaryFolder } from '../testing/metalore.js';

const { dir, clean } = temporaryFolder();
afterAll(clean);

describe('two processes with one --out', () => {
  const out = path.join(dir, 'deep', 'run');
  const claim = `${out}.claim`;
  const simulate = (episodes: number, options = {}) =>
    metalore(
      ['simulate', 'paper', '--episodes', String(episodes), '--workers', '1', '--no-report', '--out', out],
      options,
    );

  it('are not two: the second is told of the first, which may be killed and leaves nothing', async () => {
    let second: ReturnType<typeof metalore> | undefined;
    let isTold = false;
    const killed = await simulate(1_000_000, {
      interruptWhen: () => {
        if (!existsSync(claim)) return false;
        second ??= simulate(5);
        void second.then(() => (isTold = true));
        return isTold;
      },
      signal: 'SIGKILL',
    });
    const refused = await second!;
    expect([killed.code, refused.code]).toEqual([null, 2]);
    expect(refused.stderr).toMatch(/deep.run: is being written by process \d+/);
    expect(existsSync(claim)).toBe(true);

    const next = await simulate(5);
    expect([next.code, readdirSync(path.dirname(out))]).toEqual([0, ['run']]);
  }, 60_000);
});
