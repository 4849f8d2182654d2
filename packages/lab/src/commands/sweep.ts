import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parseScenario } from '@metalore/core/scenario';
import type { Command } from 'commander';
import { parseText } from '../io/documents.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version } from '../results/manifest.js';
import { CellStore } from '../study/cell-store.js';
import { runStudy } from '../study/run.js';
import { METRICS } from '../submetaverse/metrics.js';
import { policyOfValue, readPolicyValue, type PolicyValue } from '../policy/policy-value.js';
import { presetNames } from '../io/load-input.js';
import { applyChanges, loadScenario, scenarioFolder } from '../submetaverse/scenario-files.js';
import type { ScenarioOptions } from '../submetaverse/scenario-files.js';
import { PAPER_SPLITS, sweepOf, gridPoints } from '../submetaverse/sweep.js';
import { recordedData } from '../submetaverse/traces.js';
import type { Point, SweepCell, SweepRow } from '../submetaverse/sweep.js';
import { isLight } from '../submetaverse/simulate.js';
import { writeSweep } from '../submetaverse/write-sweep.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';
import { addModuleOption, collect, formatOption, integerOption } from './options.js';
import { placeOfWork } from './place-of-work.js';
import { cellsFolder } from './reproduce.js';
import { addShareOptions, computeShare, shareOf, type ShareOptions } from './share-of-work.js';

interface SweepOptions extends ScenarioOptions, ShareOptions {
  axis: string[];
  policy: string;
  episodes: string;
  seed: string;
  workers?: string;
  queue?: string | true;
  out?: string;
  format: string;
  json?: true;
}

/** `metalore sweep SCENARIO`: a grid of runs, by default the paper's 11 × 11 fixed splits. */
export function registerSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('Simulate a grid of splits, policies or scenario fields (default: the 11 × 11 fixed splits)')
    .argument('[scenario]', `a file, or a preset: ${presetNames('submetaverse').join(', ')}`, 'paper')
    .option(
      '--axis <name=values>',
      'rhoC, rhoP, policy or a field of the scenario, with values a,b,c (policies: a;b;c) or first:last:step; may be repeated',
      collect,
      [],
    )
    .option('--policy <policy>', 'policy where the axes set no splits', 'fixed:0.3,0.3')
    .option('--episodes <n>', 'episodes of every cell', '100')
    .option('--seed <n>', 'seed, the same in every cell', '1')
    .option('--set <path=value>', 'change a field of the scenario; may be repeated', collect, [])
    .option('--eta <x>', 'discount of the reward per step of AoSI, in (0, 1]')
    .option('--c2 <x>', 'penalty for a late request, at most 0')
    .option('--replay <dir>', 'play positions.csv and arrivals.csv of a folder')
    .option('--workers <n>', 'worker threads (default: one per core, at most 8)')
    .option(
      '--queue [url]',
      'compute on the workers of a Redis queue (metalore worker) instead of here (default: $REDIS_URL)',
    )
    .option('--out <dir>', 'write the table, figures and a report; an interrupted sweep goes on from there')
    .option('--format <format>', 'of the table: parquet or csv', 'parquet');
  addModuleOption(addShareOptions(command)).option('--json', 'print one JSON object').action(runSweep);
}

async function runSweep(scenarioName: string, options: SweepOptions): Promise<void> {
  const startedAt = new Date();
  const format = formatOption(options.format);
  const workers = workerCount(options.workers);
  const episodes = integerOption('--episodes', options.episodes, 1);
  const seed = integerOption('--seed', options.seed, 0);
  const axes = readAxes(options.axis);
  const share = options.out === undefined ? undefined : shareOf(options);
  if (options.out === undefined && (options.part !== undefined || options.claim)) {
    const message = 'is where the processes of one sweep meet: the same folder for all of them';
    throw new InvalidInputError('option', [{ path: '--out', message }]);
  }
  const { scenario } = loadScenario(scenarioName, options);
  const folder = scenarioFolder(scenarioName);
  const variants = new Map<string, Pick<SweepCell, 'scenario' | 'recorded'>>();
  const variantOf = (point: Point): Pick<SweepCell, 'scenario' | 'recorded'> => {
    const fields = fieldsOf(point);
    const key = JSON.stringify(fields);
    if (!variants.has(key)) {
      const changed = parseScenario(applyChanges(scenario, fields), `scenario ${scenarioName}`);
      variants.set(key, { scenario: changed, ...recordedData(changed, folder) });
    }
    return variants.get(key)!;
  };
  const points = gridPoints(axes).map((point) => ({ point, policy: policyOf(point, options.policy) }));
  const policies = await readPolicies(points.map(({ policy }) => policy));
  const cells = points.map(({ point, policy }): SweepCell => {
    return { point, policy: policies.get(policy)!, seed, episodes, ...variantOf(point) };
  });
  if (options.out !== undefined) await checkOutputFolder(options.out, { isShared: share !== undefined });

  const cellsDir = options.out === undefined ? undefined : cellsFolder(options.out);
  const place = { light: isLight(scenario, cells.length * episodes) };
  const placeOf = await placeOfWork(options.queue, workers, place);
  if (share !== undefined) {
    const then = 'the same command without --part or --claim writes the report';
    const shown = { name: 'sweep', out: options.out!, then, json: options.json };
    return withInterrupt((signal) =>
      computeShare(
        sweepOf(cells, 'sweep'),
        { quick: false, cellsDir: cellsDir!, runTasks: placeOf(signal), share },
        shown,
      ),
    );
  }
  const start = performance.now();
  const { rows } = (await withInterrupt((signal) =>
    runStudy(sweepOf(cells, 'sweep'), { quick: false, cellsDir, runTasks: placeOf(signal) }),
  )) as { rows: SweepRow[] };
  const seconds = (performance.now() - start) / 1000;

  const best = bestByReward(rows);
  if (options.out !== undefined) {
    const sweep = { scenario, axes, episodes, seed, format, startedAt };
    await withOutputFolder(options.out, (dir) => writeSweep(dir, rows, sweep));
    await new CellStore(cellsDir!).remove();
  }
  if (options.json) {
    printJson({
      scenario: scenario.name,
      axes,
      episodes,
      seed,
      points: rows.map(toJson),
      best: best && toJson(best),
      version,
    });
    return;
  }
  showRows(rows, Object.keys(axes));
  note(`${cells.length} cells × ${episodes} episodes in ${seconds.toFixed(1)} s`);
  if (options.out !== undefined) print(`Report: ${path.join(options.out, 'report.html')}`);
}

/** Default: the paper's grid. */
function readAxes(texts: readonly string[]): Record<string, (number | string)[]> {
  if (texts.length === 0) return { rhoC: PAPER_SPLITS, rhoP: PAPER_SPLITS };
  const axes: Record<string, (number | string)[]> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) {
      throw new InvalidInputError('option', [
        { path: '--axis', message: `"${text}" is not of the form name=values` },
      ]);
    }
    const name = text.slice(0, at);
    axes[name] = axisValues(name, text.slice(at + 1));
  }
  if ('rhoC' in axes !== 'rhoP' in axes) {
    throw new InvalidInputError('option', [{ path: '--axis', message: 'rhoC and rhoP come together' }]);
  }
  return axes;
}

const MAX_VALUES = 10_000;

function axisValues(name: string, text: string): (number | string)[] {
  if (name === 'policy') return text.split(';');
  const range = /^([^:,]+):([^:,]+):([^:,]+)$/.exec(text)?.slice(1).map(Number);
  if (range === undefined) {
    return text.split(',').map((part) => {
      const value = parseText(part, `--axis ${name}`);
      return typeof value === 'number' ? value : String(value);
    });
  }
  const [first, last, step] = range as [number, number, number];
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (!(step !== 0 && count >= 1 && count <= MAX_VALUES)) {
    throw new InvalidInputError('option', [
      {
        path: `--axis ${name}`,
        message: `"${text}" is not a range first:last:step of 1 to ${MAX_VALUES} values`,
      },
    ]);
  }
  // Twelve digits: 3 × 0.1 is to be 0.3, in names and in the simulation.
  return Array.from({ length: count }, (_, index) => Number((first + index * step).toPrecision(12)));
}

function fieldsOf(point: Point): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(point).filter(([name]) => name !== 'rhoC' && name !== 'rhoP' && name !== 'policy'),
  );
}

/** Each read once. @throws InvalidInputError for the first that is none */
async function readPolicies(specs: readonly string[]): Promise<ReadonlyMap<string, PolicyValue>> {
  const policies = new Map<string, PolicyValue>();
  for (const spec of new Set(specs)) policies.set(spec, await readPolicyValue(spec));
  for (const policy of policies.values()) await policyOfValue(policy);
  return policies;
}

function policyOf(point: Point, otherwise: string): string {
  if (point.rhoC !== undefined) return `fixed:${point.rhoC},${point.rhoP}`;
  return point.policy === undefined ? otherwise : String(point.policy);
}

function bestByReward(rows: readonly SweepRow[]): SweepRow | undefined {
  return rows.reduce<SweepRow | undefined>(
    (best, row) =>
      best === undefined || (row.reward ?? -Infinity) > (best.reward ?? -Infinity) ? row : best,
    undefined,
  );
}

function toJson(row: SweepRow): unknown {
  const columns = new Set<string>(METRICS.flatMap((metric) => [metric, `${metric}Std`, `${metric}Ci95`]));
  return {
    ...Object.fromEntries(Object.entries(row).filter(([name]) => !columns.has(name))),
    metrics: Object.fromEntries(
      METRICS.map((metric) => [
        metric,
        { mean: row[metric], std: row[`${metric}Std`], ci95: row[`${metric}Ci95`] },
      ]),
    ),
  };
}

const MAX_SHOWN = 25;

function showRows(rows: readonly SweepRow[], axes: readonly string[]): void {
  const shown =
    rows.length <= MAX_SHOWN
      ? rows
      : [...rows].sort((a, b) => (b.reward ?? -Infinity) - (a.reward ?? -Infinity)).slice(0, 10);
  if (shown.length < rows.length)
    print(`The 10 of ${rows.length} cells with the highest reward (--out keeps all):`);
  print(
    renderTable(
      [...axes, 'AoSI', 'AoRI', 'served', 'reward', 'late'],
      shown.map((row) => [...axes.map((axis) => row[axis]), ...METRICS.map((metric) => row[metric] ?? NaN)]),
    ),
  );
}
