import {
  CONTRACT_METHODS,
  ContractEnvironment,
  drawContractInstance,
  parseDrawnContract,
  solveContract,
} from '@metalore/core/contract';
import { GradientAscent } from '@metalore/learn/gradient';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';
import { policySolution } from '../policy.js';

const gradient = z.strictObject({
  seeds: z.array(z.int().nonnegative()).min(1),
  timesteps: z.int().positive(),
  states: z.int().positive(),
});

const schema = z.strictObject({
  states: z.int().positive(),
  quickStates: z.int().positive(),
  types: z.array(z.int().positive()).min(1),
  gradient,
  quickGradient: gradient,
  independent: z.record(z.string(), z.array(z.number()).min(1)),
  paper: z.record(z.string(), z.number()),
});

/** `studies/contract.yaml`. */
export type ContractStudyData = z.output<typeof schema>;

export function readStudyData(): ContractStudyData {
  return readStudy('contract', schema);
}

/** Seeds of the states that everything is evaluated on; training draws from its own. */
const FIRST_STATE = 1_000_000;
const TYPES = 4;
const BATCH = 256;

/** The methods on drawn states, or a training of the true gradient and its menus on drawn states. */
export interface ContractCell {
  readonly types: number;
  readonly states: number;
  readonly training: { readonly seed: number; readonly timesteps: number } | null;
}

/** A method's menu for one state. */
export interface ContractRow {
  readonly method: string;
  readonly types: number;
  /** Seed of the training; 0 for methods that need none. */
  readonly seed: number;
  readonly state: number;
  readonly utility: number;
  /** Utility over the optimum's; null where that is 0. */
  readonly share: number | null;
}

export function contractCells(data: ContractStudyData, quick: boolean): ContractCell[] {
  const states = quick ? data.quickStates : data.states;
  const { seeds, timesteps, states: unseen } = quick ? data.quickGradient : data.gradient;
  return [
    ...data.types.map((types) => ({ types, states, training: null })),
    ...seeds.map((seed) => ({ types: TYPES, states: unseen, training: { seed, timesteps } })),
  ];
}

export function runContractCell({ types, states, training }: ContractCell): ContractRow[] {
  const instances = Array.from({ length: states }, (_, k) =>
    drawContractInstance({ seed: FIRST_STATE + k, types }),
  );
  if (training === null) {
    return instances.flatMap((instance, state) =>
      CONTRACT_METHODS.map((method) => {
        const { utility, share } = solveContract(instance, method);
        return { method, types, seed: 0, state, utility, share };
      }),
    );
  }
  const { seed, timesteps } = training;
  const { distribution } = parseDrawnContract({ seed: 0, types });
  const environment = new ContractEnvironment(distribution, {
    numEnvs: BATCH,
    head: 'structured',
    withGradients: true,
  });
  const learner = new GradientAscent(environment, { totalTimesteps: timesteps }, seed);
  while (learner.timesteps < learner.totalTimesteps) learner.iterate();
  const policy = learner.policy();
  return instances.map((instance, state) => {
    const { utility, share } = policySolution(instance, policy);
    return { method: 'gradient', types, seed, state, utility, share };
  });
}
