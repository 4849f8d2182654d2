import path from 'node:path';
import { scans } from '@metalore/core/sensing';
import type { Command } from 'commander';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version } from '../results/manifest.js';
import type { MethodScore } from '../sensing/generator/evaluate.js';
import type { GeneratorSettings } from '../sensing/generator/settings.js';
import { withInterval } from '../statistics/summary.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { interruptedBy, withInterrupt } from '../work/interrupt.js';
import { choiceOption, integerOption } from './options.js';

interface TrainOptions {
  pairs: string;
  steps?: string;
  seed: string;
  profile: string;
  waves: string;
  restart?: true;
  out: string;
  json?: true;
}

/** `metalore sensing train|evaluate`: the spectrum generator and the models that it is held against. */
export function registerSensingModels(sensing: Command): void {
  sensing
    .command('train')
    .description('Train the spectrum generator (SSG), ridge regression and a perceptron on drawn pairs')
    .option('--pairs <n>', 'pairs of an ambiguous and a clear spectrum; four fifths are learnt from', '10000')
    .option(
      '--steps <n>',
      'steps of Adam for the generator; at most so many for the perceptron (default: 7000)',
    )
    .option('--profile <name>', 'of the draws: well-posed or paper', 'well-posed')
    .option('--waves <name>', `model of the waves themselves: ${scans.join(', ')}`, 'exact')
    .option('--seed <n>', 'seed of the training', '1')
    .option('--restart', 'throw away an interrupted training in the same folder that had other settings')
    .requiredOption('--out <dir>', 'folder for the models')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  metalore sensing train --out runs/ssg                 # about four minutes; the same command goes on
  metalore sensing sensing --method ssg:runs/ssg
  metalore sensing evaluate runs/ssg`,
    )
    .action(train);
  sensing
    .command('evaluate')
    .description('Judge a spectrum generator beside classical processing on draws that it never saw')
    .argument('<dir>', 'a folder that metalore sensing train wrote')
    .option('--draws <n>', 'draws of three sources', '2000')
    .option('--json', 'print one JSON object')
    .action(evaluate);
}

async function train(options: TrainOptions): Promise<void> {
  const startedAt = new Date();
  const settings = await settingsOf(options);
  await checkOutputFolder(options.out);
  const { trainingUnits, trainModels } = await import('../sensing/generator/train.js');
  const { removeTraining } = await import('../learn/train.js');
  const folder = `${path.resolve(options.out)}.training`;
  if (options.restart) await removeTraining(folder);
  const progress = startProgress('training', trainingUnits(settings));
  const begun = performance.now();
  const models = await withInterrupt((signal) =>
    trainModels(settings, { folder, signal, onUnits: (count) => progress.advance(count) }),
  )
    .catch((error: unknown) => {
      throw interruptedBy(
        error,
        () => `what is done is kept in ${folder}; the same command goes on from there`,
      );
    })
    .finally(() => progress.stop());
  const seconds = (performance.now() - begun) / 1e3;
  const { writeModels } = await import('../sensing/generator/write-models.js');
  await withOutputFolder(options.out, (dir) => writeModels(dir, settings, models, startedAt));
  await removeTraining(folder);
  const [first, last] = [models.losses[0], models.losses[models.losses.length - 1]];
  if (options.json)
    return printJson({ ...settings, losses: { first, last }, seconds, out: options.out, version });
  print(
    `${options.out}: generator, ridge regression and perceptron from ${settings.pairs} pairs in ${seconds.toFixed(0)} s; ` +
      `denoising loss ${first.toFixed(3)} → ${last.toFixed(3)}\nmetalore sensing evaluate ${options.out}`,
  );
}

async function settingsOf(options: TrainOptions): Promise<GeneratorSettings> {
  const { DEFAULT_SETTINGS } = await import('../sensing/generator/settings.js');
  const steps =
    options.steps === undefined ? DEFAULT_SETTINGS.steps : integerOption('--steps', options.steps, 1);
  return {
    pairs: integerOption('--pairs', options.pairs, 10),
    steps,
    rivalSteps: Math.min(DEFAULT_SETTINGS.rivalSteps, steps),
    seed: integerOption('--seed', options.seed, 0),
    profile: choiceOption('--profile', options.profile, ['well-posed', 'paper']),
    waves: choiceOption('--waves', options.waves, scans),
  };
}

async function evaluate(dir: string, options: { draws: string; json?: true }): Promise<void> {
  const draws = integerOption('--draws', options.draws, 2);
  const { readModels } = await import('../sensing/generator/write-models.js');
  const { evaluateModels } = await import('../sensing/generator/evaluate.js');
  const { models, settings } = readModels(dir);
  const progress = startProgress('draws', draws);
  const scores = await withInterrupt((signal) =>
    evaluateModels(models, settings, draws, { signal, onDraws: (count) => progress.advance(count) }),
  ).finally(() => progress.stop());
  if (options.json) return printJson({ dir, draws, ...settings, scores, version });
  print(scoreTable(scores));
}

function scoreTable(scores: readonly MethodScore[]): string {
  return renderTable(
    ['method', 'all within 3°', 'median error, °', 'median miss, λ', 'squared error'],
    scores.map(({ method, share, ci95, medianDeg, placeLambda, squaredError }) => [
      method,
      withInterval({ mean: share, ci95 }),
      medianDeg.toFixed(2),
      placeLambda.toFixed(3),
      squaredError?.toFixed(4) ?? '',
    ]),
  );
}
