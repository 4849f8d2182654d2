import { checkKind, kindOf } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import type { Recorded } from '../../submetaverse/traces.js';
import { contractProblem } from './contract.js';
import { PROBLEM_KINDS, type LearningProblem, type ProblemKind, type ProblemView } from './problem.js';
import { providerProblem } from './provider.js';
import { submetaverseProblem } from './submetaverse.js';

export {
  PROBLEM_KINDS,
  type LearningProblem,
  type ProblemKind,
  type ProblemView,
  type ShownMode,
} from './problem.js';

/** What may be said about how a problem is shown, by kind. */
const VIEWS: Readonly<Record<ProblemKind, readonly (keyof ProblemView)[]>> = {
  submetaverse: [],
  contract: ['head', 'blind'],
  provider: ['mask'],
};

/**
 * What a document describes, as something to learn.
 *
 * @param document a scenario, or a drawn instance of a kind in {@link PROBLEM_KINDS}
 * @param recorded what a scenario plays of recorded data
 * @throws InvalidInputError with every problem, and a view that its kind has not
 */
export function learningProblem(
  document: unknown,
  view: ProblemView = {},
  recorded?: Recorded,
): LearningProblem {
  const kind = problemKind(document);
  const strange = Object.keys(view).filter((name) => !VIEWS[kind].includes(name as keyof ProblemView));
  if (strange.length > 0) {
    const message = `is not an option of ${kind}; its options: ${VIEWS[kind].join(', ') || 'none'}`;
    throw new InvalidInputError(
      'option',
      strange.map((name) => ({ path: `--${name}`, message })),
    );
  }
  if (kind === 'contract') return contractProblem(document, view);
  return kind === 'provider' ? providerProblem(document, view) : submetaverseProblem(document, recorded);
}

/** The kind of a document; a scenario without one is a sub-metaverse. */
export function problemKind(document: unknown): ProblemKind {
  checkKind(document, PROBLEM_KINDS, 'training input');
  return (kindOf(document) ?? 'submetaverse') as ProblemKind;
}
