import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { RandomStream } from '@metalore/core/random';
import { afterAll, describe, expect, it } from 'vitest';
import { BIN, filesBelow, metalore, temporaryFolder } from '../testing/metalore.js';

// KILLS=30 for more of them.
const KILLS = Number(process.env['KILLS'] ?? 1);

const { dir, clean } = temporaryFolder();
afterAll(clean);

/**
 * Starts a command again and again, and kills it: the first when it has something on disk besides its claim of the folder, the
 * others at moments of which some lie in the start, the work and the writing.
 *
 * @param isAtWork whether there is something on disk
 */
async function killed(
  args: readonly string[],
  isAtWork: () => boolean,
  longestMs: number,
  random: RandomStream,
): Promise<void> {
  expect((await metalore(args, { interruptWhen: isAtWork, signal: 'SIGKILL' })).code).toBeNull();
  for (let n = 1; n < KILLS; n++) {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await setTimeout(longestMs * random.uniform());
    child.kill('SIGKILL');
    await ended;
  }
}

const config = path.join(dir, 'options.yaml');
writeFileSync(config, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
const train = ['train', 'paper', '--config', config, '--steps', '2000', '--episodes', '2'];
const cells = ['--axis', 'ues.count=2:9:1', '--episodes', '60'];

describe('a process killed again and again', () => {
  it.each([
    ['simulate', ['simulate', 'paper', '--episodes', '500', '--workers', '1'], 1200],
    ['sweep', ['sweep', 'paper', ...cells, '--workers', '1'], 1200],
    ['train', train, 1500],
    ['train --seeds', [...train, '--seeds', '1:2', '--workers', '2'], 2000],
  ] as const)(
    '%s: gives the bytes of one that was not, and leaves nothing behind',
    async (name, args, longestMs) => {
      const folder = path.join(dir, name.replace(/\W+/g, '-'));
      const [whole, out] = [path.join(folder, 'whole'), path.join(folder, 'out')];
      expect((await metalore([...args, '--out', whole])).code).toBe(0);
      const isAtWork = () => readdirSync(folder).some((entry) => !['whole', 'out.claim'].includes(entry));
      await killed([...args, '--out', out], isAtWork, longestMs, new RandomStream(KILLS, name));
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
      const isAtWork = () =>
        existsSync(`${out}.cells`) && readdirSync(`${out}.cells`).some((name) => name.endsWith('.claim'));
      await killed(claim, isAtWork, 600, new RandomStream(KILLS, 'claims'));
      const other = await metalore([...claim, '--json']);
      expect(JSON.parse(other.stdout)).toMatchObject({ cells: 8, missing: 0 });
      expect((await metalore([...sweep, '--out', out])).code).toBe(0);
      expect(readdirSync(folder)).toEqual(['out', 'whole']);
      expect(filesBelow(out)).toEqual(filesBelow(whole));
    },
    60_000 + 8000 * KILLS,
  );
});
