import { InternalError } from '@metalore/core/errors';
import type { RandomStream } from '@metalore/core/random';
import type { ConditionalGenerator } from '@metalore/learn/diffusion';
import { normalised, type PolicyDocument } from '@metalore/learn/policy-file';
import { OBSERVED, SPECTRUM } from './settings.js';
import { createGenerator } from './training.js';

/** Draws spectra of many observations at once, by the kernel that trained them. */
export class SpectrumSampler {
  readonly #generator: ConditionalGenerator;
  readonly #moments: { readonly mean: readonly number[]; readonly variance: readonly number[] };
  readonly #conditions: Float64Array;
  readonly #spectra: Float64Array;

  constructor({ name, model }: PolicyDocument, maxRows: number) {
    if (model.kind !== 'diffusion' || model.encoding.moments === null) {
      throw new InternalError(`${name} is no spectrum generator`);
    }
    this.#moments = model.encoding.moments;
    this.#generator = createGenerator(maxRows, 0);
    this.#generator.chain.network.load(model.layers);
    this.#conditions = new Float64Array(maxRows * OBSERVED);
    this.#spectra = new Float64Array(maxRows * SPECTRUM);
  }

  /**
   * @param observations `[rows × 720]`
   * @returns `[rows × 180]` in [0, 1]; overwritten by the next call
   */
  draw(observations: Float64Array, rows: number, stream: RandomStream): Float64Array {
    const { mean, variance } = this.#moments;
    for (let at = 0; at < rows * OBSERVED; at++) {
      const k = at % OBSERVED;
      this.#conditions[at] = normalised(observations[at], mean[k], variance[k]);
    }
    const drawn = this.#generator.generate(this.#conditions, rows, stream);
    for (let at = 0; at < rows * SPECTRUM; at++) this.#spectra[at] = (1 + drawn[at]) / 2;
    return this.#spectra.subarray(0, rows * SPECTRUM);
  }
}
