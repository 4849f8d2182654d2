import { RunningMoments, type Moments } from './running-moments.js';

const CLIP = 10;
const EPSILON = 1e-8;

/**
 * Divides rewards by the running standard deviation of the discounted return R ← γ R + r of every environment, clipped at
 * ±10, as Stable-Baselines3's VecNormalize. Rewards are scaled, never shifted, so the best policy stays the best.
 */
export class RewardScaler {
  readonly #moments = new RunningMoments(1);
  readonly #returns: Float64Array;

  constructor(
    readonly numEnvs: number,
    readonly gamma: number,
    readonly enabled: boolean,
  ) {
    this.#returns = new Float64Array(numEnvs);
  }

  /**
   * @param rewards `[numEnvs]` of one step
   * @param ends `[numEnvs]`: 1 where the step ended its episode
   * @param scaled written from `at` on
   */
  step(rewards: Float64Array, ends: Uint8Array, scaled: Float64Array, at: number): void {
    if (!this.enabled) {
      scaled.set(rewards, at);
      return;
    }
    const returns = this.#returns;
    for (let env = 0; env < this.numEnvs; env++) returns[env] = this.gamma * returns[env] + rewards[env];
    this.#moments.update(returns, this.numEnvs);
    const deviation = Math.sqrt(this.#moments.variance[0] + EPSILON);
    for (let env = 0; env < this.numEnvs; env++) {
      const value = rewards[env] / deviation;
      scaled[at + env] = value > CLIP ? CLIP : value < -CLIP ? -CLIP : value;
      if (ends[at + env] === 1) returns[env] = 0;
    }
  }

  snapshot(): { moments: Moments; returns: number[] } {
    return { moments: this.#moments.snapshot(), returns: [...this.#returns] };
  }

  restore(snapshot: { moments: Moments; returns: readonly number[] }): void {
    this.#moments.restore(snapshot.moments);
    this.#returns.set(snapshot.returns);
  }
}
