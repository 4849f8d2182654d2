import { checkInteger } from '../errors/index.js';
import type { ActionSpace, BoxSpace, VectorEnvironment } from './contract.js';
import { actionSize, isDiscrete } from './spaces.js';

/** What an environment of {@link EnvironmentArrays} has. */
export interface EnvironmentShape<Actions extends ActionSpace, Metric extends string> {
  readonly numEnvs: number;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Actions;
  /** Default: nothing beside. */
  readonly criticSpace?: BoxSpace;
  /** Names of the final metrics. */
  readonly metrics: readonly Metric[];
}

const NOTHING: BoxSpace = { size: 0, low: new Float64Array(), high: new Float64Array(), names: [] };

/** The spaces and arrays of a {@link VectorEnvironment}, allocated once, and the checks at its entrance. */
export abstract class EnvironmentArrays<
  Actions extends ActionSpace,
  Metric extends string,
> implements VectorEnvironment<Actions> {
  readonly numEnvs: number;
  readonly autoreset = 'same-step';
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Actions;
  readonly criticSpace: BoxSpace;
  readonly observations: Float64Array;
  readonly criticObservations: Float64Array;
  readonly finalObservations: Float64Array;
  readonly finalCriticObservations: Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalMetrics: Readonly<Record<Metric, Float64Array>>;

  /** @throws InvalidInputError a number of environments that is no integer from 1 on */
  constructor({
    numEnvs,
    observationSpace,
    actionSpace,
    criticSpace,
    metrics,
  }: EnvironmentShape<Actions, Metric>) {
    checkInteger('numEnvs', numEnvs, 1);
    this.numEnvs = numEnvs;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    this.criticSpace = criticSpace ?? NOTHING;
    this.observations = new Float64Array(numEnvs * observationSpace.size);
    this.finalObservations = new Float64Array(this.observations.length);
    this.criticObservations = new Float64Array(numEnvs * this.criticSpace.size);
    this.finalCriticObservations = new Float64Array(this.criticObservations.length);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    const columns = metrics.map((name) => [name, new Float64Array(numEnvs)]);
    this.finalMetrics = Object.fromEntries(columns) as Record<Metric, Float64Array>;
  }

  abstract reset(seed: number, firstEpisode?: number): void;
  abstract step(actions: Float64Array | Float32Array): void;
  abstract snapshot(): unknown;
  abstract restore(snapshot: unknown): void;

  /** @throws InvalidInputError for a seed or an episode that is not an integer from 0 on */
  protected checkEpisode(seed: number, firstEpisode: number): void {
    checkInteger('seed', seed, 0);
    checkInteger('firstEpisode', firstEpisode, 0);
  }

  /** @throws InvalidInputError for another number of actions, or one that there is not among numbered ones */
  protected checkActions(actions: Float64Array | Float32Array): void {
    const { actionSpace } = this;
    const count = this.numEnvs * actionSize(actionSpace);
    if (actions.length !== count) checkInteger('actions.length', actions.length, count, count);
    if (!isDiscrete(actionSpace)) return;
    for (let env = 0; env < count; env++) {
      const action = actions[env];
      const isThere = Number.isInteger(action) && action >= 0 && action < actionSpace.n;
      if (!isThere) checkInteger(`actions[${env}]`, action, 0, actionSpace.n - 1);
    }
  }
}
