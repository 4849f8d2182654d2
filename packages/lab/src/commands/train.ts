import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Recipe } from '@metalore/learn/recipes';
import type { Command } from 'commander';
import { readDocument } from '../io/documents.js';
import { loadInput, presetNames } from '../io/load-input.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import type { TrainingJob } from '../learn/job.js';
import type { LearnerInput } from '../learn/learners.js';
import type { LearningProblem, ProblemView, ShownMode } from '../learn/problems/index.js';
import { version } from '../results/manifest.js';
import { summarize } from '../statistics/summary.js';
import { loadScenario, scenarioFolder } from '../submetaverse/scenario-files.js';
import type { ScenarioOptions } from '../submetaverse/scenario-files.js';
import { isFullyRecorded, recordedData, type Recorded } from '../submetaverse/traces.js';
import { print, printJson, note, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { interruptedBy, withInterrupt } from '../work/interrupt.js';
import { addModuleOption, choiceOption, collect, integerOption } from './options.js';
import { addShareOptions, shareOf } from './share-of-work.js';
import { seedsOption, trainSeeds, type SeedsOptions } from './train-seeds.js';

interface TrainOptions extends ScenarioOptions, SeedsOptions {
  seeds?: string;
  algo?: string;
  recipe?: string;
  preset?: string;
  head?: string;
  mask?: true;
  config?: string;
  seed?: string;
  steps?: string;
  patience?: string;
  episodes: string;
}

/** Seed of the episodes that a trained policy is shown on; training and validation have others. */
const TEST_SEED = 1;
/** Draws of which the critics choose where a policy is shown by its best one. */
const BEST_OF = 8;
/** `--algo d2sac`: what paper 002, second paper, V-B, calls diffusion with the constants of its authors' code. */
const D2SAC = 'd2sac';

/** `metalore train SCENARIO`: learns a policy. */
export function registerTrain(program: Command): void {
  const presets = ['submetaverse', 'contract', 'provider'].flatMap(presetNames);
  const command = program
    .command('train')
    .description('Train a policy on a scenario; the same command goes on after an interruption')
    .argument('[scenario]', `a file, or a preset: ${presets.join(', ')}`, 'paper')
    .option('--algo <name>', 'ppo, sac, dqn, diffusion, d2sac, cem or gradient (default: ppo)')
    .option(
      '--recipe <name>',
      'what a sub-metaverse’s policy observes, and what finds it: adaptive, adaptive-ppo or told',
    )
    .option('--preset <name>', 'of diffusion: d2sac or optimiser, the constants of public programs')
    .option('--head <name>', 'of a contract: structured or raw (default: structured)')
    .option('--mask', 'of providers: those without room cannot be chosen')
    .option('--eta <x>', 'discount of the reward per step of AoSI, in (0, 1]')
    .option('--c2 <x>', 'penalty for a late request, at most 0')
    .option('--set <path=value>', 'change a field of the scenario; may be repeated', collect, [])
    .option('--replay <dir>', 'play positions.csv and arrivals.csv of a folder')
    .option('--config <file>', 'options of the algorithm in YAML, over those that MetaLore chose')
    .option('--seed <n>', 'seed of the training (default: 1)')
    .option(
      '--seeds <list>',
      'train with several seeds, 1:5 or 1,2,7, and keep all policies and the best one; what is interrupted begins its seed anew',
    )
    .option('--steps <n>', 'environment steps (default: by algorithm and scenario, see docs/learning.md)')
    .option('--patience <n>', 'end after so many validations without a better policy (default: never)')
    .option('--episodes <n>', `unseen episodes, of seed ${TEST_SEED}, to show the policy on`, '100')
    .option('--restart', 'throw away an interrupted training in the same folder that had other options')
    .requiredOption('--out <dir>', 'folder for the policy, its scenario and its curve')
    .option('--workers <n>', 'with --seeds: worker threads (default: one per core, at most 8)')
    .option(
      '--queue [url]',
      'with --seeds: train on the workers of a Redis queue (metalore worker) instead of here (default: $REDIS_URL)',
    );
  addModuleOption(addShareOptions(command))
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  metalore train paper --eta 0.9 --out runs/paper
  metalore train paper --seeds 1:10 --out runs/ten
  metalore train varied --recipe adaptive --out runs/any-load
  metalore train contract --algo diffusion --out runs/contract
  metalore train provider --algo d2sac --set load=3 --out runs/provider`,
    )
    .action(train);
}

async function train(scenarioName: string, options: TrainOptions): Promise<void> {
  const startedAt = new Date();
  const episodes = integerOption('--episodes', options.episodes, 1);
  const { learningProblem } = await import('../learn/problems/index.js');
  const view = viewOf(options);
  const recipe = await recipeOf(options);
  const { document, recorded } = await loadDocument(scenarioName, options, recipe);
  const problem = learningProblem(document, view, recorded);
  const job = { ...(await trainingJob(problem, view, options, recipe)), ...(recorded && { recorded }) };
  if (options.seeds !== undefined) {
    if (options.seed !== undefined) {
      throw new InvalidInputError('option', [{ path: '--seed', message: 'is one, --seeds are several' }]);
    }
    const shown = { episodes, testSeed: TEST_SEED };
    await checkOutputFolder(options.out, { isShared: shareOf(options) !== undefined });
    return trainSeeds(job, problem, seedsOption(options.seeds), { ...options, ...shown });
  }
  refuseSeedsOptions(options);
  await checkOutputFolder(options.out);
  const { EVENTS_FILE, removeTraining, runResumableTraining } = await import('../learn/train.js');
  const workFolder = `${path.resolve(options.out)}.training`;
  if (options.restart) await removeTraining(workFolder);

  const total = Number(job.options.totalTimesteps);
  const progress = startProgress('training', total);
  let steps = 0;
  const start = performance.now();
  const result = await withInterrupt((signal) =>
    runResumableTraining(job, workFolder, signal, (count) => {
      steps += count;
      progress.advance(count);
    }),
  )
    .catch((error: unknown) => {
      const done = `${steps} of ${total} steps are kept in ${workFolder}; the same command goes on from there`;
      throw interruptedBy(error, () => done);
    })
    .finally(() => progress.stop());
  const stepsPerSecond = Math.round((1000 * result.steps) / (performance.now() - start));

  const shown = (mode: ShownMode) =>
    summariesOf(problem, problem.evaluate(result.policy, TEST_SEED, episodes, mode));
  const metrics = shown('deterministic');
  const { model } = result.policy;
  const draws = isDrawnFrom(job.algorithm, model);
  const stochastic = draws ? shown('stochastic') : undefined;
  const bestOf =
    model.kind === 'diffusion' && model.critics && problem.kind !== 'submetaverse' && shown(BEST_OF);
  const { writeTraining } = await import('../learn/write-training.js');
  await withOutputFolder(options.out, (dir) =>
    writeTraining(dir, {
      ...{ job, problem, result, metrics, startedAt },
      eventsFile: path.join(workFolder, EVENTS_FILE),
    }),
  );
  await removeTraining(workFolder);

  const summary = {
    scenario: problem.name,
    algorithm: job.algorithm,
    ...rewardOf(problem),
    seed: job.seed,
    steps: result.steps,
    validation: { ...job.validation, reward: result.validationReward },
    episodes,
    metrics,
    ...(stochastic && { stochastic }),
    ...(bestOf && { bestOf: { draws: BEST_OF, metrics: bestOf } }),
    boundFraction: result.curve.at(-1)?.['rollout/bound_fraction'] ?? null,
    stepsPerSecond,
    out: options.out,
    version,
  };
  if (options.json) return printJson(summary);
  const columns = { mean: metrics, ...(stochastic && { draws: stochastic }) };
  showTraining(problem, summary, { ...columns, ...(bestOf && { [`best of ${BEST_OF}`]: bestOf }) });
}

/** @throws InvalidInputError an option that only several seeds have */
function refuseSeedsOptions(options: TrainOptions): void {
  const given = (['workers', 'queue', 'part', 'claim', 'lease'] as const).filter((name) => name in options);
  if (given.length === 0) return;
  const problems = given.map((name) => ({ path: `--${name}`, message: 'belongs to --seeds' }));
  throw new InvalidInputError('option', problems);
}

/** The scenario or instance that a name stands for, with the changes of the command line. */
async function loadDocument(
  name: string,
  options: TrainOptions,
  recipe: Recipe | undefined,
): Promise<{ document: unknown; recorded?: Recorded }> {
  const { PROBLEM_KINDS, problemKind } = await import('../learn/problems/index.js');
  const kind = problemKind(loadInput(PROBLEM_KINDS, name).document);
  if (kind === 'submetaverse') {
    const { scenario } = loadScenario(name, options);
    const observation = recipe?.observation ?? null;
    const document = observation === null ? scenario : { ...scenario, observation: [...observation] };
    if (isFullyRecorded(scenario))
      note('every episode is the same recording, also those that the policy is shown on');
    return { document, ...recordedData(scenario, scenarioFolder(name)) };
  }
  const strange = (['eta', 'c2', 'replay', 'recipe'] as const).filter(
    (option) => options[option] !== undefined,
  );
  if (strange.length > 0) {
    const message = `belongs to a sub-metaverse, and this is a ${kind}`;
    throw new InvalidInputError(
      'option',
      strange.map((option) => ({ path: `--${option}`, message })),
    );
  }
  return { document: loadInput(kind, name, options.set).document };
}

function viewOf({ head, mask }: TrainOptions): ProblemView {
  return {
    ...(head !== undefined && { head: choiceOption('--head', head, ['structured', 'raw']) }),
    ...(mask && { mask }),
  };
}

/** @throws InvalidInputError a name that is none, or an algorithm beside it */
async function recipeOf({ recipe, algo }: TrainOptions): Promise<Recipe | undefined> {
  if (recipe === undefined) return undefined;
  const { RECIPES } = await import('@metalore/learn/recipes');
  const own = RECIPES[choiceOption('--recipe', recipe, ['adaptive', 'adaptive-ppo', 'told'])];
  if (algo === undefined) return own;
  const message = `"${algo}": the recipe ${recipe} has its own, ${own.algorithm}; leave one of the two out`;
  throw new InvalidInputError('option', [{ path: '--algo', message }]);
}

async function trainingJob(
  problem: LearningProblem,
  view: ProblemView,
  options: TrainOptions,
  recipe: Recipe | undefined,
): Promise<TrainingJob> {
  const { CRITIC_FEATURES, LEARNER_DEFAULTS, validationOf, WARM_START } =
    await import('../learn/defaults.js');
  const { ALGORITHMS } = await import('../learn/learners.js');
  const named = choiceOption('--algo', options.algo ?? recipe?.algorithm ?? 'ppo', [...ALGORITHMS, D2SAC]);
  const algorithm = named === D2SAC ? 'diffusion' : named;
  const preset = await presetOf(options.preset ?? (named === D2SAC ? D2SAC : undefined), algorithm);
  const steps =
    options.steps === undefined ? {} : { totalTimesteps: integerOption('--steps', options.steps, 1) };
  const own = LEARNER_DEFAULTS[problem.kind][algorithm] ?? {};
  const all = {
    totalTimesteps: 100_000,
    ...own,
    ...preset,
    ...recipe?.options,
    ...givenOptions(options.config),
    ...steps,
  };
  const validation = validationOf(problem.kind, algorithm);
  return {
    scenario: problem.document,
    ...(Object.keys(view).length > 0 && { view }),
    algorithm,
    options: all as LearnerInput,
    criticFeatures: CRITIC_FEATURES,
    warmStart: algorithm === 'ppo' ? WARM_START : null,
    seed: integerOption('--seed', options.seed ?? '1', 0),
    validation:
      options.patience === undefined
        ? validation
        : { ...validation, patience: integerOption('--patience', options.patience, 1) },
  };
}

async function presetOf(name: string | undefined, algorithm: string): Promise<object> {
  if (name === undefined) return {};
  if (algorithm !== 'diffusion') {
    const message = `"${name}" is of --algo diffusion; ${algorithm} has no presets`;
    throw new InvalidInputError('option', [{ path: '--preset', message }]);
  }
  const { DIFFUSION_PRESETS } = await import('@metalore/learn/diffusion');
  const names = Object.keys(DIFFUSION_PRESETS) as (keyof typeof DIFFUSION_PRESETS)[];
  return DIFFUSION_PRESETS[choiceOption('--preset', name, names)];
}

function givenOptions(file: string | undefined): object {
  const given = file === undefined ? {} : readDocument(file);
  if (given !== null && typeof given === 'object' && !Array.isArray(given)) return given;
  throw new InvalidInputError('options', [{ path: file!, message: 'is not a list of names and values' }]);
}

type Summaries = Readonly<Record<string, { mean: number; std: number; ci95: number }>>;

function summariesOf(problem: LearningProblem, episodes: Readonly<Record<string, Float64Array>>): Summaries {
  return Object.fromEntries(
    Object.keys(problem.metrics).map((metric) => {
      const { mean, std, ci95 } = summarize(episodes[metric]);
      return [metric, { mean, std, ci95 }];
    }),
  );
}

/** Whether a policy file has a distribution of its own to draw from. */
function isDrawnFrom(
  algorithm: TrainingJob['algorithm'],
  model: { kind: string; head?: { kind: string } },
): boolean {
  if (algorithm === 'sac') return model.head?.kind === 'categorical';
  return algorithm === 'ppo' || algorithm === 'diffusion';
}

/** η and c2 of a sub-metaverse. */
function rewardOf({ kind, document }: LearningProblem): object {
  if (kind !== 'submetaverse') return {};
  const { reward } = document as { reward: { eta: number; latePenalty: number } };
  return { eta: reward.eta, c2: reward.latePenalty };
}

function showTraining(
  problem: LearningProblem,
  summary: { algorithm: string; steps: number; stepsPerSecond: number; out: string; episodes: number },
  columns: Readonly<Record<string, Summaries>>,
): void {
  const { algorithm, steps, episodes, out, stepsPerSecond } = summary;
  print(`${problem.name}, ${algorithm}, ${steps} steps; on ${episodes} unseen episodes:`);
  const [first, ...others] = Object.entries(columns);
  const head = ['metric', first[0], '± 95 %', 'std', ...others.map(([name]) => name)];
  const rows = Object.entries(problem.metrics).map(([metric, title]) => {
    const { mean, ci95, std } = first[1][metric];
    return [title, mean, ci95, std, ...others.map(([, summaries]) => summaries[metric].mean)];
  });
  print(renderTable(head, rows));
  print(`Policy: ${path.join(out, 'policy.json')}`);
  note(`${stepsPerSecond} steps/s`);
}
