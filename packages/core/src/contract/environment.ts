import { EnvironmentArrays, type BoxSpace } from '../environment/index.js';
import { RandomStream } from '../random/index.js';
import { drawState, stateSize, type ContractDistribution } from './draw.js';
import { rawMenu, structuredGradient, structuredMenu, type ContractHead } from './heads.js';
import { ContractModel } from './model.js';
import { OptimalMenu } from './optimal-menu.js';
import { Responses } from './responses.js';

const METRICS = ['reward', 'length', 'share', 'served', 'truthful'] as const;

/** Options of {@link ContractEnvironment}. */
export interface ContractEnvironmentOptions {
  /** Environments stepped together, ≥ 1. */
  readonly numEnvs: number;
  /** How an action becomes a menu. */
  readonly head: ContractHead;
  /** Fill the metric `share`, the utility over the optimum's, which is solved for in every state; default false. */
  readonly withShare?: boolean;
  /** Fill `actionGradients`, for the structured head; default false. */
  readonly withGradients?: boolean;
  /** Show zeros instead of the state: what a policy is worth that does not look. Default false. */
  readonly blind?: boolean;
}

/**
 * Menus for drawn states, one per episode: an episode is a state, an action the menu posted in it, the reward the
 * recipient's utility after every type has answered. No step follows, so nothing is bootstrapped: episodes end with
 * `terminated`. Environment i plays episodes firstEpisode + i, + i + numEnvs, …
 *
 * Final metrics: `reward`, `length` (1), `share` (utility over the optimum's; NaN unless asked for), `served` (share of
 * the providers that take an item), `truthful` (share that takes its own).
 */
export class ContractEnvironment extends EnvironmentArrays<BoxSpace, (typeof METRICS)[number]> {
  /** ∂ reward/∂ action of the last step, laid out as actions; empty unless `withGradients`. */
  readonly actionGradients: Float64Array;
  readonly #states: Float64Array;
  readonly #stream = new RandomStream(0, 'contract-state');
  readonly #model: ContractModel;
  readonly #answers: Responses;
  readonly #optimum: OptimalMenu;
  readonly #scratch: Float64Array;
  #seed = 0;
  /** Episode that environment 0 is in. */
  #episode = 0;

  constructor(
    readonly distribution: ContractDistribution,
    readonly options: ContractEnvironmentOptions,
  ) {
    const { numEnvs, head, withGradients = false } = options;
    const { types } = distribution;
    super({
      numEnvs,
      observationSpace: observationSpace(distribution),
      actionSpace: contractActionSpace(types, head, distribution),
      metrics: METRICS,
    });
    this.finalMetrics.length.fill(1);
    this.finalMetrics.share.fill(NaN);
    this.actionGradients = new Float64Array(withGradients ? numEnvs * this.actionSpace.size : 0);
    this.#states = new Float64Array(this.observations.length);
    this.#model = new ContractModel(types, distribution);
    this.#answers = new Responses(types);
    this.#optimum = new OptimalMenu(types);
    this.#scratch = new Float64Array(2 * types);
    this.reset(0);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.checkEpisode(seed, firstEpisode);
    this.#seed = seed;
    this.#episode = firstEpisode;
    this.terminated.fill(0);
    this.#draw();
  }

  step(actions: Float64Array | Float32Array): void {
    this.checkActions(actions);
    for (let row = 0; row < this.numEnvs; row++) {
      this.#load(row);
      this.#post(actions, row);
    }
    this.finalMetrics.reward.set(this.rewards);
    this.finalObservations.set(this.observations);
    this.terminated.fill(1);
    this.#episode += this.numEnvs;
    this.#draw();
  }

  #draw(): void {
    const { size } = this.observationSpace;
    for (let row = 0; row < this.numEnvs; row++) {
      drawState(this.distribution, this.#seed, this.#episode + row, this.#stream, this.#states, row * size);
    }
    if (this.options.blind !== true) this.observations.set(this.#states);
  }

  #load(row: number): void {
    const model = this.#model;
    const { types } = model;
    const at = row * stateSize(types);
    model.setLink(this.#states[at], this.#states[at + 1], this.#states[at + 2]);
    for (let type = 0; type < types; type++) {
      model.efficiency[type] = this.#states[at + 3 + type];
      model.share[type] = this.#states[at + 3 + types + type];
    }
  }

  #post(actions: Float64Array | Float32Array, row: number): void {
    const model = this.#model;
    const answers = this.#answers;
    const at = row * this.actionSpace.size;
    if (this.options.head === 'structured') structuredMenu(model, actions, at, answers);
    else rawMenu(model, this.distribution.maxPayment, actions, at, answers);
    this.rewards[row] = answers.respond(model);
    if (this.options.withShare === true) {
      this.finalMetrics.share[row] = this.rewards[row] / this.#optimum.solve(model);
    }
    if (this.actionGradients.length > 0) {
      structuredGradient(model, actions, at, this.#scratch, this.actionGradients);
    }
    let served = 0;
    let truthful = 0;
    for (let type = 0; type < model.types; type++) {
      if (answers.choice[type] >= 0) served += model.share[type];
      if (answers.choice[type] === type) truthful += model.share[type];
    }
    this.finalMetrics.served[row] = served;
    this.finalMetrics.truthful[row] = truthful;
  }

  snapshot(): { seed: number; episode: number } {
    return { seed: this.#seed, episode: this.#episode };
  }

  restore(snapshot: unknown): void {
    const { seed, episode } = snapshot as ReturnType<ContractEnvironment['snapshot']>;
    this.#seed = seed;
    this.#episode = episode;
    this.#draw();
  }
}

/** What a policy sees of a state of L types: 3 + 2L numbers, within the ranges they are drawn from. */
function observationSpace({
  types,
  snrPerWattDb,
  unusableShare,
  scale,
  efficiency,
}: ContractDistribution): BoxSpace {
  const ranges = [snrPerWattDb, unusableShare, scale, ...new Array<[number, number]>(types).fill(efficiency)];
  return {
    size: stateSize(types),
    low: Float64Array.from([...ranges.map(([low]) => low), ...new Array<number>(types).fill(0)]),
    high: Float64Array.from([...ranges.map(([, high]) => high), ...new Array<number>(types).fill(1)]),
    names: contractFeatures(types),
  };
}

/** Names of the numbers that describe a state of so many types. */
export function contractFeatures(types: number): string[] {
  return [
    'snr-per-watt-db',
    'unusable-share',
    'value-scale',
    ...Array.from({ length: types }, (_, type) => `efficiency-${type}`),
    ...Array.from({ length: types }, (_, type) => `share-${type}`),
  ];
}

/** The actions of a head for so many types. */
export function contractActionSpace(
  types: number,
  head: ContractHead,
  { maxMbit, maxPayment }: { readonly maxMbit: number; readonly maxPayment: number },
): BoxSpace {
  const named = (name: string): string[] => Array.from({ length: types }, (_, type) => `${name}-${type}`);
  if (head === 'structured') {
    return {
      size: types,
      low: new Float64Array(types),
      high: new Float64Array(types).fill(1),
      names: named('step'),
    };
  }
  return {
    size: 2 * types,
    low: new Float64Array(2 * types),
    high: new Float64Array(2 * types).fill(maxMbit, 0, types).fill(maxPayment, types),
    names: [...named('mbit'), ...named('payment')],
  };
}
