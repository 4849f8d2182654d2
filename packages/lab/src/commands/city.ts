import { existsSync } from 'node:fs';
import path from 'node:path';
import { CHOICES, CITY_DEFAULTS } from '@metalore/core/city';
import { InfeasibleError, InvalidInputError } from '@metalore/core/errors';
import { partitionMethods } from '@metalore/core/partition';
import type { PartitionInstance, PartitionMethod } from '@metalore/core/partition';
import { Option, type Command } from 'commander';
import { CITY_POLICIES, type CityCell, type CityRow } from '../city/cells.js';
import {
  ACCOUNT_HEAD,
  accountRows,
  differenceHead,
  differenceRows,
  infeasibleText,
  RESULT_HEAD,
  resultRows,
  unitsText,
} from '../city/summary.js';
import { BASE_METHOD, compare } from '../city/tables.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { loadPartitionInstance } from '../partition/load.js';
import { policyOfValue, readPolicyValue, type PolicyValue } from '../policy/policy-value.js';
import { version } from '../results/manifest.js';
import { runStudy } from '../study/run.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { runHere, workerCount } from '../work/pool.js';
import { addModuleOption, collect, integerOption, numberOption } from './options.js';

interface CityOptions {
  methods: string;
  policy: readonly string[];
  sensing: string;
  sensors: string;
  speed: string;
  age: string;
  stepsPerSlot: string;
  steps: string;
  episodes: string;
  training: string;
  seed: string;
  set: readonly string[];
  workers?: string;
  out?: string;
  json?: true;
}

const DEFAULT_POLICIES = ['chosen', 'reserved', 'queue-proportional'];

/** `metalore city`: a zone is cut by several methods, and each partition run by the simulator. */
export function registerCity(program: Command): void {
  const command = program
    .command('city')
    .description(
      'Cut a city into sub-metaverses by several methods, run each, and compare what its users get',
    )
    .argument('[instance]', 'instance of `metalore partition`: a file, its folder, or a preset', 'city')
    .option('--methods <names>', `of ${partitionMethods.join(', ')}`, 'snr,guarded,optimal')
    .addOption(
      new Option(
        '--policy <policy>',
        'chosen: fixed splits by cell, chosen on training episodes; reserved: what the partition reserves; a rule; a ' +
          'trained policy; may be repeated',
      )
        .argParser(collect)
        .default([], DEFAULT_POLICIES.join(', ')),
    )
    .option(
      '--sensing <x>',
      'sensing rate over the instance’s: paper 001’s own (1) leaves all queues empty',
      '300',
    )
    .option(
      '--sensors <n>',
      'sensors of the scenario, which stand for those of the instance',
      String(CITY_DEFAULTS.sensors),
    )
    .option('--speed <mps>', 'speed of the twins, m/s', String(CITY_DEFAULTS.speedMps))
    .option('--age <s>', 'how long the twins have moved since the cut, s', String(CITY_DEFAULTS.ageS))
    .option(
      '--steps-per-slot <n>',
      'steps in a slot; ages are exact to one',
      String(CITY_DEFAULTS.stepsPerSlot),
    )
    .option('--steps <n>', 'steps of an episode', String(CITY_DEFAULTS.episodeSteps))
    .option('--episodes <n>', 'episodes, the same people and random numbers for all', '20')
    .option('--training <n>', 'episodes that `chosen` is chosen on', '1')
    .option('--seed <n>', 'seed of the run', '1')
    .option('--set <path=value>', 'change a field of the instance; may be repeated', collect, [])
    .option('--workers <n>', 'worker threads (default: one per core, at most 8)')
    .option('--out <dir>', 'write report, maps of the ages, a table, and a scenario per method to a folder')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  metalore city --out runs/city\n' +
        '  metalore city --methods snr,optimal --policy queue-proportional --sensing 1000 --age 60\n' +
        '  metalore simulate runs/city/optimal --policy age-aware\n',
    )
    .action(runCity);
  addModuleOption(command);
}

async function runCity(input: string, options: CityOptions): Promise<void> {
  const startedAt = new Date();
  const workers = workerCount(options.workers);
  const sensing = numberOption('--sensing', options.sensing, Number.MIN_VALUE)!;
  const methods = readMethods(options.methods);
  const policies = await readPolicies(options.policy.length > 0 ? options.policy : DEFAULT_POLICIES);
  const instance = sensed(loadPartitionInstance(instanceFile(input), options.set), sensing);
  const cells = cellsOf(instance, methods, policies, options);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const start = performance.now();
  // its report draws figures, whose libraries are loaded by whoever draws
  const { cityStudy } = await import('../city/study/index.js');
  const study = { ...cityStudy, cells: () => cells };
  const { rows } = (await withInterrupt((signal) =>
    runStudy(study as never, {
      quick: false,
      runTasks: runHere(workers, signal, { light: deviceSteps(cells, instance) <= LIGHT_DEVICE_STEPS }),
    }),
  )) as { rows: CityRow[] };
  const seconds = (performance.now() - start) / 1e3;
  if (rows.every(({ objectiveMs }) => objectiveMs === null)) {
    throw new InfeasibleError(infeasibleText(rows).join('; '), { reason: 'city' });
  }
  const [{ options: how, seed, episodes }] = cells;
  const lead =
    `${instance.name ?? input}: ${instance.servers.length} servers, ${instance.twins.length} twins at ` +
    `${how.speedMps} m/s, ${how.ageS} s after the cut, sensing rate × ${sensing}; ${episodes} episodes of ${how.episodeSteps} steps, seed ${seed}.`;
  if (options.out !== undefined) {
    const { writeCity } = await import('../city/write-city.js');
    await withOutputFolder(options.out, (dir) => writeCity(dir, { instance, cells, rows, lead, startedAt }));
  }
  if (options.json)
    printJson({ city: input, sensing, ...how, seed, episodes, results: toJson(rows), version });
  else show(lead, rows, options.out);
  note(`${seconds.toFixed(1)} s`);
}

/** Device-steps that are over before a worker thread would have paid. */
const LIGHT_DEVICE_STEPS = 2e6;

function deviceSteps(cells: readonly CityCell[], { twins }: PartitionInstance): number {
  return cells.reduce((sum, { options, episodes, training, policy }) => {
    const runs = episodes + (policy.spec === 'chosen' ? CHOICES * training : 0);
    return sum + runs * options.episodeSteps! * (options.sensors! + twins.length);
  }, 0);
}

/** `metalore import eua --partition` leaves its instance in a folder. */
function instanceFile(input: string): string {
  const inFolder = path.join(input, 'instance.yaml');
  return existsSync(inFolder) ? inFolder : input;
}

function sensed(instance: PartitionInstance, sensing: number): PartitionInstance {
  const { constants } = instance;
  return {
    ...instance,
    constants: { ...constants, sensingBpsPerM3: sensing * constants.sensingBpsPerM3 },
  };
}

function cellsOf(
  instance: PartitionInstance,
  methods: readonly PartitionMethod[],
  policies: readonly PolicyValue[],
  options: CityOptions,
): CityCell[] {
  const how = {
    sensors: integerOption('--sensors', options.sensors, 1),
    episodeSteps: integerOption('--steps', options.steps, 1),
    stepsPerSlot: integerOption('--steps-per-slot', options.stepsPerSlot, 1),
    speedMps: numberOption('--speed', options.speed, 0)!,
    ageS: numberOption('--age', options.age, 0)!,
    seed: integerOption('--seed', options.seed, 0),
  };
  const episodes = integerOption('--episodes', options.episodes, 1);
  const training = integerOption('--training', options.training, 1);
  return methods.flatMap((method) =>
    policies.map((policy, at) => ({
      group: 'run' as const,
      x: 0,
      draw: 1,
      instance,
      method,
      policy,
      options: how,
      seed: how.seed,
      episodes,
      training,
      maps: at === 0,
    })),
  );
}

function readMethods(text: string): PartitionMethod[] {
  return text.split(',').map((name) => {
    const method = partitionMethods.find((known) => known === name.trim());
    if (method !== undefined) return method;
    const message = `"${name}" is unknown; accepted: ${partitionMethods.join(', ')}`;
    throw new InvalidInputError('option', [{ path: '--methods', message }]);
  });
}

/** Each read once. @throws InvalidInputError, UnknownNameError for the first that is none */
async function readPolicies(specs: readonly string[]): Promise<PolicyValue[]> {
  const values: PolicyValue[] = [];
  for (const spec of new Set(specs)) {
    const isOfCity = (CITY_POLICIES as readonly string[]).includes(spec);
    const value = isOfCity ? { spec } : await readPolicyValue(spec);
    if (!isOfCity) await policyOfValue(value);
    values.push(value);
  }
  return values;
}

function show(lead: string, rows: readonly CityRow[], out: string | undefined): void {
  const comparisons = compare(rows, BASE_METHOD);
  print(`${lead}\n`);
  for (const text of infeasibleText(rows)) print(`${text}\n`);
  print(renderTable(RESULT_HEAD, resultRows(comparisons)));
  const differences = differenceRows(comparisons);
  if (differences.length > 0) {
    print(`\nPaired differences from ${BASE_METHOD}: the same policy, the same people and random numbers`);
    print(renderTable(differenceHead(BASE_METHOD), differences));
  }
  const mapped = rows.filter((row) => row.maps !== undefined);
  if (mapped.length > 0) print(`\n${unitsText(mapped[0].maps!.units)}`);
  if (out !== undefined) print(`Report: ${path.join(out, 'report.html')}`);
  else if (mapped.length > 0 && mapped[0].maps!.accounts.length <= 8) {
    for (const { method, maps } of mapped) {
      print(`\n${method}: thought by the partition / held by the scenario`);
      print(renderTable(ACCOUNT_HEAD, accountRows(maps!.accounts)));
    }
  }
}

function toJson(rows: readonly CityRow[]): unknown {
  return compare(rows, BASE_METHOD).map(({ variant, values, difference, objectiveMs }) => {
    const row = rows.find(({ method, policy }) => method === variant.method && policy === variant.policy)!;
    return {
      method: variant.method,
      policy: variant.policy,
      objectiveMs,
      metrics: values,
      ...(difference && { differences: difference }),
      ...(row.splits && { splits: row.splits }),
      ...(row.infeasible !== undefined && { infeasible: row.infeasible }),
      ...(row.maps && { accounts: row.maps.accounts, units: row.maps.units }),
    };
  });
}
