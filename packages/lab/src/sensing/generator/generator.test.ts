import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateModels } from './evaluate.js';
import { trainModels, type TrainedModels } from './train.js';
import type { GeneratorSettings } from './settings.js';

const settings: GeneratorSettings = {
  pairs: 1200,
  steps: 300,
  rivalSteps: 20,
  seed: 1,
  profile: 'well-posed',
  waves: 'exact',
};

describe('the spectrum generator', () => {
  let models: TrainedModels;
  beforeAll(async () => {
    models = await trainModels(settings);
  }, 180_000);

  it('learns to draw clear spectra of unseen draws, another one for every seed, and of this observation', async () => {
    const scores = await evaluateModels(models, settings, 40);
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
    const few = { ...settings, pairs: 30, steps: 1, rivalSteps: 1 };
    const scores = await evaluateModels(await trainModels(few), few, 40);
    expect(scores.find(({ method }) => method === 'ridge')!.share).toBeLessThan(0.3);
  });
});
