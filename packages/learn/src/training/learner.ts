import type { PolicyDocument } from '../policy-file/document.js';

/** What an iteration of a learner reports: metric names with a group (`rollout/ep_rew_mean`) and finite numbers or NaN. */
export type TrainingRecord = Readonly<Record<string, number>>;

/** An algorithm in training: advanced iteration by iteration, stopped and resumed anywhere between two. */
export interface Learner {
  readonly algorithm: string;
  /** Environment steps made. */
  readonly timesteps: number;
  /** Environment steps to be made in all. */
  readonly totalTimesteps: number;
  /** One iteration: a rollout and its update, or a generation. */
  iterate(): TrainingRecord;
  /** The policy as it stands, statistics frozen. */
  policy(): PolicyDocument;
  /** Everything that the next iterations depend on, as plain data. */
  snapshot(): unknown;
  restore(snapshot: unknown): void;
}
