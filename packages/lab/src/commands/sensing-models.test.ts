import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, metaloreHere, temporaryFolder } from '../testing/metalore.js';

describe('metalore sensing train', () => {
  const { dir, clean } = temporaryFolder();
  afterAll(clean);
  const train = (out: string, ...more: string[]) =>
    ['sensing', 'train', '--pairs', '40', '--steps', '60', '--out', out, '--json', ...more] as const;
  const whole = path.join(dir, 'whole');
  const cut = path.join(dir, 'cut');

  it('goes on after Ctrl-C, to the same models', async () => {
    expect((await metalore(train(whole))).code).toBe(0);
    const folder = `${cut}.training`;
    const first = await metalore(train(cut), { interruptWhen: () => existsSync(folder) });
    expect(first.code).toBe(130);
    expect(existsSync(cut)).toBe(false);
    const other = path.join(dir, 'other');
    cpSync(folder, `${other}.training`, { recursive: true });
    expect((await metalore(train(cut))).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(filesBelow(cut)).toEqual(filesBelow(whole));

    const short = ['sensing', 'train', '--pairs', '10', '--steps', '1', '--out', other];
    const refused = await metaloreHere(short);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--restart throws it away')]);
    const checkpoint = path.join(`${other}.training`, 'checkpoint.json');
    expect(existsSync(checkpoint)).toBe(true);
    const restarted = await metalore([...short, '--restart'], {
      interruptWhen: () => !existsSync(checkpoint),
      signal: 'SIGKILL',
    });
    expect(restarted.code).toBeNull();
  }, 60_000);

  it('makes a method of metalore sensing, whose seed draws, and refuses other arrays', async () => {
    const sense = async (...args: string[]) => {
      const { code, stdout } = await metaloreHere(['sensing', ...args, '--json']);
      return { code, result: JSON.parse(stdout) as { spectrum: number[]; error?: { message: string } } };
    };
    const one = await sense('sensing', '--method', `ssg:${whole}`);
    const same = await sense('sensing', '--method', `ssg:${whole}`, '--antennas', 'odd');
    const other = await sense('sensing', '--method', `ssg:${whole}`, '--seed', '2');
    expect(one.result.spectrum).toHaveLength(180);
    expect(same.result.spectrum).toEqual(one.result.spectrum);
    expect(other.result.spectrum).not.toEqual(one.result.spectrum);
    for (const refused of [
      ['--antennas', 'middle'],
      ['--scan', 'far'],
      ['--smoothing', '3'],
    ]) {
      const { code, result } = await sense('sensing', '--method', `ssg:${whole}`, ...refused);
      expect(code).toBe(2);
      expect(result.error!.message).toContain(refused[0] === '--antennas' ? 'antennas at' : refused[0]);
    }
    expect((await sense('sensing', '--method', `ssg:${dir}`)).code).toBe(2);
  }, 60_000);

  it('is exported to ONNX, where it says the same', async () => {
    const { code, stdout } = await metalore([
      'export',
      whole,
      '--onnx',
      '--out',
      path.join(dir, 'ssg.onnx'),
      '--json',
    ]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { difference: number }).difference).toBeLessThan(1e-5);
  }, 60_000);
});
