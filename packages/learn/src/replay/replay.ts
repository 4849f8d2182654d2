import { InvalidInputError } from '@metalore/core/errors';
import { exp, log } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { SumTree } from './sum-tree.js';

/** Added to every error, so that no transition is never drawn again (Schaul et al. 2016, sec. 3.3). */
const PRIORITY_FLOOR = 1e-6;

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
  /** α of draws in proportion to (|error| + 1e-6)^α, ≥ 0 (Schaul et al. 2016, eq. 1); 0, the default: uniform draws. */
  readonly priorityExponent?: number;
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
  /** What each row's loss is multiplied with: 1, or the weight that mends draws by priority. */
  readonly weights: Float32Array;
  /** |error| of each row, mean over the critics: left by an agent's update. */
  readonly errors: Float32Array;
  /** Where in the replay each row lies. */
  readonly places: Uint32Array;
}

/** Arrays for `rows` transitions of an observation and an action of these sizes. */
export function replayBatch(rows: number, observationSize: number, actionSize: number): ReplayBatch {
  return {
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * actionSize),
    returns: new Float32Array(rows),
    discounts: new Float32Array(rows),
    nextObservations: new Float32Array(rows * observationSize),
    weights: new Float32Array(rows).fill(1),
    errors: new Float32Array(rows),
    places: new Uint32Array(rows),
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
  /** Weight of every transition and the largest yet; missing where draws are uniform. */
  readonly priorities?: { readonly weights: readonly number[]; readonly largest: number };
}

/**
 * The last transitions of several environments in a ring of single-precision arrays, with n-step returns (Sutton 1988)
 * that stop where an episode ends: without a bootstrap where it terminated, with one from its last observation where it
 * was truncated. Draws are with replacement, uniform or by priority; neither storing nor drawing allocates.
 *
 * It takes 4 · (2 · observationSize + actionSize + 2) bytes per transition: 352 MB for a million of 42 observed numbers
 * and two actions. Priorities add 16 to 32.
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
  readonly #priorities: SumTree | undefined;
  /** A new transition's weight: the largest yet, so that each is drawn before long. */
  #largest = 1;

  /** @throws InvalidInputError a capacity or horizon that is no positive integer, a negative exponent */
  constructor(readonly options: ReplayOptions) {
    const { capacity, observationSize, actionSize, numEnvs, nSteps, priorityExponent = 0 } = options;
    const problems = Object.entries({ capacity, nSteps })
      .filter(([, value]) => !Number.isInteger(value) || value < 1)
      .map(([path, value]) => ({ path, message: `${value}: expected an integer of at least 1` }));
    if (!(priorityExponent >= 0 && priorityExponent < Infinity)) {
      problems.push({
        path: 'priorityExponent',
        message: `${priorityExponent}: expected a number of at least 0`,
      });
    }
    if (problems.length > 0) throw new InvalidInputError('replay options', problems);
    this.#stride = 2 * observationSize + actionSize + 2;
    this.#ring = new Float32Array(capacity * this.#stride);
    this.#observations = new Float32Array(numEnvs * nSteps * observationSize);
    this.#actions = new Float32Array(numEnvs * nSteps * actionSize);
    this.#rewards = new Float64Array(numEnvs * nSteps);
    this.#counts = new Uint32Array(numEnvs);
    if (priorityExponent > 0) this.#priorities = new SumTree(capacity);
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
    this.#priorities?.set(this.#next, this.#largest);
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

  /**
   * Fills the first `rows` rows of `batch`. The replay must hold a transition.
   *
   * @param importanceExponent β of the weights (size · P(i))^−β, over their largest in the batch (Schaul et al. 2016, sec.
   *   3.4), in [0, 1]: 1 mends draws by priority in full
   */
  sample(rows: number, stream: RandomStream, batch: ReplayBatch, importanceExponent = 0): void {
    if (this.#priorities === undefined) {
      for (let row = 0; row < rows; row++) batch.places[row] = stream.integer(this.size);
    } else this.#drawByPriority(this.#priorities, rows, stream, batch, importanceExponent);
    this.#gather(rows, batch);
  }

  #drawByPriority(
    tree: SumTree,
    rows: number,
    stream: RandomStream,
    batch: ReplayBatch,
    exponent: number,
  ): void {
    let largest = 0;
    for (let row = 0; row < rows; row++) {
      const place = tree.find(stream.uniform() * tree.total);
      const weight = exp(-exponent * log((this.size * tree.get(place)) / tree.total));
      batch.places[row] = place;
      batch.weights[row] = weight;
      if (weight > largest) largest = weight;
    }
    for (let row = 0; row < rows; row++) batch.weights[row] = batch.weights[row] / largest;
  }

  /** One column after the other: the loads of many rows are on their way at once. */
  #gather(rows: number, batch: ReplayBatch): void {
    const { observationSize, actionSize } = this.options;
    const { places } = batch;
    const ring = this.#ring;
    const stride = this.#stride;
    const nextAt = observationSize + actionSize;
    for (let row = 0; row < rows; row++) {
      copy(ring, places[row] * stride, batch.observations, row * observationSize, observationSize);
    }
    for (let row = 0; row < rows; row++) {
      copy(ring, places[row] * stride + observationSize, batch.actions, row * actionSize, actionSize);
    }
    for (let row = 0; row < rows; row++) {
      copy(
        ring,
        places[row] * stride + nextAt,
        batch.nextObservations,
        row * observationSize,
        observationSize,
      );
    }
    for (let row = 0; row < rows; row++) {
      const at = places[row] * stride + nextAt + observationSize;
      batch.returns[row] = ring[at];
      batch.discounts[row] = ring[at + 1];
    }
  }

  /** Takes the errors of a batch that was drawn from here as the priorities of its transitions. */
  reprioritise(rows: number, { places, errors }: ReplayBatch): void {
    const tree = this.#priorities;
    if (tree === undefined) return;
    const { priorityExponent = 0 } = this.options;
    for (let row = 0; row < rows; row++) {
      const weight = exp(priorityExponent * log(errors[row] + PRIORITY_FLOOR));
      tree.set(places[row], weight);
      if (weight > this.#largest) this.#largest = weight;
    }
  }

  snapshot(): ReplaySnapshot {
    const { size } = this;
    const tree = this.#priorities;
    return {
      size,
      next: this.#next,
      transitions: [...this.#ring.subarray(0, size * this.#stride)],
      pendingObservations: [...this.#observations],
      pendingActions: [...this.#actions],
      pendingRewards: [...this.#rewards],
      pendingCounts: [...this.#counts],
      ...(tree && {
        priorities: { weights: Array.from({ length: size }, (_, i) => tree.get(i)), largest: this.#largest },
      }),
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
    snapshot.priorities?.weights.forEach((weight, i) => this.#priorities?.set(i, weight));
    this.#largest = snapshot.priorities?.largest ?? 1;
  }
}

function copy(source: Float32Array, from: number, target: Float32Array, to: number, count: number): void {
  for (let k = 0; k < count; k++) target[to + k] = source[from + k];
}
