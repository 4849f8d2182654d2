import { InvalidInputError } from '@metalore/core/errors';
import { buildProblem, partitionMethods, solvePartition } from '@metalore/core/partition';
import type { PartitionMethod, PartitionSolution } from '@metalore/core/partition';
import type { Command } from 'commander';
import { CITY_DEFAULTS, cityAccounts, cityScenario } from '@metalore/core/city';
import type { ServerAccounts, UnitMapping } from '@metalore/core/city';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { loadPartitionInstance } from '../partition/load.js';
import type { PartitionResult } from '../partition/write-result.js';
import { ACCOUNT_HEAD, accountRows, unitsText } from '../city/summary.js';
import { writeManifest } from '../results/manifest.js';
import { formatNumber, print, printJson, renderTable } from '../terminal/output.js';
import { addModuleOption, collect, integerOption, numberOption } from './options.js';

interface PartitionOptions {
  method: string;
  freeTwins?: true;
  connected?: true;
  bound: boolean;
  set: readonly string[];
  out?: string;
  scenario?: string;
  sensors: string;
  speed: string;
  json?: true;
}

/** `metalore partition`: which server copies which part of a zone, and hosts which twins. */
export function registerPartition(program: Command): void {
  const command = program
    .command('partition')
    .description('Cut a zone into one region per edge server, with the digital twins in them')
    .argument('[instance]', 'instance (YAML or JSON) or the name of a preset', 'city')
    .option('--method <name>', `one of ${partitionMethods.join(', ')}`, 'guarded')
    .option('--free-twins', 'optimal: a twin may live on any server, not only that of its cell')
    .option('--connected', 'optimal: every region in one piece')
    .option('--no-bound', 'do not compute the lower bound')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--out <dir>', 'write result, labels, tables and a map to a folder')
    .option(
      '--scenario <dir>',
      'write the partition as a scenario for `metalore simulate`: cells, twins, regions',
    )
    .option(
      '--sensors <n>',
      'sensors of the scenario, for those of the instance',
      String(CITY_DEFAULTS.sensors),
    )
    .option('--speed <mps>', 'speed of the scenario’s UEs, m/s', String(CITY_DEFAULTS.speedMps))
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  metalore partition city --method optimal --out runs/partition\n' +
        '  metalore partition city --set constants.sensingBpsPerM3=15000 --scenario runs/city && metalore simulate runs/city\n',
    )
    .action(partition);
  addModuleOption(command);
}

async function partition(input: string, options: PartitionOptions): Promise<void> {
  const startedAt = new Date();
  const method = readMethod(options);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const scenario = scenarioOptions(options);
  if (options.scenario !== undefined) await checkOutputFolder(options.scenario);
  const instance = loadPartitionInstance(input, options.set);
  const began = performance.now();
  const problem = buildProblem(instance);
  const solution = solvePartition(problem, {
    method,
    freeTwins: options.freeTwins,
    connected: options.connected,
    lowerBound: options.bound,
  });
  const seconds = (performance.now() - began) / 1e3;
  const { labels: _labels, warmStart: _warmStart, ...plain } = solution;
  const result: PartitionResult = { ...plain, seconds };
  if (options.out !== undefined) {
    const { writePartitionResult } = await import('../partition/write-result.js');
    await writePartitionResult(options.out, instance, solution, result, startedAt);
  }
  const city = options.scenario === undefined ? undefined : cityScenario(problem, solution, scenario);
  const accounts = city && cityAccounts(problem, solution, city);
  if (city !== undefined && options.scenario !== undefined) {
    const { writeCityScenario } = await import('../city/write-scenario.js');
    await withOutputFolder(options.scenario, async (dir) => {
      await writeCityScenario(dir, city);
      const details = { method, units: city.units, reserved: city.reserved, accounts };
      await writeManifest(dir, { kind: 'partition --scenario', scenario: city.scenario, startedAt, details });
    });
  }
  if (options.json) {
    const written = city && {
      scenario: { folder: options.scenario, units: city.units, reserved: city.reserved, accounts },
    };
    printJson({ ...result, ...written });
    return;
  }
  printResult(input, solution, seconds);
  if (city !== undefined) printScenario(options.scenario!, city.units, accounts!);
}

function scenarioOptions({ sensors, speed }: PartitionOptions) {
  return { sensors: integerOption('--sensors', sensors, 1), speedMps: numberOption('--speed', speed, 0) };
}

function printScenario(folder: string, units: UnitMapping, accounts: readonly ServerAccounts[]): void {
  print(`\nThought by the partition / held by the scenario`);
  print(renderTable(ACCOUNT_HEAD, accountRows(accounts)));
  print(`${unitsText(units)} Next: metalore simulate ${folder}`);
}

function readMethod({ method, freeTwins, connected }: PartitionOptions): PartitionMethod {
  const known: readonly string[] = partitionMethods;
  const fail = (path: string, message: string): never => {
    throw new InvalidInputError('options', [{ path, message }]);
  };
  if (!known.includes(method)) fail('--method', `"${method}" is unknown; accepted: ${known.join(', ')}`);
  if (method !== 'optimal' && freeTwins) fail('--free-twins', 'goes with --method optimal only');
  if (method !== 'optimal' && connected) fail('--connected', 'goes with --method optimal only');
  return method as PartitionMethod;
}

function printResult(input: string, solution: PartitionSolution, seconds: number): void {
  const { method, objectiveMs, lowerBoundMs, iterations, perServer } = solution;
  print(`${input}, method ${method}: average sub-synchronization time ${formatNumber(objectiveMs, 5)} ms`);
  if (lowerBoundMs !== null) {
    const open = 100 * (1 - lowerBoundMs / objectiveMs);
    print(
      `no partition is below ${formatNumber(lowerBoundMs, 5)} ms: at most ${open.toFixed(1)} % are left to gain`,
    );
  }
  print(`${iterations} iterations, ${describeEnding(solution)}, ${seconds.toFixed(2)} s\n`);
  const rows = perServer.map((share, server) => [
    server,
    share.subSyncMs,
    share.mass,
    share.areaKm2,
    share.twins,
    share.computeLeftHz / 1e9,
  ]);
  print(renderTable(['server', 'sub-sync (ms)', 'mass', 'area (km²)', 'twins', 'compute left (GHz)'], rows));
}

function describeEnding({ ending, cycle }: PartitionSolution): string {
  if (cycle !== undefined) {
    const { associations, leastMs, mostMs } = cycle;
    return (
      `ended in a cycle of ${associations} associations of twins, J from ${formatNumber(leastMs)} to ` +
      `${formatNumber(mostMs)} ms (the best partition met is returned)`
    );
  }
  return ENDINGS[ending];
}

const ENDINGS: Readonly<Record<PartitionSolution['ending'], string>> = {
  assignment: 'best channel everywhere',
  equilibrium: 'converged to an equilibrium',
  'local-optimum': 'no single move is better',
  optimum: 'the optimum, by enumeration',
  cycle: 'ended in a cycle of partitions',
  overload: 'ended with a server overloaded',
  budget: 'stopped at the limit of iterations',
};
