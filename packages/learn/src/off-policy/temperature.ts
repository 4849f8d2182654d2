import { exp, log } from '@metalore/core/math';
import { z } from 'zod';
import { Kernel } from '../kernel/kernel.js';
import { Parameters, type ParametersSnapshot } from '../network/parameters.js';
import { OFF_POLICY_ADAM } from './critics.js';

/** Schema of the weight of the entropy. */
export const entCoefSchema = (initial: 'auto' | number) =>
  z
    .union([z.literal('auto'), z.number().positive()])
    .default(initial)
    .describe(
      'temperature α; auto: learnt from 1 on, so that the entropy goes to −(number of actions) in a box, to .98 ln n ' +
        'among n actions',
    );

/** The weight α of the entropy: fixed, or learnt so that the entropy meets a target (Haarnoja et al. 2018b). */
export class Temperature {
  /** `values[0]` is ln α; the rest is padding. */
  readonly #parameters: Parameters;

  /** @param targetEntropy nat */
  constructor(
    readonly entCoef: 'auto' | number,
    readonly targetEntropy: number,
  ) {
    this.#parameters = new Parameters(new Kernel(Parameters.floats(4)), 4, OFF_POLICY_ADAM);
    this.#parameters.values[0] = entCoef === 'auto' ? 0 : log(entCoef);
  }

  get alpha(): number {
    return exp(this.#parameters.values[0]);
  }

  /** One step of Adam on ln α · (entropy − target). */
  step(entropy: number, learningRate: number): void {
    if (this.entCoef !== 'auto') return;
    this.#parameters.gradients[0] = entropy - this.targetEntropy;
    this.#parameters.step(learningRate);
  }

  snapshot(): ParametersSnapshot {
    return this.#parameters.snapshot();
  }

  restore(snapshot: ParametersSnapshot): void {
    this.#parameters.restore(snapshot);
  }
}
