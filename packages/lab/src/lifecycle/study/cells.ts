import { REPUTATION_DEFAULTS, simulateSelection } from '@metalore/core/lifecycle';
import type { SelectionProtocol } from '@metalore/core/lifecycle';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const rule = z.enum(['softmax', 'highest', 'traditional', 'random', 'demo', 'demo-reseeded']);
const probabilities = z.array(z.number().min(0).max(1)).min(1);
const positive = z.int().positive();

const schema = z.strictObject({
  seeds: positive,
  quickSeeds: positive,
  producers: positive,
  rounds: positive,
  randomRounds: positive,
  servedPerRound: z.number().positive(),
  figure15: z.strictObject({ success: probabilities, lazyFrom: positive }),
  figure16: z.strictObject({ success: probabilities, rules: z.array(rule).min(1) }),
  temperatures: z.array(z.number().positive()),
  providers: z.array(positive),
  providerRuns: positive.describe('seeds times providers, about'),
  colluders: z.array(z.int().nonnegative()),
  independent: z.strictObject({
    figure15: z.record(z.string(), z.array(z.number())),
    figure16: z.record(z.string(), z.array(z.number())),
  }),
});

/** `studies/lifecycle.yaml`. */
export type LifecycleStudyData = z.output<typeof schema>;

export function readStudyData(): LifecycleStudyData {
  return readStudy('lifecycle', schema);
}

/** Most providers of the quick form. */
const QUICK_PROVIDERS = 100;

/** Runs of one protocol that differ in their seeds. */
export interface LifecycleCell {
  readonly group: 'figure15' | 'figure16' | 'temperature' | 'providers' | 'collusion';
  readonly rule: SelectionProtocol['rule'];
  /** Temperature, number of providers or of colluders; 0 elsewhere. */
  readonly x: number;
  readonly seeds: number;
  readonly protocol: Omit<SelectionProtocol, 'seed' | 'rule'>;
}

/** One run. */
export interface LifecycleRow {
  readonly group: string;
  readonly rule: string;
  readonly x: number;
  readonly seed: number;
  readonly jain: number;
  readonly meanWaitRounds: number;
  readonly succeeded: number;
  /** Shares of the tasks, largest first. */
  readonly shares: readonly number[];
  /** Mean reputation of the first three providers after each round; figure 15 alone. */
  readonly reputation: readonly (readonly number[])[];
}

export function lifecycleCells(data: LifecycleStudyData, quick: boolean): LifecycleCell[] {
  const { producers, rounds, randomRounds, servedPerRound, figure15, figure16 } = data;
  const seeds = quick ? data.quickSeeds : data.seeds;
  const base = { producers, rounds, randomRounds, servedPerRound, success: figure16.success };
  const cell = (
    group: LifecycleCell['group'],
    name: LifecycleCell['rule'],
    x: number,
    change: Partial<LifecycleCell['protocol']> = {},
  ): LifecycleCell => ({ group, rule: name, x, seeds, protocol: { ...base, ...change } });
  const spread = (count: number): number[] =>
    Array.from({ length: count }, (_, k) => 0.9 - (0.1 * k) / Math.max(1, count - 1));
  return [
    cell('figure15', 'softmax', 0, { ...figure15 }),
    ...figure16.rules.map((name) => cell('figure16', name, 0)),
    ...data.temperatures.map((temperature) =>
      cell('temperature', 'softmax', temperature, { parameters: { ...REPUTATION_DEFAULTS, temperature } }),
    ),
    // a thousand takes a minute a run
    ...data.providers
      .filter((count) => !quick || count <= QUICK_PROVIDERS)
      .flatMap((count) =>
        (['traditional', 'softmax'] as const).map((name) => ({
          // as many tasks per provider whatever their number
          ...cell('providers', name, count, { producers: count, success: spread(count) }),
          // a run of many tells as much as several of few
          seeds: Math.min(seeds, Math.max(5, Math.round(data.providerRuns / count))),
        })),
      ),
    ...data.colluders.map((colluders) =>
      cell('collusion', 'softmax', colluders, {
        producers: 6 + colluders,
        collusion: { producers: colluders, praised: 2, blamed: 0, reportsPerRound: 1, value: 80 },
      }),
    ),
  ];
}

export function runLifecycleCell({ group, rule: name, x, seeds, protocol }: LifecycleCell): LifecycleRow[] {
  const providers = protocol.success.length;
  return Array.from({ length: seeds }, (_, index) => {
    const seed = index + 1;
    const { reputation, tasks, jain, meanWaitRounds, succeeded } = simulateSelection({
      ...protocol,
      rule: name,
      seed,
    });
    const total = tasks.reduce((sum, count) => sum + count, 0);
    const rounds = group === 'figure15' ? protocol.rounds : 0;
    return {
      ...{ group, rule: name, x, seed, jain, meanWaitRounds, succeeded },
      shares:
        group === 'collusion'
          ? [...tasks].map((count) => count / total)
          : [...tasks].map((count) => count / total).sort((a, b) => b - a),
      reputation: Array.from({ length: rounds }, (_row, round) => [
        ...reputation.subarray(round * providers, round * providers + 3),
      ]),
    };
  });
}
