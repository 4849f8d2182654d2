import { checkInteger } from '../errors/index.js';
import type { BoxSpace, VectorEnvironment } from '../environment/index.js';
import type { Scenario } from './scenario/index.js';
import { Observer, splitSpace } from './observer.js';
import { Simulator, type SimulatorOptions, type SimulatorSnapshot } from './simulator.js';

/** Options of {@link SubMetaverseVectorEnvironment}. */
export interface VectorEnvironmentOptions extends SimulatorOptions {
  /** How many environments step together, >= 1. */
  numEnvs: number;
  /** Features for a critic, beside the scenario's observation; default none. */
  criticFeatures?: readonly string[];
  /**
   * `joint`: one row per simulator, the cells' observations and actions side by side, reward summed.
   * `cells`: one row per simulator and cell, each with its own observation, action and reward. Default `joint`.
   */
  rows?: 'joint' | 'cells';
}

const FINAL_METRICS = [
  'reward',
  'length',
  'aosi',
  'aori',
  'served',
  'late',
  'rhoC',
  'rhoP',
  'clipped',
] as const;

/** `numEnvs` simulators of one scenario, stepped together. @see VectorEnvironment */
export class SubMetaverseVectorEnvironment implements VectorEnvironment {
  readonly numEnvs: number;
  readonly autoreset = 'same-step';
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly criticSpace: BoxSpace;
  readonly observations: Float64Array;
  readonly criticObservations: Float64Array;
  readonly finalObservations: Float64Array;
  readonly finalCriticObservations: Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalMetrics: Readonly<Record<(typeof FINAL_METRICS)[number], Float64Array>>;
  readonly #simulators: Simulator[];
  readonly #observer: Observer;
  readonly #critic: Observer;
  /** Rows per simulator: 1, or its number of cells. */
  readonly #rowsEach: number;
  readonly #action: Float64Array;
  #seed = 0;

  constructor(
    readonly scenario: Scenario,
    { numEnvs, criticFeatures = [], rows = 'joint', ...options }: VectorEnvironmentOptions,
  ) {
    checkInteger('numEnvs', numEnvs, 1);
    const cells = scenario.cells.length;
    this.#simulators = Array.from({ length: numEnvs }, () => new Simulator(scenario, options));
    this.#observer = new Observer(scenario.observation);
    this.#critic = new Observer(criticFeatures);
    this.#rowsEach = rows === 'cells' ? cells : 1;
    const cellsPerRow = cells / this.#rowsEach;
    this.numEnvs = numEnvs * this.#rowsEach;
    this.observationSpace = this.#observer.space(cellsPerRow);
    this.actionSpace = splitSpace(cellsPerRow);
    this.criticSpace = this.#critic.space(cellsPerRow);
    this.observations = new Float64Array(this.numEnvs * this.observationSpace.size);
    this.criticObservations = new Float64Array(this.numEnvs * this.criticSpace.size);
    this.finalObservations = new Float64Array(this.observations.length);
    this.finalCriticObservations = new Float64Array(this.criticObservations.length);
    this.rewards = new Float64Array(this.numEnvs);
    this.terminated = new Uint8Array(this.numEnvs);
    this.truncated = new Uint8Array(this.numEnvs);
    this.finalMetrics = Object.fromEntries(
      FINAL_METRICS.map((name) => [name, new Float64Array(this.numEnvs)]),
    ) as typeof this.finalMetrics;
    this.#action = new Float64Array(cells * 2);
    this.reset(0);
  }

  /** @throws InvalidInputError for a seed or an episode that is not an integer from 0 on */
  reset(seed: number, firstEpisode = 0): void {
    checkInteger('seed', seed, 0);
    checkInteger('firstEpisode', firstEpisode, 0);
    this.#seed = seed;
    this.truncated.fill(0);
    this.#simulators.forEach((simulator, at) => {
      simulator.reset(seed, firstEpisode + at);
      this.#observe(at, this.observations, this.criticObservations);
    });
  }

  /** @throws InvalidInputError for another number of actions */
  step(actions: Float64Array | Float32Array): void {
    const size = this.numEnvs * this.actionSpace.size;
    if (actions.length !== size) checkInteger('actions.length', actions.length, size, size);
    const action = this.#action;
    const cellsPerRow = this.scenario.cells.length / this.#rowsEach;
    for (let at = 0; at < this.#simulators.length; at++) {
      const simulator = this.#simulators[at];
      for (let part = 0; part < action.length; part++) action[part] = actions[at * action.length + part];
      simulator.advance(action);
      for (let row = 0; row < this.#rowsEach; row++) {
        let reward = 0;
        for (let cell = row * cellsPerRow; cell < (row + 1) * cellsPerRow; cell++)
          reward += simulator.rewards[cell];
        this.rewards[at * this.#rowsEach + row] = reward;
      }
      const ended = simulator.step >= this.scenario.episodeSteps;
      this.truncated.fill(ended ? 1 : 0, at * this.#rowsEach, (at + 1) * this.#rowsEach);
      if (ended) {
        this.#observe(at, this.finalObservations, this.finalCriticObservations);
        this.#finish(at);
        simulator.reset(this.#seed, simulator.episode + this.#simulators.length);
      }
      this.#observe(at, this.observations, this.criticObservations);
    }
  }

  #observe(at: number, observations: Float64Array, criticObservations: Float64Array): void {
    const simulator = this.#simulators[at];
    this.#observer.observe(simulator, observations, at * simulator.cells * this.#observer.size);
    this.#critic.observe(simulator, criticObservations, at * simulator.cells * this.#critic.size);
  }

  #finish(at: number): void {
    const { metrics, step, cells } = this.#simulators[at];
    for (let row = 0; row < this.#rowsEach; row++) {
      const cell = this.#rowsEach > 1 ? row : undefined;
      const summary = metrics.summary(cell);
      const to = at * this.#rowsEach + row;
      const steps = step * (cell === undefined ? cells : 1);
      this.finalMetrics.reward[to] = summary.reward;
      this.finalMetrics.length[to] = step;
      this.finalMetrics.aosi[to] = summary.aosi;
      this.finalMetrics.aori[to] = summary.aori;
      this.finalMetrics.served[to] = summary.served;
      this.finalMetrics.late[to] = summary.late;
      this.finalMetrics.rhoC[to] = metrics.total('rhoCSum', cell) / steps;
      this.finalMetrics.rhoP[to] = metrics.total('rhoPSum', cell) / steps;
      this.finalMetrics.clipped[to] = metrics.total('clippedSplits', cell) / (2 * steps);
    }
  }

  snapshot(): { seed: number; simulators: SimulatorSnapshot[] } {
    return { seed: this.#seed, simulators: this.#simulators.map((simulator) => simulator.snapshot()) };
  }

  restore(snapshot: unknown): void {
    const { seed, simulators } = snapshot as ReturnType<SubMetaverseVectorEnvironment['snapshot']>;
    this.#seed = seed;
    this.#simulators.forEach((simulator, at) => {
      simulator.restore(simulators[at]);
      this.#observe(at, this.observations, this.criticObservations);
    });
  }
}
