import { checkInteger } from '../errors/index.js';
import { EnvironmentArrays, type BoxSpace } from '../environment/index.js';
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
export class SubMetaverseVectorEnvironment extends EnvironmentArrays<
  BoxSpace,
  (typeof FINAL_METRICS)[number]
> {
  readonly #simulators: Simulator[];
  readonly #observer: Observer;
  readonly #critic: Observer;
  /** Rows per simulator: 1, or its number of cells. */
  readonly rowsPerWorld: number;
  readonly #action: Float64Array;
  #seed = 0;

  constructor(
    readonly scenario: Scenario,
    { numEnvs, criticFeatures = [], rows = 'joint', ...options }: VectorEnvironmentOptions,
  ) {
    checkInteger('numEnvs', numEnvs, 1);
    const cells = scenario.cells.length;
    const rowsEach = rows === 'cells' ? cells : 1;
    const observer = new Observer(scenario.observation);
    const critic = new Observer(criticFeatures);
    super({
      numEnvs: numEnvs * rowsEach,
      observationSpace: observer.space(cells / rowsEach),
      actionSpace: splitSpace(cells / rowsEach),
      criticSpace: critic.space(cells / rowsEach),
      metrics: FINAL_METRICS,
    });
    this.#simulators = Array.from({ length: numEnvs }, () => new Simulator(scenario, options));
    this.#observer = observer;
    this.#critic = critic;
    this.rowsPerWorld = rowsEach;
    this.#action = new Float64Array(cells * 2);
    this.reset(0);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.checkEpisode(seed, firstEpisode);
    this.#seed = seed;
    this.truncated.fill(0);
    this.#simulators.forEach((simulator, at) => {
      simulator.reset(seed, firstEpisode + at);
      this.#observe(at, this.observations, this.criticObservations);
    });
  }

  step(actions: Float64Array | Float32Array): void {
    this.checkActions(actions);
    const action = this.#action;
    const cellsPerRow = this.scenario.cells.length / this.rowsPerWorld;
    for (let at = 0; at < this.#simulators.length; at++) {
      const simulator = this.#simulators[at];
      for (let part = 0; part < action.length; part++) action[part] = actions[at * action.length + part];
      simulator.advance(action);
      for (let row = 0; row < this.rowsPerWorld; row++) {
        let reward = 0;
        for (let cell = row * cellsPerRow; cell < (row + 1) * cellsPerRow; cell++)
          reward += simulator.rewards[cell];
        this.rewards[at * this.rowsPerWorld + row] = reward;
      }
      const ended = simulator.step >= this.scenario.episodeSteps;
      this.truncated.fill(ended ? 1 : 0, at * this.rowsPerWorld, (at + 1) * this.rowsPerWorld);
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
    for (let row = 0; row < this.rowsPerWorld; row++) {
      const cell = this.rowsPerWorld > 1 ? row : undefined;
      const summary = metrics.summary(cell);
      const to = at * this.rowsPerWorld + row;
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
