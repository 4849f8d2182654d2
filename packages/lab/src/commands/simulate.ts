import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Scenario } from '@metalore/core/scenario';
import type { Command } from 'commander';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version } from '../results/manifest.js';
import type { TableFormat } from '../results/tables.js';
import { sumOf } from '../submetaverse/columns.js';
import {
  METRICS,
  METRIC_TITLES,
  countIdle,
  summarizeCells,
  summarizeEpisodes,
} from '../submetaverse/metrics.js';
import type { MetricSummaries } from '../submetaverse/metrics.js';
import { presetNames } from '../io/load-input.js';
import { loadScenario } from '../submetaverse/scenario-files.js';
import type { ScenarioOptions } from '../submetaverse/scenario-files.js';
import { isLight, simulate } from '../submetaverse/simulate.js';
import type { Run } from '../submetaverse/simulate.js';
import { policySpecOf } from '../policy/policy-spec.js';
import { readPolicyValue } from '../policy/policy-value.js';
import { withTrainingReward } from '../submetaverse/training-reward.js';
import { CACHING_METRICS, compareCaching } from '../submetaverse/compare-caching.js';
import type { CachingComparison, CachingMetric } from '../submetaverse/compare-caching.js';
import { withInterval } from '../statistics/summary.js';
import { isFullyRecorded } from '../submetaverse/traces.js';
import { TABLES, writeRun } from '../submetaverse/write-run.js';
import type { TableName } from '../submetaverse/write-run.js';
import { formatNumber, note, print, printJson, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { withInterrupt } from '../work/interrupt.js';
import { runHere, workerCount } from '../work/pool.js';
import { addModuleOption, collect, formatOption, integerOption } from './options.js';

interface SimulateOptions extends ScenarioOptions {
  policy: string;
  output?: string;
  actionRange?: string;
  episodes?: string;
  seed: string;
  caching?: string;
  workers?: string;
  out?: string;
  tables?: string;
  format: string;
  report: boolean;
  json?: true;
}

/** `metalore simulate SCENARIO`: episodes of one scenario under one policy. */
export function registerSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description('Simulate a scenario under one policy')
    .argument('[scenario]', `a file, or a preset: ${presetNames('submetaverse').join(', ')}`, 'paper')
    .option(
      '--policy <policy>',
      'fixed:RHO_C,RHO_P, another rule, or a trained policy, which brings the reward of its training',
      'fixed:0.3,0.3',
    )
    .option(
      '--output <name>',
      'of an ONNX policy: the output that is the action, where several have its shape',
    )
    .option(
      '--action-range <low,high>',
      'of an ONNX policy: between which numbers its actions lie, as -1,1 for an actor that squashes (default: 0,1)',
    )
    .option('--episodes <n>', 'number of episodes (default: 100; 1 where everything is recorded)')
    .option('--seed <n>', 'seed of the run', '1')
    .option('--set <path=value>', 'change a field of the scenario; may be repeated', collect, [])
    .option('--eta <x>', 'discount of the reward per step of AoSI, in (0, 1]')
    .option('--c2 <x>', 'penalty for a late request, at most 0')
    .option(
      '--caching <policies>',
      `where requests ask for models: caching policies to lay side by side (default: ${CACHING.join(',')})`,
    )
    .option('--replay <dir>', 'play positions.csv and arrivals.csv of a folder')
    .option('--skip-bad-rows', 'leave broken rows of recorded data out, and count them')
    .option('--workers <n>', 'worker threads (default: one per core, at most 8)')
    .option('--out <dir>', 'write tables, figures and a report to a folder')
    .option('--tables <names>', `tables to write: ${TABLES.join(',')} (default: episodes)`)
    .option('--format <format>', 'of tables: parquet or csv', 'parquet')
    .option('--no-report', 'write tables and manifest alone, without figures and report')
    .option('--json', 'print one JSON object')
    .action(runSimulate);
  addModuleOption(command);
}

async function runSimulate(scenarioName: string, options: SimulateOptions): Promise<void> {
  const startedAt = new Date();
  const { tables, format } = tableOptions(options);
  const workers = workerCount(options.workers);
  const policySpec = policySpecOf(options);
  const { scenario: written, traces } = loadScenario(scenarioName, options);
  const { scenario, changed } = withTrainingReward(written, policySpec, options);
  const reward = rewardText(scenario);
  if (changed) {
    note(`reward of the policy's training: ${reward}; --eta, --c2 and --set reward… choose another`);
  }
  const run: Run = {
    scenario,
    traces,
    policy: await readPolicyValue(policySpec),
    seed: integerOption('--seed', options.seed, 0),
    episodes: integerOption('--episodes', options.episodes ?? (isFullyRecorded(scenario) ? '1' : '100'), 1),
  };
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const writes = options.out !== undefined;
  const recording = {
    requests: writes && tables.includes('requests'),
    steps: writes && tables.includes('steps'),
    cells: true,
    profile: writes && options.report,
  };

  const caching = cachingPolicies(scenario, options);
  const place = { light: isLight(scenario, run.episodes) };
  const progress = startProgress('simulating', run.episodes);
  const start = performance.now();
  const records = await withInterrupt((signal) =>
    simulate(run, recording, runHere(workers, signal, place), (episodes) => progress.advance(episodes)),
  ).finally(() => progress.stop());
  const seconds = (performance.now() - start) / 1000;
  const compared = caching.length > 0 ? await laidSideBySide(run, caching, workers, place) : undefined;

  const metrics = summarizeEpisodes(records.episodes);
  const stepsPerSecond = Math.round((run.episodes * scenario.episodeSteps) / seconds);
  const clippedSplits = sumOf(records.episodes.clippedSplits);
  if (options.out !== undefined) {
    await withOutputFolder(options.out, (dir) =>
      writeRun(dir, run, records, metrics, { tables, format, report: options.report, startedAt }),
    );
  }
  const result = {
    scenario: scenario.name,
    policy: run.policy.spec,
    episodes: run.episodes,
    seed: run.seed,
    reward: scenario.reward,
    metrics,
    ...(scenario.cells.length > 1 ? { cells: summarizeCells(records.cells, scenario.cells.length) } : {}),
    episodesWithoutCompletion: countIdle(records.episodes),
    clippedSplits,
    stepsPerSecond,
    ...(compared && { caching: compared }),
    version,
  };
  if (options.json) printJson(result);
  else showResult(result, writtenTo(options));
}

/** Caching policies to lay side by side, the cloud alone first: what the others differ from is what a cache is worth. */
const CACHING = ['Cloud', 'LRU', 'LFU', 'LC', 'LC-sum', 'VALUE', 'VALUE-tuned'];

function cachingPolicies({ serving }: Scenario, { caching }: SimulateOptions): string[] {
  if (serving === undefined && caching !== undefined) {
    throw new InvalidInputError('options', [
      { path: '--caching', message: 'the scenario has no models; it needs a block serving' },
    ]);
  }
  if (serving === undefined) return [];
  return caching === undefined ? CACHING : caching.split(',').filter((name) => name !== '');
}

function laidSideBySide(
  run: Run,
  caching: readonly string[],
  workers: number,
  place: { light: boolean },
): Promise<CachingComparison[]> {
  const progress = startProgress('caching policies', caching.length * run.episodes);
  return withInterrupt((signal) =>
    compareCaching(run, caching, runHere(workers, signal, place), (episodes) => progress.advance(episodes)),
  ).finally(() => progress.stop());
}

/** A reward in short. */
function rewardText({ reward }: Scenario): string {
  const { model, ...fields } = reward;
  return [model, ...Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}

interface Result {
  readonly scenario: string;
  readonly policy: string;
  readonly episodes: number;
  readonly seed: number;
  readonly metrics: MetricSummaries;
  readonly episodesWithoutCompletion: number;
  readonly clippedSplits: number;
  readonly stepsPerSecond: number;
  readonly caching?: readonly CachingComparison[];
}

function writtenTo({ out, report }: SimulateOptions): string | undefined {
  if (out === undefined) return undefined;
  return report ? `Report: ${path.join(out, 'report.html')}` : `Tables: ${out}`;
}

function showResult(result: Result, written: string | undefined): void {
  print(
    `${result.scenario}, ${result.policy}, ${result.episodes} episode${result.episodes === 1 ? '' : 's'}, seed ${result.seed}`,
  );
  print(
    renderTable(
      ['metric', 'mean', '± 95 %', 'std'],
      METRICS.map((metric) => {
        const { mean, ci95, std } = result.metrics[metric];
        return [METRIC_TITLES[metric], mean, ci95, std];
      }),
    ),
  );
  if (result.episodesWithoutCompletion > 0) {
    print(
      `${result.episodesWithoutCompletion} episodes completed no request; the ages are means over the others.`,
    );
  }
  if (result.clippedSplits > 0) print(`${result.clippedSplits} splits lay outside [0, 1] and were clipped.`);
  if (result.caching !== undefined) showCaching(result.caching);
  note(`${formatNumber(result.stepsPerSecond)} steps/s`);
  if (written !== undefined) print(written);
}

function showCaching(compared: readonly CachingComparison[]): void {
  const metrics = Object.keys(CACHING_METRICS) as CachingMetric[];
  const head = ['caching', ...metrics.map((metric) => CACHING_METRICS[metric])];
  const row = (policy: string, values: CachingComparison['values']) => [
    policy,
    ...metrics.map((metric) => withInterval(values[metric], metric === 'loads' ? 1 : 3)),
  ];
  print('\nCaching policies over the same episodes');
  print(
    renderTable(
      head,
      compared.map(({ policy, values }) => row(policy, values)),
    ),
  );
  print(`\nPaired differences from ${compared[0].policy}`);
  print(
    renderTable(
      head,
      compared.flatMap(({ policy, differences }) => (differences ? [row(policy, differences)] : [])),
    ),
  );
}

function tableOptions(options: SimulateOptions): { tables: TableName[]; format: TableFormat } {
  const tables = (options.tables ?? 'episodes').split(',').filter((name) => name !== '');
  const unknown = tables.filter((name) => !(TABLES as readonly string[]).includes(name));
  const problems = unknown.map((name) => ({
    path: '--tables',
    message: `"${name}" is not a table; accepted: ${TABLES.join(', ')}`,
  }));
  if (problems.length > 0) throw new InvalidInputError('options', problems);
  if (options.tables !== undefined && options.out === undefined) {
    throw new InvalidInputError('options', [
      { path: '--tables', message: 'tables are written to a folder: give --out' },
    ]);
  }
  return { tables: tables as TableName[], format: formatOption(options.format) };
}
