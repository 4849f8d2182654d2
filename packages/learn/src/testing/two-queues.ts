import { EnvironmentArrays, type BoxSpace } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';

const STEPS = 50;

const box = (names: string[], high: number): BoxSpace => ({
  size: names.length,
  names,
  low: new Float64Array(names.length),
  high: new Float64Array(names.length).fill(high),
});

/**
 * Two fluid queues share one server whose rate is 1 a step; the action is the first queue's share. Holding a unit costs 2
 * in the first queue and 1 in the second. Serving the first queue as much as it can take, and the second with the rest
 * (the cμ rule), is optimal.
 */
export class TwoQueues extends EnvironmentArrays<BoxSpace, 'reward' | 'length'> {
  #seed = 0;
  #episodes: number[] = [];
  #clock: number[] = [];
  #totals: number[] = [];
  #streams: RandomStream[] = [];

  constructor(numEnvs: number) {
    super({
      numEnvs,
      observationSpace: box(['first', 'second'], Infinity),
      actionSpace: box(['share'], 1),
      criticSpace: box(['time'], 1),
      metrics: ['reward', 'length'],
    });
    this.finalMetrics.length.fill(STEPS);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.#seed = seed;
    for (let env = 0; env < this.numEnvs; env++) this.#begin(env, firstEpisode + env);
  }

  #begin(env: number, episode: number): void {
    this.#episodes[env] = episode;
    this.#clock[env] = 0;
    this.#totals[env] = 0;
    this.#streams[env] = new RandomStream(this.#seed, 'queues', episode);
    this.observations.fill(0, 2 * env, 2 * env + 2);
    this.#arrive(env);
  }

  #arrive(env: number): void {
    for (let q = 0; q < 2; q++) {
      const at = 2 * env + q;
      this.observations[at] = this.observations[at] + this.#streams[env].exponential(0.45);
    }
    this.criticObservations[env] = this.#clock[env] / STEPS;
  }

  step(actions: Float64Array | Float32Array): void {
    for (let env = 0; env < this.numEnvs; env++) {
      const share = Math.min(1, Math.max(0, actions[env]));
      const first = Math.max(0, this.observations[2 * env] - share);
      const second = Math.max(0, this.observations[2 * env + 1] - (1 - share));
      this.observations.set([first, second], 2 * env);
      this.rewards[env] = -2 * first - second;
      this.#totals[env] = this.#totals[env] + this.rewards[env];
      this.#clock[env] = this.#clock[env] + 1;
      this.truncated[env] = this.#clock[env] === STEPS ? 1 : 0;
      this.#arrive(env);
      if (this.truncated[env] === 0) continue;
      this.finalObservations.set(this.observations.subarray(2 * env, 2 * env + 2), 2 * env);
      this.finalCriticObservations[env] = this.criticObservations[env];
      this.finalMetrics.reward[env] = this.#totals[env];
      this.#begin(env, this.#episodes[env] + this.numEnvs);
    }
  }

  snapshot(): unknown {
    return {
      seed: this.#seed,
      observations: [...this.observations],
      critic: [...this.criticObservations],
      episodes: [...this.#episodes],
      clock: [...this.#clock],
      totals: [...this.#totals],
      streams: this.#streams.map((stream) => stream.snapshot()),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      seed: number;
      observations: number[];
      critic: number[];
      episodes: number[];
      clock: number[];
      totals: number[];
      streams: number[][];
    };
    this.#seed = state.seed;
    this.observations.set(state.observations);
    this.criticObservations.set(state.critic);
    this.#episodes = [...state.episodes];
    this.#clock = [...state.clock];
    this.#totals = [...state.totals];
    this.#streams = state.streams.map((words) => {
      const stream = new RandomStream(0, '');
      stream.restore(words);
      return stream;
    });
  }
}
