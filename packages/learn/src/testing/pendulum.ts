import { EnvironmentArrays, type BoxSpace } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';

const STEPS = 200;
const [GRAVITY, DT, MAX_SPEED, MAX_TORQUE] = [10, 0.05, 8, 2];

const box = (names: readonly string[], bounds: readonly number[]): BoxSpace => ({
  size: names.length,
  names,
  low: Float64Array.from(bounds, (bound) => -bound),
  high: Float64Array.from(bounds),
});

/**
 * Gymnasium's Pendulum-v1: swing a rod of 1 kg and 1 m up with at most 2 N·m. Observed are (cos θ, sin θ, θ'), the reward is
 * −(θ² + .1 θ'² + .001 u²), and an episode is truncated after 200 steps of .05 s.
 */
export class Pendulum extends EnvironmentArrays<BoxSpace, 'reward' | 'length'> {
  readonly #angle: Float64Array;
  readonly #speed: Float64Array;
  readonly #sum: Float64Array;
  readonly #episode: Int32Array;
  readonly #stream = new RandomStream(0, 'pendulum');
  #seed = 0;
  #step = 0;

  constructor(numEnvs: number) {
    const rows = () => new Float64Array(numEnvs);
    super({
      numEnvs,
      observationSpace: box(['cos', 'sin', 'speed rad/s'], [1, 1, MAX_SPEED]),
      actionSpace: box(['torque N m'], [MAX_TORQUE]),
      metrics: ['reward', 'length'],
    });
    this.finalMetrics.length.fill(STEPS);
    this.#angle = rows();
    this.#speed = rows();
    this.#sum = rows();
    this.#episode = new Int32Array(numEnvs);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.#seed = seed;
    for (let env = 0; env < this.numEnvs; env++) this.#begin(env, firstEpisode + env);
  }

  #begin(env: number, episode: number): void {
    this.#stream.restart(this.#seed, 'pendulum', episode);
    this.#episode[env] = episode;
    this.#angle[env] = Math.PI * (2 * this.#stream.uniform() - 1);
    this.#speed[env] = 2 * this.#stream.uniform() - 1;
    this.#sum[env] = 0;
    this.#step = 0;
    this.#observe(this.observations, env);
  }

  #observe(target: Float64Array, env: number): void {
    target[3 * env] = Math.cos(this.#angle[env]);
    target[3 * env + 1] = Math.sin(this.#angle[env]);
    target[3 * env + 2] = this.#speed[env];
  }

  step(actions: Float64Array | Float32Array): void {
    this.#step++;
    const ends = this.#step === STEPS;
    for (let env = 0; env < this.numEnvs; env++) {
      const torque = Math.max(-MAX_TORQUE, Math.min(MAX_TORQUE, actions[env]));
      const angle = this.#angle[env];
      const turned = angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
      const reward = -(turned ** 2 + 0.1 * this.#speed[env] ** 2 + 0.001 * torque ** 2);
      const speed = this.#speed[env] + (1.5 * GRAVITY * Math.sin(angle) + 3 * torque) * DT;
      this.#speed[env] = Math.max(-MAX_SPEED, Math.min(MAX_SPEED, speed));
      this.#angle[env] = angle + this.#speed[env] * DT;
      this.rewards[env] = reward;
      this.#sum[env] += reward;
      this.truncated[env] = ends ? 1 : 0;
      if (ends) {
        this.finalMetrics.reward[env] = this.#sum[env];
        this.#observe(this.finalObservations, env);
        this.#begin(env, this.#episode[env] + this.numEnvs);
      } else this.#observe(this.observations, env);
    }
  }

  snapshot(): unknown {
    const of = (values: Float64Array | Int32Array) => [...values];
    return {
      seed: this.#seed,
      step: this.#step,
      angle: of(this.#angle),
      speed: of(this.#speed),
      sum: of(this.#sum),
      episode: of(this.#episode),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as Record<'angle' | 'speed' | 'sum' | 'episode', number[]> &
      Record<'seed' | 'step', number>;
    this.#seed = state.seed;
    this.#step = state.step;
    this.#angle.set(state.angle);
    this.#speed.set(state.speed);
    this.#sum.set(state.sum);
    this.#episode.set(state.episode);
    for (let env = 0; env < this.numEnvs; env++) this.#observe(this.observations, env);
  }
}
