import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { RandomStream } from '@metalore/core/random';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, filesBelow, metalore, temporaryFolder } from '../testing/metalore.js';

// KILLS=30 for more of them.
const KILLS = Number(process.env['KILLS'] ?? 1);

const { dir, clean } = temporaryFolder();
afterAll(clean);

/** Starts a command again and again, and kills it at moments of which some lie in its start, its work and its writing. */
async function killed(args: readonly string[], longestMs: number, random: RandomStream): Promise<void> {
  for (let n = 0; n < KILLS; n++) {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await setTimeout(longestMs * random.uniform());
    child.kill('SIGKILL');
    await ended;
  }
}

const config = path.join(dir, 'options.yaml');
writeFileSync(config, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
const train = ['train', 'paper', '--config', config, '--steps', '5000', '--episodes', '2'];
const cells = ['--axis', 'ues.count=2:20:1', '--episodes', '60'];

describe('a process killed again and again', () => {
  it.each([
    ['simulate', ['simulate', 'paper', '--episodes', '2000', '--workers', '1'], 1500],
    ['sweep', ['sweep', 'paper', ...cells, '--workers', '1'], 3000],
    ['train', train, 4000],
    ['train --seeds', [...train, '--seeds', '1:3', '--workers', '2'], 5000],
  ] as const)(
    '%s: gives the bytes of one that was not, and leaves nothing behind',
    async (name, args, longestMs) => {
      const folder = path.join(dir, name.replace(/\W+/g, '-'));
      const [whole, out] = [path.join(folder, 'whole'), path.join(folder, 'out')];
      expect((await metalore([...args, '--out', whole])).code).toBe(0);
      await killed([...args, '--out', out], longestMs, new RandomStream(KILLS, name));
      expect((await metalore([...args, '--out', out])).code).toBe(0);
      expect(readdirSync(folder)).toEqual(['out', 'whole']);
      // the events of TensorBoard hold times
      const bytes = (of: string) =>
        Object.entries(filesBelow(of)).filter(([file]) => !file.includes('tfevents'));
      expect(bytes(out)).toEqual(bytes(whole));
      expect(readFileSync(path.join(out, 'manifest.json'), 'utf8')).toContain('"kind"');
    },
    60_000 + 8000 * KILLS,
  );

  it(
    'sweep --claim: another takes its cells',
    async () => {
      const folder = path.join(dir, 'claims');
      const [whole, out] = [path.join(folder, 'whole'), path.join(folder, 'out')];
      const sweep = ['sweep', 'paper', ...cells, '--workers', '1'];
      expect((await metalore([...sweep, '--out', whole])).code).toBe(0);
      const claim = [...sweep, '--claim', '--out', out];
      const [other] = await Promise.all([
        metalore([...claim, '--json']),
        killed(claim, 2500, new RandomStream(KILLS, 'claims')),
      ]);
      expect(JSON.parse(other.stdout)).toMatchObject({ cells: 19, missing: 0 });
      expect((await metalore([...sweep, '--out', out])).code).toBe(0);
      expect(readdirSync(folder)).toEqual(['out', 'whole']);
      expect(filesBelow(out)).toEqual(filesBelow(whole));
    },
    60_000 + 8000 * KILLS,
  );
});
