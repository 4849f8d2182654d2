import { InvalidInputError } from '@metalore/core/errors';
import type { RandomStream } from '@metalore/core/random';

/** Sizes and horizon of a {@link Replay}. */
export interface ReplayOptions {
  /** Transitions kept; the oldest are overwritten. */
  readonly capacity: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly numEnvs: number;
  /** Steps whose rewards a transition sums, ≥ 1. */
  readonly nSteps: number;
  /** Discount per step, in [0, 1]. */
  readonly gamma: number;
}

/** Transitions drawn from a {@link Replay}, in rows. */
export interface ReplayBatch {
  /** `[rows × observationSize]`. */
  readonly observations: Float32Array;
  /** `[rows × actionSize]`. */
  readonly actions: Float32Array;
  /** Σ_{k < m} γᵏ r_k over the m ≤ nSteps steps of the transition. */
  readonly returns: Float32Array;
  /** What the value of `nextObservations` is weighted with: γᵐ, or 0 where the task itself ended. */
  readonly discounts: Float32Array;
  /** `[rows × observationSize]`. */
  readonly nextObservations: Float32Array;
}

/** Arrays for `rows` transitions of an observation and an action of these sizes. */
export function replayBatch(rows: number, observationSize: number, actionSize: number): ReplayBatch {
  return {
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * actionSize),
    returns: new Float32Array(rows),
    discounts: new Float32Array(rows),
    nextObservations: new Float32Array(rows * observationSize),
  };
}

/** State of a {@link Replay} as plain data. */
export interface ReplaySnapshot {
  readonly size: number;
  readonly next: number;
  /** Transitions one after the other, as the ring holds them. */
  readonly transitions: readonly number[];
  readonly pendingObservations: readonly number[];
  readonly pendingActions: readonly number[];
  readonly pendingRewards: readonly number[];
  readonly pendingCounts: readonly number[];
}

/**
 * The last transitions of several environments in a ring of single-precision arrays, with n-step returns (Sutton 1988)
 * that stop where an episode ends: without a bootstrap where it terminated, with one from its last observation where it
 * was truncated. Draws are uniform with replacement; neither storing nor drawing allocates.
 *
 * It takes 4 · (2 · observationSize + actionSize + 2) bytes per transition: 352 MB for a million of 42 observed numbers
 * and two actions.
 */
export class Replay {
  /** Transitions that can be drawn now. */
  size = 0;
  #next = 0;
  /**
   * `[capacity × stride]`, one transition after the other (observation, action, next observation, return, discount), so that
   * a draw touches one place of a memory much larger than the caches.
   */
  readonly #ring: Float32Array;
  readonly #stride: number;
  /** The last steps of every environment that still wait for rewards, oldest first, `[numEnvs × nSteps × …]`. */
  readonly #observations: Float32Array;
  readonly #actions: Float32Array;
  readonly #rewards: Float64Array;
  readonly #counts: Uint32Array;

  /** @throws InvalidInputError a capacity or horizon that is no positive integer */
  constructor(readonly options: ReplayOptions) {
    const { capacity, observationSize, actionSize, numEnvs, nSteps } = options;
    const problems = Object.entries({ capacity, nSteps })
      .filter(([, value]) => !Number.isInteger(value) || value < 1)
      .map(([path, value]) => ({ path, message: `${value}: expected an integer of at least 1` }));
    if (problems.length > 0) throw new InvalidInputError('replay options', problems);
    this.#stride = 2 * observationSize + actionSize + 2;
    this.#ring = new Float32Array(capacity * this.#stride);
    this.#observations = new Float32Array(numEnvs * nSteps * observationSize);
    this.#actions = new Float32Array(numEnvs * nSteps * actionSize);
    this.#rewards = new Float64Array(numEnvs * nSteps);
    this.#counts = new Uint32Array(numEnvs);
  }

  /** Notes row `env` of what was observed and done; {@link Replay.finish} adds what came of it. */
  begin(env: number, observations: Float32Array, actions: Float32Array): void {
    const { observationSize, actionSize, nSteps } = this.options;
    const slot = env * nSteps + this.#counts[env];
    copy(observations, env * observationSize, this.#observations, slot * observationSize, observationSize);
    copy(actions, env * actionSize, this.#actions, slot * actionSize, actionSize);
    this.#rewards[slot] = 0;
    this.#counts[env]++;
  }

  /**
   * Adds the reward of the step begun last, and stores the transitions that are complete with it.
   *
   * @param nextObservations row `env` is what was observed after it: in an episode's last step, its last observation
   */
  finish(
    env: number,
    reward: number,
    nextObservations: Float32Array,
    terminated: boolean,
    truncated: boolean,
  ): void {
    const { nSteps, gamma } = this.options;
    const first = env * nSteps;
    const count = this.#counts[env];
    let discount = 1;
    for (let age = 0; age < count; age++) {
      this.#rewards[first + count - 1 - age] = this.#rewards[first + count - 1 - age] + discount * reward;
      discount *= gamma;
    }
    if (terminated || truncated) {
      for (let slot = 0; slot < count; slot++) {
        this.#store(first + slot, count - slot, nextObservations, env, terminated);
      }
      this.#counts[env] = 0;
    } else if (count === nSteps) {
      this.#store(first, nSteps, nextObservations, env, false);
      this.#dropOldest(env);
    }
  }

  #store(slot: number, steps: number, next: Float32Array, env: number, terminated: boolean): void {
    const { observationSize, actionSize, capacity, gamma } = this.options;
    const ring = this.#ring;
    const at = this.#next * this.#stride;
    const actionAt = at + observationSize;
    const nextAt = actionAt + actionSize;
    copy(this.#observations, slot * observationSize, ring, at, observationSize);
    copy(this.#actions, slot * actionSize, ring, actionAt, actionSize);
    copy(next, env * observationSize, ring, nextAt, observationSize);
    let discount = terminated ? 0 : 1;
    for (let k = 0; k < steps; k++) discount *= gamma;
    ring[nextAt + observationSize] = this.#rewards[slot];
    ring[nextAt + observationSize + 1] = discount;
    this.#next = this.#next + 1 === capacity ? 0 : this.#next + 1;
    if (this.size < capacity) this.size++;
  }

  #dropOldest(env: number): void {
    const { observationSize, actionSize, nSteps } = this.options;
    const first = env * nSteps;
    const end = first + nSteps;
    this.#observations.copyWithin(
      first * observationSize,
      (first + 1) * observationSize,
      end * observationSize,
    );
    this.#actions.copyWithin(first * actionSize, (first + 1) * actionSize, end * actionSize);
    this.#rewards.copyWithin(first, first + 1, end);
    this.#counts[env]--;
  }

  /** Fills the first `rows` rows of `batch`. The replay must hold a transition. */
  sample(rows: number, stream: RandomStream, batch: ReplayBatch): void {
    const { observationSize, actionSize } = this.options;
    const ring = this.#ring;
    for (let row = 0; row < rows; row++) {
      const at = stream.integer(this.size) * this.#stride;
      const actionAt = at + observationSize;
      const nextAt = actionAt + actionSize;
      copy(ring, at, batch.observations, row * observationSize, observationSize);
      copy(ring, actionAt, batch.actions, row * actionSize, actionSize);
      copy(ring, nextAt, batch.nextObservations, row * observationSize, observationSize);
      batch.returns[row] = ring[nextAt + observationSize];
      batch.discounts[row] = ring[nextAt + observationSize + 1];
    }
  }

  snapshot(): ReplaySnapshot {
    const { size } = this;
    return {
      size,
      next: this.#next,
      transitions: [...this.#ring.subarray(0, size * this.#stride)],
      pendingObservations: [...this.#observations],
      pendingActions: [...this.#actions],
      pendingRewards: [...this.#rewards],
      pendingCounts: [...this.#counts],
    };
  }

  restore(snapshot: ReplaySnapshot): void {
    this.size = snapshot.size;
    this.#next = snapshot.next;
    this.#ring.set(snapshot.transitions);
    this.#observations.set(snapshot.pendingObservations);
    this.#actions.set(snapshot.pendingActions);
    this.#rewards.set(snapshot.pendingRewards);
    this.#counts.set(snapshot.pendingCounts);
  }
}

function copy(source: Float32Array, from: number, target: Float32Array, to: number, count: number): void {
  for (let k = 0; k < count; k++) target[to + k] = source[from + k];
}
