import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { RECIPES } from '@metalore/learn/recipes';
import { readDocument } from '../../io/documents.js';
import { inputFile } from '../../io/load-input.js';
import { applyChanges } from '../../submetaverse/scenario-files.js';
import { CRITIC_FEATURES, LEARNER_DEFAULTS, WARM_START } from '../defaults.js';
import type { TrainingJob } from '../job.js';
import type { LearnerEntry, OrchestrationFile, World } from './study-file.js';

interface Shown {
  readonly seed: number;
  readonly episodes: number;
}

export interface NamedScenario {
  readonly name: string;
  readonly scenario: unknown;
}

/** Rules and fixed splits of one world: the best of each group on the tuning episodes, and what it does on the unseen ones. */
export interface RivalsCell extends Shown {
  readonly kind: 'rivals';
  readonly world: NamedScenario;
  readonly tuningEpisodes: number;
  readonly groups: readonly { readonly group: RivalGroup; readonly policies: readonly string[] }[];
}
export type RivalGroup = 'fixed' | 'rule' | 'own rule';

/** One training, and what its policy does in its worlds. */
export interface LearnedCell extends Shown {
  readonly kind: 'learned';
  readonly learner: string;
  readonly job: TrainingJob;
  readonly worlds: readonly NamedScenario[];
}

/** The best plan of splits that a search finds for one episode of a world, all arrivals known. */
export interface HindsightCell {
  readonly kind: 'hindsight';
  readonly world: NamedScenario;
  readonly seed: number;
  readonly episode: number;
  readonly knots: number;
  readonly generations: number;
  readonly population: number;
}

/** Where policies stand in the space of both ages and the served share. */
export interface FrontCell extends Shown {
  readonly kind: 'front';
  /** Rules by name, or a policy trained under drawn preferences and asked for each of these. */
  readonly by:
    | { readonly policies: readonly string[]; readonly scenario: unknown }
    | { readonly job: TrainingJob; readonly scenarios: readonly unknown[] };
}

export type OrchestrationCell = RivalsCell | LearnedCell | HindsightCell | FrontCell;

/** All cells of the study, those that take longest first. */
export function orchestrationCells(file: OrchestrationFile): OrchestrationCell[] {
  const worlds = new Map(file.worlds.map((world) => [world.name, resolved(world)]));
  const { evaluation, tuning, hindsight } = file;
  const rivals = [...worlds.values()].map((world): RivalsCell => ({
    kind: 'rivals',
    world,
    tuningEpisodes: tuning.episodes,
    groups: [
      { group: 'fixed', policies: fixedSplits(tuning.grid) },
      { group: 'rule', policies: tuning.rules },
      { group: 'own rule', policies: tuning.own },
    ],
    ...evaluation,
  }));
  const plans = hindsight.worlds.flatMap((name) =>
    Array.from({ length: hindsight.episodes }, (_, episode): HindsightCell => {
      const { knots, generations, population } = hindsight;
      const { seed } = evaluation;
      return { kind: 'hindsight', world: worlds.get(name)!, seed, episode, knots, generations, population };
    }),
  );
  return [...learnedCells(file, worlds), ...frontCells(file), ...rivals, ...plans];
}

function learnedCells(file: OrchestrationFile, worlds: ReadonlyMap<string, NamedScenario>): LearnedCell[] {
  return file.learners.flatMap((learner) => {
    const own = learner.worlds.map((name) => worlds.get(name)!);
    const { trainedOn } = learner;
    const trainings =
      trainedOn === 'own'
        ? own.map((world) => ({ on: world, shown: [world] }))
        : [{ on: resolved(trainedOn), shown: own }];
    return trainings.flatMap(({ on, shown }) =>
      learner.seeds.map((seed): LearnedCell => ({
        kind: 'learned',
        learner: learner.name,
        job: trainingOf(learner.recipe, learner.options, on.scenario as Scenario, seed, file.validation),
        worlds: shown,
        ...file.evaluation,
      })),
    );
  });
}

function trainingOf(
  recipe: keyof typeof RECIPES,
  given: LearnerEntry['options'],
  scenario: Scenario,
  seed: number,
  validation: TrainingJob['validation'],
): TrainingJob {
  const { algorithm, observation, options } = RECIPES[recipe];
  return {
    scenario: observation === null ? scenario : { ...scenario, observation: [...observation] },
    algorithm,
    options: { ...LEARNER_DEFAULTS.submetaverse[algorithm], ...options, ...given },
    criticFeatures: CRITIC_FEATURES,
    warmStart: algorithm === 'ppo' ? WARM_START : null,
    seed,
    validation,
  };
}

function frontCells({ front, tuning, evaluation, validation }: OrchestrationFile): FrontCell[] {
  const shown = { seed: evaluation.seed, episodes: front.episodes };
  const plain = resolved({ name: 'front', scenario: front.scenario, set: {} }).scenario as Scenario;
  const scenarios = front.eta.flatMap((eta) =>
    front.late.map((late) => ({ ...plain, reward: { ...plain.reward, eta, ...late } })),
  );
  const drawn = resolved({ name: 'front', scenario: front.trainedOn, set: {} }).scenario as Scenario;
  const policies = [...fixedSplits(tuning.grid), ...tuning.rules];
  return [
    ...front.seeds.map((seed): FrontCell => {
      const job = trainingOf('told', front.options, drawn, seed, validation);
      return { kind: 'front', by: { job, scenarios }, ...shown };
    }),
    { kind: 'front', by: { policies, scenario: plain }, ...shown },
  ];
}

function resolved({ name, scenario, set }: World): NamedScenario {
  return {
    name,
    scenario: parseScenario(applyChanges(readDocument(inputFile('submetaverse', scenario)) ?? {}, set)),
  };
}

/** All fixed splits on a grid, by name. */
function fixedSplits(grid: number): string[] {
  const count = Math.round(1 / grid);
  const axis = Array.from({ length: count + 1 }, (_, i) => Number((i / count).toFixed(6)));
  return axis.flatMap((rhoC) => axis.map((rhoP) => `fixed:${rhoC},${rhoP}`));
}
