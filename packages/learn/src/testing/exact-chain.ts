import { diffusionSchedule } from '../network/diffusion-schedule.js';

/** E[x_0 | x] of N(m, s²) is linear in x, so mean and variance of the chain follow exactly, without draws. */
export function exactChain(steps: number, m: number, s: number): { mean: number; variance: number } {
  const { alphaBar, fromData, fromNoisy, sigma } = diffusionSchedule(steps);
  let [mean, variance] = [0, 1];
  for (let k = steps - 1; k >= 0; k--) {
    const root = Math.sqrt(alphaBar[k]);
    const gain = (s * s * root) / (s * s * alphaBar[k] + 1 - alphaBar[k]);
    mean = fromData[k] * (m + gain * (mean - root * m)) + fromNoisy[k] * mean;
    variance = (fromData[k] * gain + fromNoisy[k]) ** 2 * variance + sigma[k] ** 2;
  }
  return { mean, variance };
}
