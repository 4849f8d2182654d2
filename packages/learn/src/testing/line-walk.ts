import { EnvironmentArrays, type DiscreteSpace } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { createActor } from '../policy-file/actor.js';
import type { PolicyDocument } from '../policy-file/document.js';

const STATES = 10;
const STEPS = 40;
const SLIP = 0.1;
/** What the two ends pay; the far one is worth the walk from most states, but not from all. */
const ENDS = [0.6, 1] as const;

/**
 * Ten states in a line, actions left and right, one in ten steps the other way. The two ends terminate and pay; after 40
 * steps an episode is truncated. Observed is the state, one-hot; episodes start anywhere between the ends.
 */
export class LineWalk extends EnvironmentArrays<DiscreteSpace, 'reward' | 'length'> {
  readonly actionMasks?: Uint8Array;
  readonly #states: Int32Array;
  readonly #steps: Int32Array;
  #stream = new RandomStream(0, 'line-walk');

  /** @param masked a third action, which ends the episode with −1, stands in the space and is masked everywhere */
  constructor(numEnvs: number, masked = false) {
    const names = ['left', 'right', ...(masked ? ['fall'] : [])];
    super({
      numEnvs,
      observationSpace: {
        size: STATES,
        names: Array.from({ length: STATES }, (_, s) => `state ${s}`),
        low: new Float64Array(STATES),
        high: new Float64Array(STATES).fill(1),
      },
      actionSpace: { n: names.length, names },
      metrics: ['reward', 'length'],
    });
    if (masked) this.actionMasks = Uint8Array.from({ length: 3 * numEnvs }, (_, at) => (at % 3 < 2 ? 1 : 0));
    this.#states = new Int32Array(numEnvs);
    this.#steps = new Int32Array(numEnvs);
  }

  reset(seed: number, firstEpisode = 0): void {
    this.#stream = new RandomStream(seed, 'line-walk', firstEpisode);
    for (let env = 0; env < this.numEnvs; env++) this.#begin(env);
  }

  #begin(env: number): void {
    this.#states[env] = 1 + this.#stream.integer(STATES - 2);
    this.#steps[env] = 0;
    this.#observe(this.observations, env);
  }

  #observe(target: Float64Array, env: number): void {
    target.fill(0, env * STATES, (env + 1) * STATES);
    target[env * STATES + this.#states[env]] = 1;
  }

  step(actions: Float64Array | Float32Array): void {
    for (let env = 0; env < this.numEnvs; env++) {
      const way = (actions[env] === 1) === this.#stream.uniform() >= SLIP ? 1 : -1;
      this.#states[env] += way;
      const state = this.#states[env];
      const falls = actions[env] === 2;
      const isEnd = state === 0 || state === STATES - 1;
      this.#steps[env]++;
      this.rewards[env] = falls ? -1 : isEnd ? ENDS[state === 0 ? 0 : 1] : 0;
      this.terminated[env] = falls || isEnd ? 1 : 0;
      this.truncated[env] = this.terminated[env] === 0 && this.#steps[env] >= STEPS ? 1 : 0;
      if (this.terminated[env] === 1 || this.truncated[env] === 1) {
        this.finalMetrics.length[env] = this.#steps[env];
        this.finalMetrics.reward[env] = this.rewards[env];
        this.#observe(this.finalObservations, env);
        this.#begin(env);
      } else this.#observe(this.observations, env);
    }
  }

  snapshot(): unknown {
    const { observations } = this;
    return {
      observations: [...observations],
      states: [...this.#states],
      steps: [...this.#steps],
      stream: this.#stream.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { observations: number[]; states: number[]; steps: number[]; stream: number[] };
    this.observations.set(state.observations);
    this.#states.set(state.states);
    this.#steps.set(state.steps);
    this.#stream.restore(state.stream);
  }
}

/**
 * Exact Q(s, a) of the inner states by value iteration, `[8][2]`.
 *
 * @param alpha weight of the entropy: 0 for the optimum, else V(s) = α ln Σ_a e^{Q(s, a)/α}
 */
export function lineValues(gamma: number, alpha = 0): number[][] {
  const value = (q: readonly number[]) => {
    const most = Math.max(...q);
    return alpha === 0
      ? most
      : most + alpha * Math.log(q.reduce((sum, x) => sum + Math.exp((x - most) / alpha), 0));
  };
  let q = Array.from({ length: STATES - 2 }, () => [0, 0]);
  for (let sweep = 0; sweep < 2000; sweep++) {
    const worth = (s: number) => (s === 0 ? ENDS[0] : s === STATES - 1 ? ENDS[1] : gamma * value(q[s - 1]));
    q = q.map((_, k) => {
      const [left, right] = [worth(k), worth(k + 2)];
      return [(1 - SLIP) * left + SLIP * right, (1 - SLIP) * right + SLIP * left];
    });
  }
  return q;
}

/** What DQN and SAC learn it with. */
export const LINE_SETTINGS = {
  totalTimesteps: 4000,
  learningStarts: 200,
  batchSize: 64,
  learningRate: 2e-3,
  gamma: 0.9,
  tau: 0.02,
  netArch: [32],
};

/** Actions of a policy in the eight inner states. @param mask of the actions that may be taken */
export function lineActions(document: PolicyDocument, mask?: readonly number[]): number[] {
  const actor = createActor(document);
  const action = new Float64Array(1);
  return Array.from({ length: STATES - 2 }, (_, k) => {
    actor.act(lineState(k), 0, action, 0, undefined, mask);
    return action[0];
  });
}

/** The best action in every inner state. */
export function lineOptimum(gamma: number): number[] {
  return lineValues(gamma).map(([left, right]) => (right > left ? 1 : 0));
}

/** The one-hot observation of an inner state. */
export function lineState(k: number): Float64Array {
  const observation = new Float64Array(STATES);
  observation[k + 1] = 1;
  return observation;
}
