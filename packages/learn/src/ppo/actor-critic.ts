import type { RandomStream } from '@metalore/core/random';
import { Kernel, padded } from '../kernel/kernel.js';
import { Mlp } from '../network/mlp.js';
import { Parameters } from '../network/parameters.js';

/** Rows that inference runs through the networks at once. */
const CHUNK = 512;

/** The policy's network, the critic's and the logarithms of the standard deviations, over one block of parameters. */
export class ActorCritic {
  readonly parameters: Parameters;
  readonly actor: Mlp;
  readonly critic: Mlp;
  /** `Float32Array [actionSize]`. */
  readonly logStd: Float32Array;
  readonly logStdGradient: Float32Array;
  /** Largest batch of the networks. */
  readonly maxBatch: number;

  constructor(
    observationSize: number,
    criticSize: number,
    actionSize: number,
    hidden: readonly number[],
    batch: number,
  ) {
    const actorSizes = [observationSize, ...hidden, actionSize];
    const criticSizes = [criticSize, ...hidden, 1];
    const actorCount = Mlp.parameterCount(actorSizes);
    const criticCount = Mlp.parameterCount(criticSizes);
    const count = actorCount + criticCount + padded(actionSize);
    this.maxBatch = Math.max(batch, CHUNK);
    const kernel = new Kernel(
      Parameters.floats(count) +
        Mlp.floats(actorSizes, this.maxBatch) +
        Mlp.floats(criticSizes, this.maxBatch),
    );
    this.parameters = new Parameters(kernel, count);
    this.actor = new Mlp(this.parameters, actorSizes, this.maxBatch, 0);
    this.critic = new Mlp(this.parameters, criticSizes, this.maxBatch, actorCount);
    const at = actorCount + criticCount;
    this.logStd = this.parameters.values.subarray(at, at + actionSize);
    this.logStdGradient = this.parameters.gradients.subarray(at, at + actionSize);
  }

  /** Orthogonal weights with output gains 0.01 and 1, as Stable-Baselines3 begins. */
  initialise(stream: RandomStream, logStdInit: number): void {
    this.actor.initialise(stream, 0.01);
    this.critic.initialise(stream, 1);
    this.logStd.fill(logStdInit);
  }

  /**
   * V of `count` inputs.
   *
   * @param inputs rows of `critic.inputStride`
   * @param values written
   */
  value(inputs: Float32Array, count: number, values: Float64Array): void {
    const { critic } = this;
    const stride = critic.inputStride;
    for (let first = 0; first < count; first += this.maxBatch) {
      const rows = Math.min(this.maxBatch, count - first);
      critic.input.set(inputs.subarray(first * stride, (first + rows) * stride));
      critic.forward(rows);
      for (let row = 0; row < rows; row++) values[first + row] = critic.output[row * critic.outputStride];
    }
  }
}
