import type { RandomStream } from '@metalore/core/random';
import type { Parameters, ParametersSnapshot } from '../network/parameters.js';
import type { ReplayBatch } from '../replay/replay.js';
import type { Agent, AgentModel, Rates } from './agent.js';
import type { Critics } from './critics.js';
import type { Temperature } from './temperature.js';

interface ActorCriticSnapshot {
  actor: ParametersSnapshot;
  critics: ParametersSnapshot[];
  temperature?: ParametersSnapshot;
}

/** An actor that learns by its critics: what every such agent does in an update, and what of it is kept. */
export abstract class ActorCriticAgent implements Agent {
  abstract readonly actionSize: number;
  abstract readonly actions: Float64Array;
  abstract readonly critics: Critics;
  /** Of the actor alone. */
  abstract readonly actorParameters: Parameters;
  /** Missing where entropy is no part of what is learnt. */
  readonly temperature?: Temperature;
  abstract readonly metrics: Record<string, number>;
  /** Rate at which the targets follow the critics. */
  protected abstract readonly tau: number;

  abstract initialise(stream: RandomStream): void;
  abstract draw(observations: Float32Array, rows: number, stream: RandomStream): void;
  /** Puts the gradients of the critics' loss in the place of the last ones. */
  abstract criticGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void;
  /** The same of the actor's loss. */
  abstract actorGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void;
  abstract model(): AgentModel;

  /** Critics, actor, temperature, targets, in this order. */
  update(batch: ReplayBatch, rows: number, rates: Rates, stream: RandomStream, criticsOnly: boolean): void {
    const { critics, actorParameters, temperature, metrics } = this;
    this.criticGradients(batch, rows, stream);
    critics.parameters.step(rates.critic);
    if (!criticsOnly) {
      this.actorGradients(batch, rows, stream);
      actorParameters.step(rates.actor);
      temperature?.step(metrics['train/entropy'], rates.actor);
    }
    critics.follow(this.tau);
    if (temperature !== undefined) metrics['train/ent_coef'] = temperature.alpha;
  }

  snapshot(): ActorCriticSnapshot {
    const { actorParameters, critics, temperature } = this;
    return {
      actor: actorParameters.snapshot(),
      critics: critics.snapshot(),
      ...(temperature && { temperature: temperature.snapshot() }),
    };
  }

  restore(snapshot: unknown): void {
    const { actor, critics, temperature } = snapshot as ActorCriticSnapshot;
    this.actorParameters.restore(actor);
    this.critics.restore(critics);
    if (temperature !== undefined) this.temperature?.restore(temperature);
  }
}
