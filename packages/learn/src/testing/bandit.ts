import { EnvironmentArrays, type BoxSpace } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';

const box = (name: string, size: number, bound: number): BoxSpace => ({
  size,
  names: Array.from({ length: size }, (_, k) => `${name} ${k}`),
  low: new Float64Array(size).fill(-bound),
  high: new Float64Array(size).fill(bound),
});

/** A contextual bandit: one context s ~ U(−1, 1), one action in [−2, 2], and an episode that terminates after one step. */
export class Bandit extends EnvironmentArrays<BoxSpace, 'reward' | 'length'> {
  #stream = new RandomStream(0, 'bandit');

  constructor(
    numEnvs: number,
    readonly reward: (s: number, a: number) => number,
  ) {
    super({
      numEnvs,
      observationSpace: box('s', 1, 1),
      actionSpace: box('a', 1, 2),
      metrics: ['reward', 'length'],
    });
    this.terminated.fill(1);
    this.finalMetrics.length.fill(1);
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
      this.rewards[env] = this.finalMetrics.reward[env] = this.reward(this.observations[env], actions[env]);
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
