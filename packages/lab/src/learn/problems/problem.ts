import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import type { DifferentiableEnvironment } from '@metalore/learn/gradient';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import type { EpisodeMetrics } from '@metalore/learn/training';

/** Systems that a policy can be trained on. */
export const PROBLEM_KINDS = ['submetaverse', 'contract', 'provider'] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** How a problem is shown to a learner, where its system leaves a choice. */
export interface ProblemView {
  /** `contract`: how an action becomes a menu; default structured. */
  readonly head?: 'structured' | 'raw';
  /** `contract`: zeros instead of the state. */
  readonly blind?: boolean;
  /** `provider`: mask the providers without room. */
  readonly mask?: boolean;
}

/** How a policy acts when it is shown: its mode, its draws, or the best of so many draws in its critics' eyes. */
export type ShownMode = 'deterministic' | 'stochastic' | number;

/** A system as something to learn: environments, how policies are judged, and what their episodes are measured by. */
export interface LearningProblem {
  readonly kind: ProblemKind;
  readonly name: string;
  /** The scenario or instance in full, as it was resolved. */
  readonly document: unknown;
  /** Names of what a policy observes. */
  readonly features: readonly string[];
  /** Metrics of {@link LearningProblem.evaluate} to show, with their titles and units. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Environments stepped together. @param criticFeatures what a critic sees beside, for a sub-metaverse */
  createEnvironment(numEnvs: number, criticFeatures?: readonly string[]): VectorEnvironment<ActionSpace>;
  /** Episodes 0 … `episodes` − 1 of `seed` under a trained policy. */
  evaluate(policy: PolicyDocument, seed: number, episodes: number, mode: ShownMode): EpisodeMetrics;
  /** Environments that also say how their rewards change with the actions; missing where there are none. */
  readonly createDifferentiable?: (numEnvs: number) => DifferentiableEnvironment;
  /** The best fixed action of a grid, by the first episodes of a training; missing where no grid is known. */
  readonly bestFixed?: (grid: readonly number[], episodes: number, seed: number) => number[];
}
