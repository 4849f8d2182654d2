/** A box of real vectors: the space of observations or of actions. */
export interface BoxSpace {
  /** Number of components. */
  readonly size: number;
  /** `Float64Array [size]`, −Infinity where unbounded. */
  readonly low: Float64Array;
  /** `Float64Array [size]`, Infinity where unbounded. */
  readonly high: Float64Array;
  /** A name for every component, with its unit. */
  readonly names: readonly string[];
}

/** A finite set of actions, numbered from 0. */
export interface DiscreteSpace {
  /** How many there are, ≥ 1. */
  readonly n: number;
  /** A name for every action. */
  readonly names: readonly string[];
}

export type ActionSpace = BoxSpace | DiscreteSpace;

/** What {@link Environment.step} returns, as Gymnasium's. */
export interface StepResult<Info> {
  readonly observation: Float64Array;
  readonly reward: number;
  /** The task itself ended: never in a sub-metaverse, which has no final state. */
  readonly terminated: boolean;
  /** The episode reached its last step. */
  readonly truncated: boolean;
  readonly info: Info;
}

/** One environment under Gymnasium's contract. Returned observations are copies. */
export interface Environment<Info> {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  /** Starts an episode; with a seed, its first. Without one, the next episode of the same seed. */
  reset(options?: { seed?: number }): { observation: Float64Array; info: Info };
  /** @param action `[actionSpace.size]`; clipped to the space, and clipping is counted in `info` */
  step(action: ArrayLike<number>): StepResult<Info>;
}

/**
 * `numEnvs` environments stepped together over typed arrays that are allocated once and overwritten by every call.
 *
 * Autoreset is `same-step` (Gymnasium's name): when an episode ends, the step that ends it already holds the next
 * episode's first observation in `observations`, and the last observation of the ended one in `finalObservations`.
 */
export interface VectorEnvironment<Actions extends ActionSpace = BoxSpace> {
  readonly numEnvs: number;
  /** Rows that play one world between them, as its cells where each acts for itself: its reward is their sum. Missing: 1. */
  readonly rowsPerWorld?: number;
  readonly autoreset: 'same-step';
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Actions;
  /**
   * `Uint8Array [numEnvs × n]`: 1 where an action of a discrete space may be taken on `observations`, at least one in every
   * row. Missing: all may.
   */
  readonly actionMasks?: Uint8Array;
  /** What a critic may see beside: other features of the same state; size 0 when none were asked for. */
  readonly criticSpace: BoxSpace;
  /** `Float64Array [numEnvs × observationSpace.size]`, row-major. */
  readonly observations: Float64Array;
  /** `Float64Array [numEnvs × criticSpace.size]`, row-major. */
  readonly criticObservations: Float64Array;
  /** Valid in rows whose `truncated` or `terminated` is 1. Same layout as `observations`. */
  readonly finalObservations: Float64Array;
  /** Same layout as `criticObservations`. */
  readonly finalCriticObservations: Float64Array;
  /** `Float64Array [numEnvs]`. */
  readonly rewards: Float64Array;
  /** `Uint8Array [numEnvs]`. */
  readonly terminated: Uint8Array;
  /** `Uint8Array [numEnvs]`. */
  readonly truncated: Uint8Array;
  /**
   * Episode metrics of the environments whose episode ended in this step, by name, `Float64Array [numEnvs]`:
   * `reward`, `length`, `aosi`, `aori`, `served`, `late`, and the mean splits.
   */
  readonly finalMetrics: Readonly<Record<string, Float64Array>>;
  /** Starts episode number `firstEpisode + i` of `seed` in environment i; each environment then goes on in steps of `numEnvs`. */
  reset(seed: number, firstEpisode?: number): void;
  /**
   * @param actions `[numEnvs × actionSpace.size]`, row-major, clipped to the space; numbers of actions, `[numEnvs]`, where it
   *   is discrete
   */
  step(actions: Float64Array | Float32Array): void;
  /** The whole state as plain serialisable data. */
  snapshot(): unknown;
  restore(snapshot: unknown): void;
}
