import { padded } from '../kernel/kernel.js';

/** What a rollout of `steps` steps of `envs` environments leaves for the update; sample `step · envs + env`. */
export class Rollout {
  readonly size: number;
  /** Encoded, in rows of `observationStride`. */
  readonly observations: Float32Array;
  /** What the critic sees, in rows of `criticStride`. */
  readonly criticInputs: Float32Array;
  /** Before clipping or squashing, `[size × actionSize]`. */
  readonly actions: Float32Array;
  readonly logDensities: Float64Array;
  readonly rewards: Float64Array;
  readonly ends: Uint8Array;
  readonly bootstrap: Float64Array;
  readonly values: Float64Array;
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
  readonly observationStride: number;
  readonly criticStride: number;

  constructor(
    readonly steps: number,
    readonly envs: number,
    observationSize: number,
    criticSize: number,
    readonly actionSize: number,
  ) {
    this.size = steps * envs;
    this.observationStride = padded(observationSize);
    this.criticStride = padded(criticSize);
    this.observations = new Float32Array(this.size * this.observationStride);
    this.criticInputs = new Float32Array(this.size * this.criticStride);
    this.actions = new Float32Array(this.size * actionSize);
    this.logDensities = new Float64Array(this.size);
    this.rewards = new Float64Array(this.size);
    this.ends = new Uint8Array(this.size);
    this.bootstrap = new Float64Array(this.size);
    this.values = new Float64Array(this.size);
    this.advantages = new Float64Array(this.size);
    this.returns = new Float64Array(this.size);
  }
}

/** 1 − Var(returns − values) / Var(returns): 1 for a perfect critic, 0 for a constant one, NaN for constant returns. */
export function explainedVariance(values: Float64Array, returns: Float64Array): number {
  const variance = (at: (i: number) => number) => {
    let mean = 0;
    for (let i = 0; i < values.length; i++) mean += at(i) / values.length;
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (at(i) - mean) ** 2;
    return sum;
  };
  const total = variance((i) => returns[i]);
  return total === 0 ? NaN : 1 - variance((i) => returns[i] - values[i]) / total;
}
