import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const worldSchema = z.strictObject({
  name: z.string(),
  scenario: z.string(),
  set: z.record(z.string(), z.unknown()).default({}),
});

const learnerSchema = z.strictObject({
  name: z.string(),
  recipe: z.enum(['plain-cem', 'adaptive', 'adaptive-ppo']),
  /** A scenario by name, or each of its worlds for itself. */
  trainedOn: z.union([z.literal('own'), worldSchema]),
  /** Worlds that its policies are shown in, by name. */
  worlds: z.array(z.string()).min(1),
  seeds: z.array(z.int().nonnegative()).min(1),
  /** A rival, that the others are held against. */
  rival: z.boolean().default(false),
  options: z.record(z.string(), z.unknown()).default({}),
});

const fileSchema = z.strictObject({
  evaluation: z.strictObject({ seed: z.int().nonnegative(), episodes: z.int().positive() }),
  validation: z.strictObject({ episodes: z.int().positive(), everySteps: z.int().positive() }),
  /** How rivals find their parameters: on how many episodes of a training, among which fixed splits and rules. */
  tuning: z.strictObject({
    episodes: z.int().positive(),
    grid: z.number().positive().max(1),
    rules: z.array(z.string()).min(1),
    /** Rules of ours that came out of this study: shown, and no rivals. */
    own: z.array(z.string()),
  }),
  worlds: z.array(worldSchema).min(1),
  learners: z.array(learnerSchema).min(1),
  hindsight: z.strictObject({
    worlds: z.array(z.string()),
    episodes: z.int().positive(),
    knots: z.int().positive(),
    generations: z.int().positive(),
    population: z.int().positive(),
  }),
  front: z.strictObject({
    scenario: z.string(),
    trainedOn: z.string(),
    seeds: z.array(z.int().nonnegative()).min(1),
    episodes: z.int().positive(),
    options: z.record(z.string(), z.unknown()),
    eta: z.array(z.number()).min(1),
    late: z.array(z.strictObject({ latePenalty: z.number(), lateThresholdSteps: z.number() })).min(1),
    reference: z.strictObject({ aosi: z.number(), aori: z.number(), served: z.number() }),
  }),
  quick: z.strictObject({
    episodes: z.int().positive(),
    grid: z.number().positive().max(1),
    worlds: z.array(z.string()),
    steps: z.int().positive(),
    generations: z.int().positive(),
  }),
});

export type OrchestrationFile = z.output<typeof fileSchema>;
export type World = z.output<typeof worldSchema>;
export type LearnerEntry = z.output<typeof learnerSchema>;

/** The study as data, in full or in quick form. @throws InvalidInputError with every problem */
export function readOrchestrationFile(quick: boolean): OrchestrationFile {
  const file = readStudy('orchestration', fileSchema);
  if (!quick) return file;
  const { episodes, grid, worlds, steps, generations } = file.quick;
  const some = (names: readonly string[]) => names.filter((name) => worlds.includes(name));
  const shorter = { totalTimesteps: steps };
  return {
    ...file,
    evaluation: { ...file.evaluation, episodes },
    tuning: { ...file.tuning, episodes: 2, grid },
    worlds: file.worlds.filter(({ name }) => worlds.includes(name)),
    learners: file.learners
      .map((learner) => ({
        ...learner,
        worlds: some(learner.worlds),
        seeds: learner.seeds.slice(0, 1),
        options: { ...learner.options, ...shorter },
      }))
      .filter((learner) => learner.worlds.length > 0),
    hindsight: { ...file.hindsight, worlds: some(file.hindsight.worlds), episodes: 1, generations },
    front: {
      ...file.front,
      seeds: file.front.seeds.slice(0, 1),
      episodes: 4,
      options: { ...file.front.options, ...shorter },
    },
  };
}
