import type { BoxSpace, Environment, StepResult } from '../environment/index.js';
import { checkInteger, InvalidInputError } from '../errors/index.js';
import type { Scenario } from './scenario/index.js';
import type { EpisodeMetrics } from './metrics.js';
import { Observer, splitSpace } from './observer.js';
import { Simulator, type SimulatorOptions } from './simulator.js';

/** What comes with every observation. */
export interface SubMetaverseInfo {
  readonly step: number;
  readonly episode: number;
  /** Rewards of this step, per cell. */
  readonly cellRewards: Float64Array;
  /** Splits in force, after clipping. */
  readonly splits: Float64Array;
  /** Splits clipped so far in this episode. */
  readonly clippedSplits: number;
  /** The episode so far. */
  readonly metrics: EpisodeMetrics;
}

/** The sub-metaverses of a scenario as one environment; with several cells, observations and actions lie side by side. */
export class SubMetaverseEnvironment implements Environment<SubMetaverseInfo> {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly simulator: Simulator;
  readonly #observer: Observer;
  #seed = 0;
  #episode = -1;

  constructor(
    readonly scenario: Scenario,
    options?: SimulatorOptions,
  ) {
    this.simulator = new Simulator(scenario, options);
    this.#observer = new Observer(scenario.observation);
    this.observationSpace = this.#observer.space(this.simulator.cells);
    this.actionSpace = splitSpace(this.simulator.cells);
  }

  reset({ seed }: { seed?: number } = {}): { observation: Float64Array; info: SubMetaverseInfo } {
    if (seed !== undefined) {
      checkInteger('seed', seed, 0);
      this.#seed = seed;
      this.#episode = -1;
    }
    this.simulator.reset(this.#seed, ++this.#episode);
    return { observation: this.#observation(), info: this.#info() };
  }

  /** @throws InvalidInputError after the last step of an episode, or for an action of another size */
  step(action: ArrayLike<number>): StepResult<SubMetaverseInfo> {
    if (this.simulator.step >= this.scenario.episodeSteps) {
      const message = `the episode is over after ${this.scenario.episodeSteps} steps; reset first`;
      throw new InvalidInputError('argument', [{ path: 'step', message }]);
    }
    checkInteger('action.length', action.length, this.actionSpace.size, this.actionSpace.size);
    this.simulator.advance(action);
    let reward = 0;
    for (let cell = 0; cell < this.simulator.cells; cell++) reward += this.simulator.rewards[cell];
    return {
      observation: this.#observation(),
      reward,
      terminated: false,
      truncated: this.simulator.step >= this.scenario.episodeSteps,
      info: this.#info(),
    };
  }

  #observation(): Float64Array {
    const observation = new Float64Array(this.observationSpace.size);
    this.#observer.observe(this.simulator, observation);
    return observation;
  }

  #info(): SubMetaverseInfo {
    const { episode, metrics, rewards, splits, step } = this.simulator;
    return {
      step,
      episode,
      cellRewards: rewards.slice(),
      splits: splits.slice(),
      clippedSplits: metrics.total('clippedSplits'),
      metrics: metrics.summary(),
    };
  }
}
