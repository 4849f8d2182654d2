import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const run = z.strictObject({ seed: z.int().nonnegative(), episodes: z.int().positive() });

const learnerSchema = z.strictObject({
  name: z.string(),
  algorithm: z.enum(['ppo', 'cem']),
  /** ours: over the options that `metalore train` takes; library: over Stable-Baselines3's. */
  defaults: z.enum(['ours', 'library']).default('ours'),
  /** PPO starts from the best of a coarse grid of fixed splits. */
  warmStart: z.boolean().default(true),
  seeds: z.array(z.int().nonnegative()).min(1),
  /** Letters of the rewards it learns; all if missing. */
  at: z.array(z.string()).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

const ages = {
  aosi: z.number(),
  aosiStd: z.number(),
  aori: z.number(),
  aoriStd: z.number(),
  served: z.number(),
};

const studyFileSchema = z.strictObject({
  scenario: z.string(),
  evaluation: run,
  validation: z.strictObject({ episodes: z.int().positive(), everySteps: z.int().positive() }),
  rewards: z.array(z.strictObject({ letter: z.string(), eta: z.number(), c2: z.number() })).min(1),
  learners: z.array(learnerSchema).min(1),
  hypervolumeReference: z.strictObject({ aosi: z.number(), aori: z.number(), served: z.number() }),
  quick: z.strictObject({
    evaluation: run,
    rewards: z.array(z.string()).min(1),
    learners: z.array(learnerSchema).min(1),
  }),
  tableOne: z.strictObject({
    fixed: z.array(z.strictObject({ rhoC: z.number(), rhoP: z.number(), ...ages })),
    learned: z.array(z.strictObject({ letter: z.string(), ...ages })),
  }),
});

export type StudyFile = z.output<typeof studyFileSchema>;
export type LearnerEntry = z.output<typeof learnerSchema>;
export type RewardEntry = StudyFile['rewards'][number];

/** The study as data, in its full or its quick form. @throws InvalidInputError with every problem */
export function readStudyFile(quick: boolean): StudyFile {
  const study = readStudy('metalore', studyFileSchema);
  if (!quick) return study;
  return {
    ...study,
    evaluation: study.quick.evaluation,
    rewards: study.rewards.filter(({ letter }) => study.quick.rewards.includes(letter)),
    learners: study.quick.learners,
  };
}
