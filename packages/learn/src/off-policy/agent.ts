import type { RandomStream } from '@metalore/core/random';
import type { NetworkModel, DiffusionModel } from '../policy-file/document.js';
import type { ReplayBatch } from '../replay/replay.js';

/** How rows of observations are laid out: what is observed, then the mask of the actions where there is one. */
export interface RowShape {
  readonly observationSize: number;
  /** Numbers of the mask: as many as there are actions, or 0. */
  readonly maskSize: number;
  /** Numbers per row: both together. */
  readonly rowSize: number;
}

/** Step sizes of one update. */
export interface Rates {
  readonly actor: number;
  readonly critic: number;
}

/** What a policy document says of a network, but for how observations are encoded. */
export type AgentModel = Omit<NetworkModel, 'encoding'> | Omit<DiffusionModel, 'encoding'>;

/** The networks of an off-policy learner and their updates; the loop around them is `OffPolicy`. */
export interface Agent {
  /** Numbers per action: the components of a box, or 1, the action's number. */
  readonly actionSize: number;
  /** `[rows × actionSize]`: what {@link Agent.draw} leaves, components in [−1, 1]. */
  readonly actions: Float64Array;
  /** Draws actions on `rows` rows of {@link RowShape}. */
  draw(observations: Float32Array, rows: number, stream: RandomStream): void;
  /**
   * One gradient step of every network.
   *
   * @param criticsOnly only the critics and their targets
   */
  update(batch: ReplayBatch, rows: number, rates: Rates, stream: RandomStream, criticsOnly: boolean): void;
  /** Of the last update, by TensorBoard name; overwritten by the next. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The policy as it stands. */
  model(): AgentModel;
  snapshot(): unknown;
  restore(snapshot: unknown): void;
}
