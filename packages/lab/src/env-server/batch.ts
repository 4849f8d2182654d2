import { InvalidInputError } from '@metalore/core/errors';
import { COUNTERS, COUNTER_NAMES, Observer, Simulator } from '@metalore/core/submetaverse';
import type { SimulatorSnapshot, Traces } from '@metalore/core/submetaverse';
import type { Scenario } from '@metalore/core/scenario';

/** What happens at the end of an episode, under Gymnasium's names. */
export const AUTORESET_MODES = ['same-step', 'next-step', 'disabled'] as const;
export type AutoresetMode = (typeof AUTORESET_MODES)[number];

/** Columns of the information about one environment that come before those of its cells. */
const SHARED_INFO = [
  'step',
  'episodeIndex',
  'clippedSplits',
  'reward',
  'aosi',
  'aori',
  'served',
  'late',
  ...COUNTER_NAMES.filter(
    (name) => !['clippedSplits', 'aosiSum', 'aoriSum', 'rhoCSum', 'rhoPSum'].includes(name),
  ),
];

/** Columns of `Metrics.values` that are reported as they stand. */
const COUNTED = SHARED_INFO.slice(8).map((name) => COUNTERS[name as keyof typeof COUNTERS]);

/**
 * Environments of one scenario, stepped together for a process that speaks the binary protocol. Environment i has a seed of
 * its own and plays episodes 0, 1, 2, … of it: its trajectory does not depend on how many others there are or which process
 * holds them, and equals that of a `SubMetaverseEnvironment` reset with that seed.
 */
export class EnvironmentBatch {
  readonly observationSize: number;
  readonly actionSize: number;
  readonly infoNames: readonly string[];
  /** `Float64Array [numEnvs × observationSize]`, row-major. */
  readonly observations: Float64Array;
  /** Same layout; rows of episodes that ended in this step, else what they held before. */
  readonly finalObservations: Float64Array;
  /** `Float64Array [numEnvs]` */
  readonly rewards: Float64Array;
  /** `Uint8Array [numEnvs]`: never set, as a sub-metaverse has no final state. */
  readonly terminated: Uint8Array;
  /** `Uint8Array [numEnvs]` */
  readonly truncated: Uint8Array;
  /** `Float64Array [numEnvs × infoNames.length]`, row-major; NaN where there is no value yet. */
  readonly info: Float64Array;
  /** Same layout; rows of episodes that ended in this step. */
  readonly finalInfo: Float64Array;
  readonly simulators: readonly Simulator[];
  readonly #observer: Observer;
  readonly #action: Float64Array;
  readonly #seeds: Float64Array;

  constructor(
    readonly scenario: Scenario,
    readonly numEnvs: number,
    readonly autoreset: AutoresetMode,
    traces: Traces = {},
  ) {
    const cells = scenario.cells.length;
    this.simulators = Array.from({ length: numEnvs }, () => new Simulator(scenario, { traces }));
    this.#observer = new Observer(scenario.observation);
    this.observationSize = cells * this.#observer.size;
    this.actionSize = cells * 2;
    this.infoNames = [...SHARED_INFO, ...cellInfoNames(cells)];
    this.observations = new Float64Array(numEnvs * this.observationSize);
    this.finalObservations = new Float64Array(this.observations.length);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    this.info = new Float64Array(numEnvs * this.infoNames.length);
    this.finalInfo = new Float64Array(this.info.length);
    this.#action = new Float64Array(this.actionSize);
    this.#seeds = new Float64Array(numEnvs);
  }

  /**
   * Starts an episode in the environments of `mask`.
   *
   * @param seeds `[numEnvs]`: the first episode of that seed; NaN: the next episode of the seed that was given last
   * @throws InvalidInputError for a seed that is not a non-negative safe integer; nothing is reset then
   */
  reset(seeds: Float64Array, mask: Uint8Array): void {
    for (let at = 0; at < this.numEnvs; at++) {
      if (mask[at] === 0 || Number.isNaN(seeds[at])) continue;
      if (!Number.isSafeInteger(seeds[at]) || seeds[at] < 0)
        throw problem(
          `seeds[${at}]`,
          `${seeds[at]}: expected an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
        );
    }
    for (let at = 0; at < this.numEnvs; at++) {
      if (mask[at] === 0) continue;
      const simulator = this.simulators[at];
      if (Number.isNaN(seeds[at])) simulator.reset(this.#seeds[at], simulator.episode + 1);
      else simulator.reset((this.#seeds[at] = seeds[at]), 0);
      this.rewards[at] = 0;
      this.truncated[at] = 0;
      this.#report(at, this.observations, this.info);
    }
  }

  /**
   * One step of every environment.
   *
   * @param actions `[numEnvs × actionSize]`, row-major; values outside [0, 1] are clipped and counted
   * @throws InvalidInputError for an action that is not finite, or past the end of an episode without autoreset; nothing
   *   has moved then
   */
  step(actions: Float64Array): void {
    this.#check(actions);
    for (let at = 0; at < this.numEnvs; at++) {
      if (this.autoreset === 'next-step' && this.truncated[at] === 1) this.#startNext(at);
      else this.#advance(at, actions);
    }
  }

  #advance(at: number, actions: Float64Array): void {
    const simulator = this.simulators[at];
    const size = this.actionSize;
    for (let part = 0; part < size; part++) this.#action[part] = actions[at * size + part];
    simulator.advance(this.#action);
    let reward = 0;
    for (let cell = 0; cell < simulator.cells; cell++) reward += simulator.rewards[cell];
    this.rewards[at] = reward;
    const ended = simulator.step >= this.scenario.episodeSteps;
    this.truncated[at] = ended ? 1 : 0;
    if (ended && this.autoreset === 'same-step') {
      this.#report(at, this.finalObservations, this.finalInfo);
      simulator.reset(this.#seeds[at], simulator.episode + 1);
    }
    this.#report(at, this.observations, this.info);
  }

  #startNext(at: number): void {
    this.simulators[at].reset(this.#seeds[at], this.simulators[at].episode + 1);
    this.rewards[at] = 0;
    this.truncated[at] = 0;
    this.#report(at, this.observations, this.info);
  }

  #check(actions: Float64Array): void {
    if (actions.length !== this.numEnvs * this.actionSize)
      throw problem('actions', `${actions.length} numbers: expected ${this.numEnvs} × ${this.actionSize}`);
    for (let at = 0; at < actions.length; at++) {
      // NaN and the infinities are the only numbers that differ from themselves after a subtraction.
      if (actions[at] - actions[at] !== 0) {
        const [row, column] = [Math.floor(at / this.actionSize), at % this.actionSize];
        throw problem(`actions[${row}][${column}]`, `${actions[at]}: expected a finite number`);
      }
    }
    if (this.autoreset !== 'disabled') return;
    const ended = this.simulators.findIndex(({ step }) => step >= this.scenario.episodeSteps);
    if (ended >= 0)
      throw problem(`environment ${ended}`, 'its episode has ended: reset it before the next step');
  }

  #report(at: number, observations: Float64Array, info: Float64Array): void {
    const simulator = this.simulators[at];
    this.#observer.observe(simulator, observations, at * this.observationSize);
    const { cells, metrics } = simulator;
    const { values } = metrics;
    const stride = values.length / cells;
    let to = at * this.infoNames.length;
    info[to++] = simulator.step;
    info[to++] = simulator.episode;
    info[to++] = sumOf(values, COUNTERS.clippedSplits, stride);
    // As Metrics.summary has them, without an object a step.
    const completed = sumOf(values, COUNTERS.requestsCompleted, stride);
    info[to++] =
      sumOf(values, COUNTERS.synchronisationReward, stride) + sumOf(values, COUNTERS.latePenalty, stride);
    info[to++] =
      sumOf(values, COUNTERS.aosiSum, stride) / sumOf(values, COUNTERS.requestsSynchronised, stride);
    info[to++] = sumOf(values, COUNTERS.aoriSum, stride) / completed;
    info[to++] = completed / sumOf(values, COUNTERS.requestsCreated, stride);
    info[to++] = sumOf(values, COUNTERS.requestsLate, stride);
    for (let counter = 0; counter < COUNTED.length; counter++)
      info[to++] = sumOf(values, COUNTED[counter], stride);
    for (let cell = 0; cell < cells; cell++) {
      info[to++] = simulator.step === 0 ? 0 : simulator.rewards[cell];
      info[to++] = simulator.splits[cell * 2];
      info[to++] = simulator.splits[cell * 2 + 1];
    }
  }

  snapshot(): BatchSnapshot {
    return {
      seeds: [...this.#seeds],
      truncated: [...this.truncated],
      simulators: this.simulators.map((simulator) => simulator.snapshot()),
    };
  }

  /** @throws InvalidInputError for a snapshot of another number of environments */
  restore(snapshot: BatchSnapshot): void {
    if (snapshot?.simulators?.length !== this.numEnvs)
      throw problem(
        'snapshot',
        `of ${snapshot?.simulators?.length ?? 0} environments: expected ${this.numEnvs}`,
      );
    this.#seeds.set(snapshot.seeds);
    this.truncated.set(snapshot.truncated);
    this.simulators.forEach((simulator, at) => {
      simulator.restore(snapshot.simulators[at]);
      this.#report(at, this.observations, this.info);
    });
  }
}

/** Plain data of {@link EnvironmentBatch.snapshot}. */
export interface BatchSnapshot {
  readonly seeds: readonly number[];
  readonly truncated: readonly number[];
  readonly simulators: readonly SimulatorSnapshot[];
}

/** A counter over all cells. */
function sumOf(values: Float64Array, column: number, stride: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += stride) sum += values[at];
  return sum;
}

function cellInfoNames(cells: number): string[] {
  return Array.from({ length: cells }, (_, cell) =>
    ['cellReward', 'rhoC', 'rhoP'].map((name) => (cells === 1 ? name : `${name}[${cell}]`)),
  ).flat();
}

function problem(path: string, message: string): InvalidInputError {
  return new InvalidInputError('request', [{ path, message }]);
}
