import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const learnerSchema = z.strictObject({
  name: z.string(),
  algorithm: z.enum(['ppo', 'cem']).default('ppo'),
  seeds: z.array(z.int().nonnegative()).min(1),
  /** Features it observes; the scenario's if missing. */
  observation: z.array(z.string()).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
});

const experimentSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  question: z.string(),
  scenario: z.string(),
  set: z.record(z.string(), z.unknown()).default({}),
  evaluation: z.strictObject({ seed: z.int().nonnegative(), episodes: z.int().positive() }),
  /** Distance between the fixed splits on each axis. */
  grid: z.number().positive().max(1),
  /** Episodes that the best fixed split of each phase is chosen on; no oracle if missing. */
  oracle: z.strictObject({ episodes: z.int().positive() }).optional(),
  rules: z.array(z.string()).default([]),
  /** Steps per window of the traces that the figure over time shows; none if missing. */
  traceSteps: z.int().positive().optional(),
  learners: z.array(learnerSchema),
});

const fileSchema = z.strictObject({
  validation: z.strictObject({ episodes: z.int().positive(), everySteps: z.int().positive() }),
  experiments: z.array(experimentSchema).min(1),
  quick: z.strictObject({ episodes: z.int().positive(), steps: z.int().positive(), grid: z.number() }),
});

export type Experiment = z.output<typeof experimentSchema>;
export type BeyondFile = z.output<typeof fileSchema>;

/** The experiments as data, in full or in quick form. @throws InvalidInputError with every problem */
export function readBeyondFile(quick: boolean): BeyondFile {
  const data = readStudy('metalore-beyond', fileSchema);
  if (!quick) return data;
  const { episodes, steps, grid } = data.quick;
  return {
    ...data,
    experiments: data.experiments.map((experiment) => ({
      ...experiment,
      grid,
      evaluation: { ...experiment.evaluation, episodes },
      learners: experiment.learners.map((learner) => ({
        ...learner,
        seeds: learner.seeds.slice(0, 1),
        options: { ...learner.options, totalTimesteps: steps },
      })),
    })),
  };
}
