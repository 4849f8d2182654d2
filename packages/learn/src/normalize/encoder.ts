import { log } from '@metalore/core/math';
import { RunningMoments, type Moments } from './running-moments.js';

/** How a learner sees observations: scaled, normalised and clipped. Frozen, it is part of the policy. */
export interface Encoding {
  readonly scale: 'linear' | 'log';
  /** Null: observations are not normalised. */
  readonly moments: Pick<Moments, 'mean' | 'variance'> | null;
}

/** Normalised observations are clipped at ±10 and the variance is raised by 1e-8, as in Stable-Baselines3's VecNormalize. */
export const ENCODING_CLIP = 10;
export const ENCODING_EPSILON = 1e-8;

/** sign(x) · ln(1 + |x|): equal ratios of long queues become equal distances. */
export function logScale(x: number): number {
  return x < 0 ? -log(1 - x) : log(1 + x);
}

/** Encodes batches of observations while their statistics are still being learnt. */
export class Encoder {
  readonly #moments: RunningMoments;
  readonly #scaled: Float64Array;

  /** @param size components per observation @param rows observations per batch */
  constructor(
    readonly size: number,
    readonly rows: number,
    readonly scale: 'linear' | 'log',
    readonly normalise: boolean,
  ) {
    this.#moments = new RunningMoments(size);
    this.#scaled = new Float64Array(size * rows);
  }

  /** Takes a batch into the statistics. @param batch `[rows × size]` */
  learn(batch: Float64Array): void {
    if (!this.normalise || this.size === 0) return;
    const { scale } = this;
    for (let k = 0; k < this.#scaled.length; k++) {
      this.#scaled[k] = scale === 'log' ? logScale(batch[k]) : batch[k];
    }
    this.#moments.update(this.#scaled, this.rows);
  }

  /** Writes row `row` of `batch`, encoded, to `target` from `at` on. */
  encode(batch: Float64Array, row: number, target: Float32Array, at: number): void {
    const { size, scale, normalise } = this;
    const { mean, variance } = this.#moments;
    for (let k = 0; k < size; k++) {
      const x = batch[row * size + k];
      const y = scale === 'log' ? logScale(x) : x;
      target[at + k] = normalise ? normalised(y, mean[k], variance[k]) : y;
    }
  }

  /** The statistics as they stand, for a policy file. */
  encoding(): Encoding {
    const { mean, variance } = this.#moments;
    return {
      scale: this.scale,
      moments: this.normalise ? { mean: [...mean], variance: [...variance] } : null,
    };
  }

  snapshot(): Moments {
    return this.#moments.snapshot();
  }

  restore(moments: Moments): void {
    this.#moments.restore(moments);
  }
}

/** (y − mean) / √(variance + 1e-8), clipped at ±10. */
export function normalised(y: number, mean: number, variance: number): number {
  const z = (y - mean) / Math.sqrt(variance + ENCODING_EPSILON);
  return z > ENCODING_CLIP ? ENCODING_CLIP : z < -ENCODING_CLIP ? -ENCODING_CLIP : z;
}
