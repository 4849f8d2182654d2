import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, temporaryFolder } from '../testing/metalore.js';

let dir: string;
let clean: () => void;
let mine: string;
beforeAll(() => {
  ({ dir, clean } = temporaryFolder());
  mine = path.join(dir, 'longest-queue.mjs');
  writeFileSync(mine, documented('longest-queue.mjs'));
  writeFileSync(path.join(dir, 'schedulers.mjs'), documented('schedulers.mjs'));
});
afterAll(() => clean());

/** A module as docs/plugins.md shows it. */
function documented(name: string): string {
  const docs = readFileSync(new URL('../../../../docs/plugins.md', import.meta.url), 'utf8');
  const code = docs.split('```').find((block) => block.startsWith(`js\n// ${name}`));
  return code!.slice('js\n'.length);
}

interface Episodes {
  readonly metrics: { readonly reward: { readonly mean: number } };
}

describe('--module', () => {
  it('runs in simulate, in this thread as in others, and is kept with the run', async () => {
    const args = (scheduler: string, ...more: string[]) =>
      ['simulate', '--module', mine, '--set', `ues.scheduler=${scheduler}`, '--json', ...more] as const;
    const out = path.join(dir, 'run');
    const [own, other, threads] = await Promise.all([
      metalore(args('longest-queue', '--episodes', '3', '--no-report', '--out', out)),
      metalore(args('equal-bandwidth', '--episodes', '3')),
      metalore(args('longest-queue', '--episodes', '1200', '--workers', '2')),
    ]);
    expect([own.code, other.code, threads.code]).toEqual([0, 0, 0]);
    const reward = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as Episodes).metrics.reward.mean;
    expect(reward(own)).not.toBe(reward(other));
    expect(reward(threads)).toBeCloseTo(3200, -3);
    const manifest = JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')) as object;
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(manifest).toMatchObject({ modules: [{ name: 'longest-queue.mjs', sha256 }] });
    const kept = readFileSync(path.join(out, 'modules', 'longest-queue.mjs'), 'utf8');
    expect(kept).toBe(documented('longest-queue.mjs'));
  });

  it('runs in sweep and reproduce, with workers', async () => {
    const study = (name: string, workers: string) =>
      metalore([
        ...['reproduce', 'schedulers', '--module', mine, '--module', path.join(dir, 'schedulers.mjs')],
        ...['--quick', '--workers', workers, '--out', path.join(dir, name)],
      ]);
    const axis = 'ues.scheduler=equal-bandwidth,oldest-first,longest-queue';
    const sweep = ['sweep', '--module', mine, '--axis', axis, '--episodes', '3', '--workers', '2', '--json'];
    const [swept, one, two] = await Promise.all([metalore(sweep), study('one', '1'), study('two', '2')]);
    expect([swept.code, one.code, two.code]).toEqual([0, 0, 0]);
    expect(filesBelow(path.join(dir, 'two'))).toEqual(filesBelow(path.join(dir, 'one')));
    const { points } = JSON.parse(swept.stdout) as { points: Episodes[] };
    const rewards = points.map(({ metrics }) => metrics.reward.mean);
    expect(new Set(rewards).size).toBe(3);
    const lines = readFileSync(path.join(dir, 'one', 'summary.md'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(3);
    lines.forEach((line, at) => expect(Number(line.split(' ')[2])).toBeCloseTo(rewards[at], 1));
  });

  it('runs in train, with one seed and with several', async () => {
    const config = path.join(dir, 'options.yaml');
    writeFileSync(config, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
    const train = (name: string, ...more: string[]) =>
      metalore([
        ...['train', '--module', mine, '--set', 'ues.scheduler=longest-queue', '--config', config],
        ...['--steps', '200', '--episodes', '2', '--json', '--out', path.join(dir, name), ...more],
      ]);
    const [one, several] = await Promise.all([
      train('policy'),
      train('policies', '--seeds', '1:2', '--workers', '2'),
    ]);
    expect([one.code, several.code]).toEqual([0, 0]);
    const policy = (...place: string[]) => readFileSync(path.join(dir, ...place, 'policy.json'), 'utf8');
    expect(policy('policies', 'seeds', '1')).toBe(policy('policy'));
  });

  it('is an error that names it where it breaks the contract of its seam or throws, exit code 2', async () => {
    const greedy = path.join(dir, 'greedy.mjs');
    writeFileSync(greedy, documented('longest-queue.mjs').replace('bandwidth[c] *', '100 * bandwidth[c] *'));
    const use = ['--set', 'ues.scheduler=longest-queue', '--json'];
    const [broken, missing, unknown] = await Promise.all([
      metalore(['simulate', '--module', greedy, ...use, '--episodes', '1200', '--workers', '2']),
      metalore(['simulate', '--module', path.join(dir, 'none.mjs'), ...use]),
      metalore(['simulate', ...use]),
    ]);
    expect([broken.code, missing.code, unknown.code]).toEqual([2, 2, 2]);
    expect(broken.stderr).toMatch(/bandwidth scheduler longest-queue.*gave "3000 MHz".*30 MHz/s);
    expect(missing.stderr).toMatch(/none.mjs: no such file/);
    expect(unknown.stderr).toMatch(/ues.scheduler: "longest-queue"; expected one of "equal-bandwidth"/);
  });
});
