import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Scenario } from '@metalore/core/scenario';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import type { Command } from 'commander';
import { readDocument } from '../io/documents.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import type { TrainingJob } from '../learn/job.js';
import type { TrainingResult } from '../learn/train.js';
import { version, writeManifest } from '../results/manifest.js';
import { METRICS, METRIC_TITLES, summarizeEpisodes } from '../submetaverse/metrics.js';
import type { MetricSummaries } from '../submetaverse/metrics.js';
import { presetNames } from '../io/load-input.js';
import { loadScenario } from '../submetaverse/scenario-files.js';
import type { ScenarioOptions } from '../submetaverse/scenario-files.js';
import { print, printJson, note, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { interruptedBy, withInterrupt } from '../work/interrupt.js';
import { collect, integerOption } from './options.js';

interface TrainOptions extends ScenarioOptions {
  algo: string;
  config?: string;
  seed: string;
  steps?: string;
  patience?: string;
  episodes: string;
  out: string;
  json?: true;
}

/** Seed of the episodes that a trained policy is shown on; training and validation have others. */
const TEST_SEED = 1;

/** `metalore train SCENARIO`: learns a policy. */
export function registerTrain(program: Command): void {
  program
    .command('train')
    .description('Train a policy on a scenario; the same command goes on after an interruption')
    .argument('[scenario]', `a file, or a preset: ${presetNames('submetaverse').join(', ')}`, 'paper')
    .option('--algo <name>', 'ppo (proximal policy optimisation) or cem (cross-entropy method)', 'ppo')
    .option('--eta <x>', 'discount of the reward per step of AoSI, in (0, 1]')
    .option('--c2 <x>', 'penalty for a late request, at most 0')
    .option('--set <path=value>', 'change a field of the scenario; may be repeated', collect, [])
    .option('--config <file>', 'options of the algorithm in YAML, over those that MetaLore chose')
    .option('--seed <n>', 'seed of the training', '1')
    .option('--steps <n>', 'environment steps (default: 768,000 for ppo, 1,440,000 for cem)')
    .option('--patience <n>', 'end after so many validations without a better policy (default: never)')
    .option('--episodes <n>', `unseen episodes, of seed ${TEST_SEED}, to show the policy on`, '100')
    .requiredOption('--out <dir>', 'folder for the policy, its scenario and its curve')
    .option('--json', 'print one JSON object')
    .action(train);
}

async function train(scenarioName: string, options: TrainOptions): Promise<void> {
  const startedAt = new Date();
  const { scenario } = loadScenario(scenarioName, options);
  const episodes = integerOption('--episodes', options.episodes, 1);
  const job = await trainingJob(scenario, options);
  await checkOutputFolder(options.out);
  const { removeTraining, runResumableTraining } = await import('../learn/train.js');
  const workFolder = `${path.resolve(options.out)}.training`;

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

  const { evaluate } = await import('../learn/job.js');
  const shown = (mode: 'deterministic' | 'stochastic') =>
    summarizeEpisodes({ ...evaluate(scenario, result.policy, TEST_SEED, episodes, mode) });
  const metrics = shown('deterministic');
  const stochastic = job.algorithm === 'ppo' ? shown('stochastic') : undefined;
  await withOutputFolder(options.out, (dir) =>
    writeTraining(dir, workFolder, { job, scenario, result, metrics, startedAt }),
  );
  await removeTraining(workFolder);

  const summary = {
    scenario: scenario.name,
    algorithm: job.algorithm,
    eta: scenario.reward.eta,
    c2: scenario.reward.latePenalty,
    seed: job.seed,
    steps: result.steps,
    validation: { ...job.validation, reward: result.validationReward },
    episodes,
    metrics,
    ...(stochastic && { stochastic }),
    boundFraction: result.curve.at(-1)?.['rollout/bound_fraction'] ?? null,
    stepsPerSecond,
    out: options.out,
    version,
  };
  if (options.json) printJson(summary);
  else showTraining(summary, metrics, stochastic);
}

async function trainingJob(scenario: Scenario, options: TrainOptions): Promise<TrainingJob> {
  const { CRITIC_FEATURES, SUBMETAVERSE_PPO, VALIDATION, WARM_START } = await import('../learn/defaults.js');
  const { algo } = options;
  if (algo !== 'ppo' && algo !== 'cem') {
    throw new InvalidInputError('option', [{ path: '--algo', message: `"${algo}"; accepted: ppo, cem` }]);
  }
  const own = algo === 'ppo' ? SUBMETAVERSE_PPO : { totalTimesteps: 1_440_000 };
  const given = options.config === undefined ? {} : readDocument(options.config);
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidInputError('options', [
      { path: options.config!, message: 'is not a list of names and values' },
    ]);
  }
  const steps =
    options.steps === undefined ? {} : { totalTimesteps: integerOption('--steps', options.steps, 1) };
  return {
    scenario,
    algorithm: algo,
    options: { ...own, ...given, ...steps },
    criticFeatures: CRITIC_FEATURES,
    warmStart: algo === 'ppo' ? WARM_START : null,
    seed: integerOption('--seed', options.seed, 0),
    validation:
      options.patience === undefined
        ? VALIDATION
        : { ...VALIDATION, patience: integerOption('--patience', options.patience, 1) },
  };
}

interface Written {
  readonly job: TrainingJob;
  readonly scenario: Scenario;
  readonly result: TrainingResult;
  readonly metrics: MetricSummaries;
  readonly startedAt: Date;
}

async function writeTraining(dir: string, workFolder: string, written: Written): Promise<void> {
  const { job, scenario, result, metrics, startedAt } = written;
  const { curveCsv, curveJsonl } = await import('../learn/curve.js');
  const { EVENTS_FILE } = await import('../learn/train.js');
  const { POLICY_FILE } = await import('../policy/policy-file.js');
  const { policyFigures } = await import('../learn/training-figures.js');
  const { writeFigures } = await import('../submetaverse/write-run.js');
  const { copyFile } = await import('node:fs/promises');
  await writeFile(path.join(dir, POLICY_FILE), policyText(result.policy));
  await writeFile(path.join(dir, 'scenario.json'), `${JSON.stringify(scenario, null, 2)}\n`);
  await writeFile(path.join(dir, 'curve.csv'), curveCsv(result.curve));
  await writeFile(path.join(dir, 'curve.jsonl'), curveJsonl(result.curve));
  await copyFile(path.join(workFolder, EVENTS_FILE), path.join(dir, EVENTS_FILE));
  await writeFigures(dir, policyFigures(result.policy, result.curve));
  await writeManifest(dir, {
    kind: 'train',
    scenario,
    seed: job.seed,
    policy: { algorithm: job.algorithm, options: job.options },
    startedAt,
    details: { steps: result.steps, validationReward: result.validationReward, metrics },
  });
}

/** The document, indented but for its rows of numbers. */
function policyText(policy: PolicyDocument): string {
  const text = JSON.stringify(policy, null, 2);
  return `${text.replace(/\[\s+(-?\d[^[\]{}]*?)\s+\]/g, (_, row: string) => `[${row.replace(/\s+/g, ' ')}]`)}\n`;
}

function showTraining(
  summary: {
    scenario: string;
    algorithm: string;
    steps: number;
    stepsPerSecond: number;
    out: string;
    episodes: number;
  },
  metrics: MetricSummaries,
  stochastic: MetricSummaries | undefined,
): void {
  print(
    `${summary.scenario}, ${summary.algorithm}, ${summary.steps} steps; on ${summary.episodes} unseen episodes:`,
  );
  const head = ['metric', 'mean', '± 95 %', 'std', ...(stochastic ? ['stochastic'] : [])];
  const rows = METRICS.map((metric) => {
    const { mean, ci95, std } = metrics[metric];
    return [METRIC_TITLES[metric], mean, ci95, std, ...(stochastic ? [stochastic[metric].mean] : [])];
  });
  print(renderTable(head, rows));
  print(`Policy: ${path.join(summary.out, 'policy.json')}`);
  note(`${summary.stepsPerSecond} steps/s`);
}
