import {
  CONTRACT_METHODS,
  drawState,
  instanceOfState,
  parseDrawnContract,
  solveContract,
  stateSize,
} from '@metalore/core/contract';
import type { ContractItem } from '@metalore/core/contract';
import { RandomStream } from '@metalore/core/random';
import { z } from 'zod';
import { loadContractInstance } from '../../contract/load.js';
import { policySolution } from '../../contract/policy.js';
import { readStudy } from '../../study/read-study.js';
import {
  learnerSchema,
  trainLearner,
  UNSEEN_SEED,
  type LearningRow,
  type LearningRun,
} from '../comparison/run.js';

const scale = z.strictObject({
  states: z.int().positive().describe('unseen states'),
  validation: z.strictObject({ everySteps: z.int().positive(), episodes: z.int().positive() }),
  learners: z.array(learnerSchema).min(1),
});

const schema = z.strictObject({
  types: z.int().positive(),
  full: scale,
  quick: scale,
  paper: z.record(z.string(), z.number()),
});

/** `studies/contract-learners.yaml`. */
export type ContractLearnersData = z.output<typeof schema>;

export function readStudyData(): ContractLearnersData {
  return readStudy('contract-learners', schema);
}

/** A training, or the menus that need none on the same states. */
export type ContractLearnersCell =
  | ({ readonly kind: 'training' } & LearningRun)
  | { readonly kind: 'methods'; readonly document: unknown; readonly states: number };

export function contractLearnersCells(data: ContractLearnersData, quick: boolean): ContractLearnersCell[] {
  const { states, validation, learners } = quick ? data.quick : data.full;
  const document = { kind: 'contract', seed: 0, types: data.types };
  return [
    { kind: 'methods', document, states },
    ...learners.flatMap((learner) =>
      learner.seeds.map((seed) => ({
        ...{ kind: 'training' as const, name: learner.name, learner, seed, document, validation },
        metric: 'share',
        episodes: states,
      })),
    ),
  ];
}

/** An item of a menu for the example `contract-reference`. */
export interface MenuRow {
  readonly kind: 'menu';
  readonly name: string;
  readonly seed: number;
  readonly type: number;
  readonly mbit: number;
  readonly payment: number;
}

export type ContractLearnersRow = LearningRow | MenuRow;

export function runContractLearnersCell(cell: ContractLearnersCell): ContractLearnersRow[] {
  const reference = loadContractInstance('contract-reference');
  if (cell.kind === 'methods') {
    const { menu } = solveContract(reference, 'optimal');
    return [...methodRows(cell.document, cell.states), ...menuRows('optimal', 0, menu)];
  }
  const { rows, policy } = trainLearner(cell);
  return [...rows, ...menuRows(cell.name, cell.seed, policySolution(reference, policy).menu)];
}

function menuRows(name: string, seed: number, menu: readonly (ContractItem | null)[]): MenuRow[] {
  return menu.map((item, type) => {
    return { kind: 'menu', name, seed, type, mbit: item?.mbit ?? 0, payment: item?.payment ?? 0 };
  });
}

/** What the methods make of the states that the learners are judged on. */
function methodRows(document: unknown, states: number): LearningRow[] {
  const { distribution } = parseDrawnContract(document);
  const state = new Float64Array(stateSize(distribution.types));
  const stream = new RandomStream(UNSEEN_SEED, 'contract-state');
  return Array.from({ length: states }, (_, episode) => {
    drawState(distribution, UNSEEN_SEED, episode, stream, state);
    const instance = instanceOfState(distribution, state);
    return CONTRACT_METHODS.map((method): LearningRow => {
      const { utility, share } = solveContract(instance, method);
      return {
        kind: 'episode',
        name: method,
        seed: 0,
        episode,
        metrics: { reward: utility, share: share ?? NaN },
      };
    });
  }).flat();
}
