import type { BoxSpace, VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';

const box = (name: string, size: number, bound: number): BoxSpace => ({
  size,
  names: Array.from({ length: size }, (_, k) => `${name} ${k}`),
  low: new Float64Array(size).fill(-bound),
  high: new Float64Array(size).fill(bound),
});

/** A contextual bandit: one context s ~ U(−1, 1), one action in [−2, 2], and an episode that terminates after one step. */
export class Bandit implements VectorEnvironment {
  readonly autoreset = 'same-step';
  readonly observationSpace = box('s', 1, 1);
  readonly actionSpace = box('a', 1, 2);
  readonly criticSpace = box('', 0, 1);
  readonly observations: Float64Array;
  readonly criticObservations = new Float64Array(0);
  readonly finalObservations: Float64Array;
  readonly finalCriticObservations = new Float64Array(0);
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalMetrics: { reward: Float64Array; length: Float64Array };
  #stream = new RandomStream(0, 'bandit');

  constructor(
    readonly numEnvs: number,
    readonly reward: (s: number, a: number) => number,
  ) {
    this.observations = new Float64Array(numEnvs);
    this.finalObservations = new Float64Array(numEnvs);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs).fill(1);
    this.truncated = new Uint8Array(numEnvs);
    this.finalMetrics = { reward: this.rewards, length: new Float64Array(numEnvs).fill(1) };
  }

  reset(seed: number, firstEpisode = 0): void {
    this.#stream = new RandomStream(seed, 'bandit', firstEpisode);
    this.#draw();
  }

  #draw(): void {
    for (let env = 0; env < this.numEnvs; env++) this.observations[env] = 2 * this.#stream.uniform() - 1;
  }

  step(actions: Float64Array | Float32Array): void {
    for (let env = 0; env < this.numEnvs; env++) {
      this.rewards[env] = this.reward(this.observations[env], actions[env]);
    }
    this.finalObservations.set(this.observations);
    this.#draw();
  }

  snapshot(): unknown {
    return { observations: [...this.observations], stream: this.#stream.snapshot() };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { observations: number[]; stream: number[] };
    this.observations.set(state.observations);
    this.#stream.restore(state.stream);
  }
}
