import type { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Mlp, type MlpOptions } from '../network/mlp.js';
import { Parameters, type AdamOptions, type ParametersSnapshot } from '../network/parameters.js';

/** PyTorch's defaults. */
export const OFF_POLICY_ADAM: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** What critics are made of. */
export interface CriticSettings {
  /** 1, or 2 whose smaller value counts (Fujimoto et al. 2018). */
  readonly count: 1 | 2;
  readonly inputs: number;
  /** 1 for Q(s, a) of inputs (s, a); the number of actions for Q(s, ·). */
  readonly outputs: number;
  readonly netArch: readonly number[];
  readonly activation: NonNullable<MlpOptions['activation']>;
  /** Whether an actor learns through their inputs. */
  readonly inputGradient: boolean;
  readonly weightDecay: number;
}

/** Critics and the targets that follow them slowly, in one kernel memory. */
export class Critics {
  readonly parameters: Parameters;
  readonly targetParameters: Parameters;
  readonly networks: readonly Mlp[];
  readonly targets: readonly Mlp[];

  /** @param maxBatch largest number of rows in a batch */
  constructor(settings: CriticSettings, maxBatch: number) {
    const { count, inputs, outputs, netArch, activation, inputGradient, weightDecay } = settings;
    const sizes = [inputs, ...netArch, outputs];
    const each = Mlp.parameterCount(sizes);
    const options = { activation, inputGradient };
    const kernel = new Kernel(
      2 * Parameters.floats(count * each) +
        count * (Mlp.floats(sizes, maxBatch, options) + Mlp.floats(sizes, maxBatch, { activation })),
    );
    this.parameters = new Parameters(kernel, count * each, { ...OFF_POLICY_ADAM, weightDecay });
    this.targetParameters = new Parameters(kernel, count * each, OFF_POLICY_ADAM);
    const networks = (parameters: Parameters, own: MlpOptions) =>
      Array.from({ length: count }, (_, k) => new Mlp(parameters, sizes, maxBatch, k * each, own));
    this.networks = networks(this.parameters, options);
    this.targets = networks(this.targetParameters, { activation });
  }

  initialise(stream: RandomStream): void {
    for (const network of this.networks) network.initialise(stream, 1);
    this.targetParameters.values.set(this.parameters.values);
  }

  /** θ' ← θ' + τ (θ − θ'). */
  follow(tau: number): void {
    const { kernel, valuesAt, count } = this.targetParameters;
    kernel.run.approach(valuesAt, this.parameters.valuesAt, count, tau);
  }

  snapshot(): ParametersSnapshot[] {
    return [this.parameters.snapshot(), this.targetParameters.snapshot()];
  }

  restore([own, target]: readonly ParametersSnapshot[]): void {
    this.parameters.restore(own);
    this.targetParameters.restore(target);
  }
}
