import type { Kernel } from '../kernel/kernel.js';

/** Settings of Adam; Stable-Baselines3's for PPO are β = (0.9, 0.999), ε = 1e-5. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** λ of a loss λ ‖θ‖²/2 beside, as PyTorch's Adam has it; default 0. */
  readonly weightDecay?: number;
}

export const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 };

/** State of a {@link Parameters} as plain data. */
export interface ParametersSnapshot {
  readonly values: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly powers: readonly [number, number];
}

/** Every trainable number of a learner in one block of kernel memory, with its gradients and the two moments of Adam. */
export class Parameters {
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  readonly valuesAt: number;
  readonly gradientsAt: number;
  readonly #firstAt: number;
  readonly #secondAt: number;
  /** β1^t and β2^t. */
  #power1 = 1;
  #power2 = 1;

  /** Kernel numbers that a block of `count` parameters takes. */
  static floats(count: number): number {
    return 4 * (count + 4);
  }

  /** @param count number of parameters, a multiple of 4 */
  constructor(
    readonly kernel: Kernel,
    readonly count: number,
    readonly options: AdamOptions = ADAM_DEFAULTS,
  ) {
    this.valuesAt = kernel.allocate(count);
    this.gradientsAt = kernel.allocate(count);
    this.#firstAt = kernel.allocate(count);
    this.#secondAt = kernel.allocate(count);
    this.values = kernel.view(this.valuesAt, count);
    this.gradients = kernel.view(this.gradientsAt, count);
    this.#first = kernel.view(this.#firstAt, count);
    this.#second = kernel.view(this.#secondAt, count);
  }

  /** L2 norm of all gradients. */
  gradientNorm(): number {
    return Math.sqrt(this.kernel.run.sumOfSquares(this.gradientsAt, this.count));
  }

  /**
   * One step of Adam down the gradients (Kingma & Ba 2015, algorithm 1), which are scaled down to `maxNorm` before it as
   * by PyTorch's `clip_grad_norm_`.
   *
   * @returns the norm before clipping
   */
  step(learningRate: number, maxNorm = Infinity): number {
    const { beta1, beta2, epsilon, weightDecay = 0 } = this.options;
    if (weightDecay > 0) this.#decay(weightDecay);
    const norm = this.gradientNorm();
    const scale = norm + 1e-6 > maxNorm ? maxNorm / (norm + 1e-6) : 1;
    this.#power1 *= beta1;
    this.#power2 *= beta2;
    this.kernel.run.adam(
      this.valuesAt,
      this.gradientsAt,
      this.#firstAt,
      this.#secondAt,
      this.count,
      scale,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / (1 - this.#power1),
      Math.sqrt(1 - this.#power2),
      epsilon,
    );
    return norm;
  }

  #decay(weightDecay: number): void {
    for (let k = 0; k < this.count; k++) this.gradients[k] += weightDecay * this.values[k];
  }

  snapshot(): ParametersSnapshot {
    return {
      values: [...this.values],
      first: [...this.#first],
      second: [...this.#second],
      powers: [this.#power1, this.#power2],
    };
  }

  restore(snapshot: ParametersSnapshot): void {
    this.values.set(snapshot.values);
    this.#first.set(snapshot.first);
    this.#second.set(snapshot.second);
    [this.#power1, this.#power2] = snapshot.powers;
  }
}
