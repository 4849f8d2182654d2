import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, temporaryFolder } from '../../testing/metalore.js';
import { evaluateModels } from './evaluate.js';
import { trainModels, type TrainedModels } from './train.js';
import type { GeneratorSettings } from './settings.js';

const settings: GeneratorSettings = {
  pairs: 1500,
  steps: 500,
  rivalSteps: 400,
  seed: 1,
  profile: 'well-posed',
  waves: 'exact',
};

describe('the spectrum generator', () => {
  let models: TrainedModels;
  beforeAll(async () => {
    models = await trainModels(settings);
  }, 60_000);

  it('learns to draw clear spectra of unseen draws, another one for every seed, and of this observation', async () => {
    const scores = await evaluateModels(models, settings, 60);
    const of = (method: string) => scores.find((score) => score.method === method)!;
    const [one, eight, shuffled] = [of('SSG'), of('SSG, mean of 8'), of('SSG, shuffled')];
    expect(one.squaredError).toBeLessThan(0.5 * shuffled.squaredError!);
    // samples of one point would have a mean as bad as they are
    expect(eight.squaredError).toBeLessThan(0.95 * one.squaredError!);
    expect(one.medianDeg).toBeLessThan(0.5 * shuffled.medianDeg);
    expect(shuffled.share).toBeLessThanOrEqual(0.05);
    expect(of('all exact').share).toBeGreaterThan(0.9);
    expect(models.losses.at(-1)!).toBeLessThan(0.5 * models.losses[0]);
  }, 60_000);

  it('judges on draws that it never saw: few pairs learnt by heart do not help', async () => {
    const few = { ...settings, pairs: 30, steps: 5, rivalSteps: 5 };
    const scores = await evaluateModels(await trainModels(few), few, 40);
    expect(scores.find(({ method }) => method === 'ridge')!.share).toBeLessThan(0.3);
  });
});

describe('metalore sensing train', () => {
  const { dir, clean } = temporaryFolder();
  afterAll(clean);
  const train = (out: string, ...more: string[]) =>
    ['sensing', 'train', '--pairs', '60', '--steps', '200', '--out', out, '--json', ...more] as const;
  const whole = path.join(dir, 'whole');
  const cut = path.join(dir, 'cut');

  it('goes on after Ctrl-C, to the same models', async () => {
    expect((await metalore(train(whole))).code).toBe(0);
    const folder = `${cut}.training`;
    const first = await metalore(train(cut), { interruptWhen: () => existsSync(folder) });
    expect(first.code).toBe(130);
    expect(existsSync(cut)).toBe(false);
    const other = await metalore(train(cut, '--seed', '2'));
    expect(other.code).toBe(existsSync(path.join(folder, 'checkpoint.json')) ? 2 : 0);
    expect((await metalore(train(cut, '--restart'))).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(filesBelow(cut)).toEqual(filesBelow(whole));
  }, 60_000);

  it('makes a method of metalore sensing, whose seed draws, and refuses other arrays', async () => {
    const sense = async (...args: string[]) => {
      const { code, stdout } = await metalore(['sensing', ...args, '--json']);
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
