import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { cachingPolicies, explicitSet, keepAlive } from '@metalore/core/serving';
import type { CachingPolicy, ServingInstance } from '@metalore/core/serving';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { loadServingInput } from '../serving/load.js';
import type { ServingInput } from '../serving/load.js';
import { runPolicies } from '../serving/run-policies.js';
import type { CachingResult } from '../serving/run-policies.js';
import { addModuleOption, numberOption } from './options.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';

interface CachingOptions {
  policy?: string[];
  seed: string;
  json?: true;
  out?: string;
  set: string[];
  timeColumn: string;
  modelColumn: string;
  modelName?: string;
  modelByTokens?: string;
  dropFailed?: true;
  catalogue?: string;
  keepAlive?: string;
  pin?: string;
  sizes?: string;
  sizesModelColumn: string;
  sizesColumn: string;
  gb: string;
  gflops: string;
  accuracy: string;
  slotSeconds?: string;
  skipBadRows?: true;
}

/** `metalore caching`: which models an edge server should hold. */
export function registerCaching(program: Command): void {
  const collect = (value: string, before: string[]): string[] => [...before, value];
  const command = program
    .command('caching')
    .description('Compare caching policies for foundation models on an edge server, with a bound')
    .argument(
      '[input]',
      'scenario, explicit instance (JSON or YAML) or request log (.csv, .jsonl, also .gz); default: edge-models',
    )
    .option(
      '--policy <name...>',
      `policies (default: all): ${cachingPolicies.names().join(' ')}, or one of a --module`,
    )
    .option('--keep-alive <slots>', 'beside them: load on every miss, unload after so many idle slots')
    .option('--pin <models>', 'beside them: these models alone, by name, divided by commas')
    .option('--seed <n>', 'seed of the workload and of random policies', '0')
    .option('--set <path=value>', 'change a field of the scenario; repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write table, figure, report and manifest to a folder')
    .option('--time-column <name>', 'log: column of the time (seconds or a date)', 'time')
    .option('--model-column <name>', 'log: column of the model', 'model')
    .option('--model-name <name>', 'log: one model for all its requests')
    .option('--model-by-tokens <rule>', 'log: models by the tokens of a request, as small:500,large')
    .option('--drop-failed', 'log: leave requests out that got no answer')
    .option(
      '--catalogue <file>',
      'log: CSV file with model,gb,gflops,accuracy, perhaps loadS (s) and, of models that learn in context, window,oneShot,fewShot',
    )
    .option('--sizes <file>', 'log: CSV file with the sizes of the models')
    .option('--sizes-model-column <name>', 'log: its column of the model', 'model')
    .option('--sizes-column <name>', 'log: its column of the size in GB', 'gb')
    .option('--gb <list>', 'log: sizes in GB of models without one, in turn by first request', '4')
    .option('--gflops <n>', 'log: work of a request, GFLOP; of the mean one where it has tokens', '100')
    .option('--accuracy <n>', 'log: accuracy of the models, %', '75')
    .option('--slot-seconds <n>', 'log: seconds per slot (default: 88 requests a slot in the mean)')
    .option('--skip-bad-rows', 'log: leave broken rows out and count them')
    .action(caching);
  addModuleOption(command);
}

async function caching(argument: string | undefined, options: CachingOptions): Promise<void> {
  const startedAt = new Date();
  const numbers = readNumbers(options);
  // `--policy LC instance.json`: an option with several values takes the argument for one of them.
  const names = options.policy?.flatMap((name) => name.split(','));
  const taken =
    argument === undefined ? names?.findIndex((name) => /\.(json|ya?ml|csv|jsonl)(\.gz)?$/i.test(name)) : -1;
  const input = argument ?? (taken !== undefined && taken >= 0 ? names!.splice(taken, 1)[0] : 'edge-models');
  const policies = choosePolicies(names);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const loaded = await loadServingInput(input, {
    seed: numbers.seed,
    set: options.set,
    trace: { ...options, ...numbers, skipBadRows: options.skipBadRows ?? false },
  });
  if (loaded.log !== undefined) {
    const { layout, read, used, failed } = loaded.log;
    note(
      `${layout}: ${read} rows read, ${used} used${failed > 0 ? `, ${failed} without an answer left out` : ''}`,
    );
  }
  if (loaded.skipped.length > 0) {
    const { path: at, message } = loaded.skipped[0];
    note(`${loaded.skipped.length} broken rows left out, the first: ${at}: ${message}`);
  }
  policies.push(...operatorPolicies(options, loaded.instance));
  const result = runPolicies(loaded.instance, policies, numbers.seed);
  if (options.out !== undefined) {
    const { writeCachingResult } = await import('../serving/write-result.js');
    await writeCachingResult(options.out, loaded, result, { seed: numbers.seed, startedAt });
  }
  if (options.json)
    printJson({ ...result, ...(loaded.log && { log: loaded.log, skipped: loaded.skipped.length }) });
  else printResult(input, loaded, result);
}

function printResult(input: string, { instance }: ServingInput, result: CachingResult): void {
  const { slot, services, params } = instance;
  print(
    `${input}: ${slot.length} requests for ${services.length} models, ${params.gpuGB} GB; costs per slot\n`,
  );
  print(
    renderTable(
      [
        'policy',
        'total',
        'switch',
        'accuracy',
        'inference',
        'offload',
        'cloud',
        'edge %',
        'loads',
        '/ bound',
      ],
      Object.entries(result.policies).map(([name, c]) => [
        name,
        ...[c.total, c.switch, c.acc, c.inf, c.off, c.cloud, 100 * c.edge, c.loads].map((value) =>
          value.toFixed(value >= 100 ? 1 : 3),
        ),
        (c.total / result.lowerBound).toFixed(3),
      ]),
    ),
  );
  print(
    `\nlower bound ${result.lowerBound.toFixed(4)}, clairvoyant plan ${result.clairvoyant.toFixed(4)} ` +
      `(${(result.clairvoyant / result.lowerBound).toFixed(3)} of it); ${result.seconds.toFixed(2)} s`,
  );
}

interface Numbers {
  readonly seed: number;
  readonly gb: number[];
  readonly gflops: number;
  readonly accuracy: number;
  readonly slotSeconds: number | undefined;
}

function readNumbers(options: CachingOptions): Numbers {
  const problems: Problem[] = [];
  const read = (flag: string, text: string, isGood: (value: number) => boolean, expected: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !isGood(value)) {
      problems.push({ path: flag, message: `"${text}" is not ${expected}` });
    }
    return value;
  };
  const isPositive = (value: number): boolean => value > 0;
  const numbers = {
    seed: read('--seed', options.seed, (n) => Number.isSafeInteger(n) && n >= 0, 'an integer >= 0'),
    gb: options.gb.split(',').map((size) => read('--gb', size, isPositive, 'a list of sizes > 0')),
    gflops: read('--gflops', options.gflops, (n) => n >= 0, 'a number >= 0'),
    accuracy: read('--accuracy', options.accuracy, (n) => n >= 0 && n <= 100, 'between 0 and 100'),
    slotSeconds:
      options.slotSeconds === undefined
        ? undefined
        : read('--slot-seconds', options.slotSeconds, isPositive, 'a number > 0'),
  };
  if (problems.length > 0) throw new InvalidInputError('options', problems);
  return numbers;
}

/** What operators of model servers set by hand. */
function operatorPolicies(
  { keepAlive: idle, pin }: CachingOptions,
  { services, params }: ServingInstance,
): CachingPolicy[] {
  const policies: CachingPolicy[] = [];
  if (idle !== undefined) policies.push(keepAlive(numberOption('--keep-alive', idle, 0)!));
  if (pin === undefined) return policies;
  const pinned = pin.split(',').map((name) => services.findIndex((service) => service.name === name.trim()));
  const at = pinned.indexOf(-1);
  const fail = (message: string): never => {
    throw new InvalidInputError('option', [{ path: '--pin', message }]);
  };
  if (at >= 0) {
    const known = services.map(({ name }) => name).slice(0, 10);
    fail(
      `"${pin.split(',')[at].trim()}" is no model; there are ${known.join(', ')}${services.length > 10 ? ', …' : ''}`,
    );
  }
  const gb = pinned.reduce((sum, service) => sum + services[service].gb, 0);
  if (gb > params.gpuGB) fail(`${gb.toPrecision(4)} GB of models; the GPU has ${params.gpuGB}`);
  return [...policies, explicitSet(pinned)];
}

function choosePolicies(wanted: readonly string[] | undefined): CachingPolicy[] {
  const names = wanted === undefined || wanted.length === 0 ? cachingPolicies.names() : wanted;
  return [...new Set(names)].map((name) => cachingPolicies.get(name, '--policy'));
}
