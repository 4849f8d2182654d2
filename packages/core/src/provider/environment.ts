import type { BoxSpace, DiscreteSpace, VectorEnvironment } from '../environment/index.js';
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
export class ProviderEnvironment implements VectorEnvironment<DiscreteSpace> {
  readonly numEnvs: number;
  readonly autoreset = 'same-step';
  readonly observationSpace: BoxSpace;
  readonly actionSpace: DiscreteSpace;
  readonly criticSpace: BoxSpace = { size: 0, low: new Float64Array(), high: new Float64Array(), names: [] };
  readonly actionMasks?: Uint8Array;
  readonly observations: Float64Array;
  readonly criticObservations = new Float64Array();
  readonly finalObservations: Float64Array;
  readonly finalCriticObservations = new Float64Array();
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalMetrics: Readonly<Record<(typeof METRICS)[number], Float64Array>>;
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
    this.numEnvs = numEnvs;
    this.providers = drawProviders(world);
    this.observationSpace = {
      size,
      low: new Float64Array(size),
      high: new Float64Array(size).fill(1),
      names: providerFeatures(n),
    };
    this.actionSpace = { n, names: Array.from({ length: n }, (_, j) => `provider-${j}`) };
    if (mask) this.actionMasks = new Uint8Array(numEnvs * n).fill(1);
    this.observations = new Float64Array(numEnvs * size);
    this.finalObservations = new Float64Array(numEnvs * size);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    this.finalMetrics = Object.fromEntries(
      METRICS.map((name) => [name, new Float64Array(numEnvs)]),
    ) as ProviderEnvironment['finalMetrics'];
    this.#episodes = new Int32Array(numEnvs);
    this.reset(0);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.#seed = seed;
    this.terminated.fill(0);
    for (let env = 0; env < this.numEnvs; env++) this.#begin(env, firstEpisode + env);
  }

  step(actions: Float64Array | Float32Array): void {
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
