import { EnvironmentArrays, type DiscreteSpace } from '../environment/index.js';
import { drawProviders, drawTasks, type DrawnWorld } from './draw.js';
import type { Provider } from './instance.js';
import { createMarket } from './market.js';
import { maskFull, observationSize, observe, providerFeatures } from './observation.js';
import { ProviderSimulator } from './simulator.js';

/** Options of {@link ProviderEnvironment}. */
export interface ProviderEnvironmentOptions {
  /** Environments stepped together, ≥ 1. */
  readonly numEnvs: number;
  /** Mask the providers that have no room; where none has, nothing is masked. Default false: a crash is part of learning. */
  readonly mask?: boolean;
}

const METRICS = [
  'reward',
  'length',
  'accepted',
  'dropped',
  'lost',
  'finished',
  'crashes',
  'completedValue',
] as const;

/**
 * Which provider gets the next task, as an environment: the providers of a drawn world stay, an episode is a stream of its
 * tasks, an action the provider of one, the reward what came of it until the next task arrives. Episode number e of a seed is
 * stream e of that seed, so streams of other seeds are other tasks. Environment i plays episodes firstEpisode + i, + numEnvs,
 * …; an episode ends with `terminated` when its last task is decided and all that run have finished.
 *
 * Final metrics: `reward`, `length` (tasks), `accepted`, `dropped`, `lost`, `finished`, `crashes`, `completedValue`.
 */
export class ProviderEnvironment extends EnvironmentArrays<DiscreteSpace, (typeof METRICS)[number]> {
  readonly actionMasks?: Uint8Array;
  readonly providers: Provider[];
  readonly #simulators: ProviderSimulator[] = [];
  readonly #episodes: Int32Array;
  #seed = 0;

  constructor(
    readonly world: DrawnWorld,
    readonly options: ProviderEnvironmentOptions,
  ) {
    const { numEnvs, mask = false } = options;
    const n = world.providers;
    const size = observationSize(n);
    super({
      numEnvs,
      observationSpace: {
        size,
        low: new Float64Array(size),
        high: new Float64Array(size).fill(1),
        names: providerFeatures(n),
      },
      actionSpace: { n, names: Array.from({ length: n }, (_, j) => `provider-${j}`) },
      metrics: METRICS,
    });
    this.providers = drawProviders(world);
    if (mask) this.actionMasks = new Uint8Array(numEnvs * n).fill(1);
    this.#episodes = new Int32Array(numEnvs);
    this.reset(0);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.checkEpisode(seed, firstEpisode);
    this.#seed = seed;
    this.terminated.fill(0);
    for (let env = 0; env < this.numEnvs; env++) this.#begin(env, firstEpisode + env);
  }

  step(actions: Float64Array | Float32Array): void {
    this.checkActions(actions);
    const { size } = this.observationSpace;
    for (let env = 0; env < this.numEnvs; env++) {
      const simulator = this.#simulators[env];
      const before = simulator.reward;
      simulator.give(actions[env]);
      simulator.arrive();
      this.rewards[env] = simulator.reward - before;
      this.terminated[env] = simulator.done ? 1 : 0;
      if (simulator.done) {
        this.#report(env, simulator);
        observe(simulator, this.finalObservations, env * size);
        this.#begin(env, this.#episodes[env] + this.numEnvs);
      } else this.#observe(env);
    }
  }

  #begin(env: number, episode: number): void {
    const { world, providers } = this;
    this.#episodes[env] = episode;
    const { runtime, crash, reward } = world;
    const tasks = drawTasks({ ...world, seed: this.#seed, stream: episode });
    const simulator = new ProviderSimulator(createMarket({ providers, tasks, runtime, crash, reward }));
    this.#simulators[env] = simulator;
    simulator.arrive();
    this.#observe(env);
  }

  #observe(env: number): void {
    const simulator = this.#simulators[env];
    observe(simulator, this.observations, env * this.observationSpace.size);
    if (this.actionMasks !== undefined) maskFull(simulator, this.actionMasks, env * this.actionSpace.n);
  }

  #report(env: number, simulator: ProviderSimulator): void {
    const { finalMetrics } = this;
    for (const name of METRICS) {
      finalMetrics[name][env] = name === 'length' ? simulator.market.tasks : simulator[name];
    }
  }

  /** Streams and what was decided in them so far; {@link ProviderEnvironment.restore} decides it again. */
  snapshot(): { seed: number; episodes: number[]; decisions: number[][] } {
    return {
      seed: this.#seed,
      episodes: [...this.#episodes],
      decisions: this.#simulators.map(({ assignment, next }) => [...assignment.subarray(0, next)]),
    };
  }

  restore(snapshot: unknown): void {
    const { seed, episodes, decisions } = snapshot as ReturnType<ProviderEnvironment['snapshot']>;
    this.#seed = seed;
    for (let env = 0; env < this.numEnvs; env++) {
      this.#begin(env, episodes[env]);
      const simulator = this.#simulators[env];
      for (const provider of decisions[env]) {
        simulator.give(provider);
        simulator.arrive();
      }
      this.#observe(env);
    }
  }
}
