import { RandomStream } from '@metalore/core/random';
import type { Mlp } from '../network/mlp.js';
import type { Parameters } from '../network/parameters.js';

/**
 * Largest |gradient − central difference| / max(|difference|, 1 % of the largest gradient) over 200 random parameters.
 *
 * @param h half the distance between the two losses
 */
export function worstError(parameters: Parameters, loss: () => number, h: number): number {
  const stream = new RandomStream(8, 'which');
  const gradients = parameters.gradients.slice();
  const largest = Math.max(...gradients.map(Math.abs));
  let worst = 0;
  for (let k = 0; k < 200; k++) {
    const i = stream.integer(parameters.count);
    const value = parameters.values[i];
    const at = (shift: number) => {
      parameters.values[i] = value + shift;
      return [parameters.values[i], loss()];
    };
    const [x1, up] = at(h);
    const [x0, down] = at(-h);
    parameters.values[i] = value;
    const difference = (up - down) / (x1 - x0);
    worst = Math.max(
      worst,
      Math.abs(gradients[i] - difference) / Math.max(Math.abs(difference), 1e-2 * largest),
    );
  }
  return worst;
}

/**
 * Adds noise to all parameters of some networks, so that nothing is at its start. Weights out of and into padding stay
 * zero, as they do in training.
 *
 * @param networks all that have parameters in `parameters`
 */
export function disturb(parameters: Parameters, networks: readonly Mlp[], stream: RandomStream): void {
  for (let i = 0; i < parameters.count; i++) parameters.values[i] += 0.2 * stream.normal();
  const weights = networks.map((network) => network.weights());
  parameters.values.fill(0);
  networks.forEach((network, i) => network.load(weights[i]));
}
