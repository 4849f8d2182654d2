import type { Opinion } from './opinion.js';
import type { ReputationInstance } from './reputation-instance.js';
import { ReputationModel, type ReputationMode } from './reputation-model.js';

/** What `metalore lifecycle` prints for a `kind: reputation` instance; every matrix is [producer][provider]. */
export interface ReputationSolution {
  /** Fused opinions. */
  readonly opinions: Opinion[][];
  readonly reputation: number[][];
  /** Probabilities; every row sums to 1. */
  readonly choice: number[][];
}

/** Opinions, reputation and choice of every producer at `instance.now`; interactions after it do not count. */
export function solveReputation(
  instance: ReputationInstance,
  mode: ReputationMode = 'mwsl',
): ReputationSolution {
  const { producers, providers, parameters, now, interactions } = instance;
  const model = new ReputationModel(producers, providers, parameters, now, mode);
  for (const interaction of interactions) model.record(interaction);
  const rows = Array.from({ length: producers }, (_, producer) => producer);
  const columns = Array.from({ length: providers }, (_, provider) => provider);
  return {
    opinions: rows.map((producer) => columns.map((provider) => model.opinion(producer, provider))),
    reputation: rows.map((producer) => columns.map((provider) => model.reputation(producer, provider))),
    choice: rows.map((producer) => [...model.choice(producer)]),
  };
}
