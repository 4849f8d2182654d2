import type { PolicyDocument } from '../policy-file/document.js';
import type { Learner, TrainingRecord } from './learner.js';

/** Something that looks on after every iteration. */
export interface Callback {
  /** Key of its state in a checkpoint. */
  readonly name: string;
  /**
   * @param record this iteration's metrics, which a callback may add to
   * @returns false to end the training after this iteration
   */
  onIteration(learner: Learner, record: Record<string, number>): boolean | void;
  /** State that a resumed training needs, as plain data. */
  snapshot?(): unknown;
  restore?(snapshot: unknown): void;
}

/** State of a training between two iterations: what a checkpoint file holds. */
export interface TrainingSnapshot {
  readonly learner: unknown;
  readonly callbacks: Readonly<Record<string, unknown>>;
}

/** A learner with its callbacks. */
export class Training {
  #stopped = false;

  constructor(
    readonly learner: Learner,
    readonly callbacks: readonly Callback[] = [],
  ) {}

  /** All steps are made, or a callback ended it. */
  get done(): boolean {
    return this.#stopped || this.learner.timesteps >= this.learner.totalTimesteps;
  }

  /** One iteration and its callbacks, in order. */
  iterate(): TrainingRecord {
    const record: Record<string, number> = { ...this.learner.iterate() };
    for (const callback of this.callbacks) {
      if (callback.onIteration(this.learner, record) === false) this.#stopped = true;
    }
    return record;
  }

  /** Iterates to the end. */
  run(): void {
    while (!this.done) this.iterate();
  }

  snapshot(): TrainingSnapshot & { stopped: boolean } {
    const callbacks: Record<string, unknown> = {};
    for (const callback of this.callbacks) {
      if (callback.snapshot !== undefined) callbacks[callback.name] = callback.snapshot();
    }
    return { learner: this.learner.snapshot(), callbacks, stopped: this.#stopped };
  }

  restore(snapshot: TrainingSnapshot & { stopped: boolean }): void {
    this.learner.restore(snapshot.learner);
    for (const callback of this.callbacks) callback.restore?.(snapshot.callbacks[callback.name]);
    this.#stopped = snapshot.stopped;
  }
}

interface BestState {
  next: number;
  score: number;
  sinceBest: number;
  policy: PolicyDocument | null;
}

/**
 * Evaluates the policy on validation episodes every so many steps and keeps the best: the policy that a training hands
 * out is chosen here, never on the episodes it is judged by. Stops early if asked to.
 */
export class BestPolicy implements Callback {
  readonly name = 'best';
  #state: BestState = { next: 0, score: -Infinity, sinceBest: 0, policy: null };

  /**
   * @param evaluate mean validation reward of a policy
   * @param everySteps environment steps between evaluations; the last iteration is always evaluated
   * @param patience evaluations without a better one after which training ends
   */
  constructor(
    readonly evaluate: (policy: PolicyDocument) => number,
    readonly everySteps: number,
    readonly patience = Infinity,
  ) {}

  /** The best policy so far and its score; null before the first evaluation. */
  get best(): { policy: PolicyDocument; score: number } | null {
    const { policy, score } = this.#state;
    return policy === null ? null : { policy, score };
  }

  onIteration(learner: Learner, record: Record<string, number>): boolean {
    const state = this.#state;
    const last = learner.timesteps >= learner.totalTimesteps;
    if (learner.timesteps < state.next && !last) return true;
    state.next = learner.timesteps + this.everySteps;
    const policy = learner.policy();
    const score = this.evaluate(policy);
    record['eval/mean_reward'] = score;
    if (score > state.score) Object.assign(state, { score, policy, sinceBest: 0 });
    else state.sinceBest++;
    record['eval/best_mean_reward'] = state.score;
    return state.sinceBest < this.patience;
  }

  snapshot(): unknown {
    return { ...this.#state, score: Number.isFinite(this.#state.score) ? this.#state.score : null };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as BestState & { score: number | null };
    this.#state = { ...state, score: state.score ?? -Infinity };
  }
}

/** Hands on every record: to a log, a progress line, a chart. */
export class OnRecord implements Callback {
  readonly name = 'record';
  constructor(readonly listen: (record: TrainingRecord, learner: Learner) => void) {}

  onIteration(learner: Learner, record: Record<string, number>): void {
    this.listen(record, learner);
  }
}
