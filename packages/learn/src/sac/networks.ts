import { exp, log } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Mlp } from '../network/mlp.js';
import { Parameters, type AdamOptions, type ParametersSnapshot } from '../network/parameters.js';

const ADAM: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The networks of SAC in one kernel memory: the actor, two critics of (observation, action) and their targets. */
export class SacNetworks {
  readonly actorParameters: Parameters;
  readonly criticParameters: Parameters;
  readonly targetParameters: Parameters;
  /** `values[0]` is ln α; the rest is padding. */
  readonly temperature: Parameters;
  /** Its outputs: means before squashing, then logarithms of standard deviations. */
  readonly actor: Mlp;
  readonly critics: readonly [Mlp, Mlp];
  readonly targets: readonly [Mlp, Mlp];

  /** @param maxBatch largest number of rows in a batch */
  constructor(
    readonly observationSize: number,
    readonly actionSize: number,
    netArch: readonly number[],
    maxBatch: number,
  ) {
    const actorSizes = [observationSize, ...netArch, 2 * actionSize];
    const criticSizes = [observationSize + actionSize, ...netArch, 1];
    const actorCount = Mlp.parameterCount(actorSizes);
    const criticCount = Mlp.parameterCount(criticSizes);
    const critic = { inputGradient: true };
    const kernel = new Kernel(
      Parameters.floats(actorCount) +
        2 * Parameters.floats(2 * criticCount) +
        Parameters.floats(4) +
        Mlp.floats(actorSizes, maxBatch) +
        2 * Mlp.floats(criticSizes, maxBatch, critic) +
        2 * Mlp.floats(criticSizes, maxBatch),
    );
    this.actorParameters = new Parameters(kernel, actorCount, ADAM);
    this.criticParameters = new Parameters(kernel, 2 * criticCount, ADAM);
    this.targetParameters = new Parameters(kernel, 2 * criticCount, ADAM);
    this.temperature = new Parameters(kernel, 4, ADAM);
    this.actor = new Mlp(this.actorParameters, actorSizes, maxBatch, 0);
    const pair = (parameters: Parameters, options: { inputGradient?: boolean }): [Mlp, Mlp] => [
      new Mlp(parameters, criticSizes, maxBatch, 0, options),
      new Mlp(parameters, criticSizes, maxBatch, criticCount, options),
    ];
    this.critics = pair(this.criticParameters, critic);
    this.targets = pair(this.targetParameters, {});
  }

  /** Orthogonal weights; the actor starts near mean 0 and standard deviation 1. */
  initialise(stream: RandomStream): void {
    this.actor.initialise(stream, 0.01);
    for (const critic of this.critics) critic.initialise(stream, 1);
    this.targetParameters.values.set(this.criticParameters.values);
  }

  get alpha(): number {
    return exp(this.temperature.values[0]);
  }

  set alpha(value: number) {
    this.temperature.values[0] = log(value);
  }

  /** The targets move towards the critics: θ' ← θ' + τ (θ − θ'). */
  follow(tau: number): void {
    const { targetParameters, criticParameters } = this;
    const { kernel, valuesAt, count } = targetParameters;
    kernel.run.approach(valuesAt, criticParameters.valuesAt, count, tau);
  }

  snapshot(): ParametersSnapshot[] {
    return this.#all().map((parameters) => parameters.snapshot());
  }

  restore(snapshot: readonly ParametersSnapshot[]): void {
    this.#all().forEach((parameters, i) => parameters.restore(snapshot[i]));
  }

  #all(): Parameters[] {
    return [this.actorParameters, this.criticParameters, this.targetParameters, this.temperature];
  }
}
