import { InfeasibleError, InvalidInputError } from '@metalore/core/errors';
import { solveAlternating, solveOptimal } from '@metalore/core/urllc';
import type { UrllcMethod, UrllcSolution } from '@metalore/core/urllc';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';
import { loadUrllcInstance } from '../urllc/load.js';
import { collect, integerOption, numberOption } from './options.js';

interface UrllcOptions {
  method: string;
  start: string;
  set: string[];
  robust?: true;
  effort?: string;
  json?: true;
  out?: string;
}

const METHODS: readonly UrllcMethod[] = ['optimal', 'ao', 'ao-strict'];

/** `metalore urllc`: allocation of an edge server to devices on short-packet links (paper 003). */
export function registerUrllc(program: Command): void {
  program
    .command('urllc')
    .description('Caching, offloading, bandwidth, power and rates for least latency, with a certificate')
    .argument(
      '<instance>',
      'instance (JSON or YAML), drawn (seed) or explicit (ue), or an example: m6, paper',
    )
    .option('--method <name>', METHODS.join(', '), 'optimal')
    .option('--start <n>', 'start of the alternating optimisation; 0 is not drawn', '0')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--robust', 'deviations are half-widths: keep every limit for all of them')
    .option('--effort <x>', 'look for a proof so many times as far as usual, from 1 (default: 1)')
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write solution, table, figure, report and manifest to a folder')
    .action(urllc);
}

async function urllc(input: string, options: UrllcOptions): Promise<void> {
  const startedAt = new Date();
  const method = methodOf(options.method);
  const start = integerOption('--start', options.start, 0);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const instance = loadUrllcInstance(input, options.set);
  const robust = options.robust ?? false;
  const effort = numberOption('--effort', options.effort, 1);
  let solution: UrllcSolution;
  try {
    solution =
      method === 'optimal'
        ? solveOptimal(instance, { robust, effort })
        : solveAlternating(instance, { method, start, robust });
  } catch (error) {
    if (!(error instanceof InfeasibleError) || !options.json) throw error;
    printJson({ method, status: 'infeasible', totalMs: null, message: error.message, ...error.details });
    note(`error: ${error.message}`);
    process.exitCode = error.exitCode;
    return;
  }
  if (options.out !== undefined) {
    const { writeUrllcResult } = await import('../urllc/write-result.js');
    await writeUrllcResult(options.out, instance, solution, { input, startedAt });
  }
  if (options.json) printJson(solution);
  else printSolution(input, solution);
}

function methodOf(name: string): UrllcMethod {
  const method = METHODS.find((known) => known === name);
  if (method !== undefined) return method;
  throw new InvalidInputError('option', [
    { path: '--method', message: `"${name}" is not a method; accepted: ${METHODS.join(', ')}` },
  ]);
}

/** Why an answer is not proven, and what would prove it. */
const UNPROVEN: Readonly<Record<NonNullable<UrllcSolution['stoppedBy']>, string>> = {
  sets: 'more caching sets are open than were looked at; --effort 10 looks at ten times as many',
  shares:
    'devices short of energy have several good answers, and more combinations are open than were looked at; --effort 10 looks at ten times as many',
  devices:
    'above 200 devices the bound lets one task be cached in part; it comes closer the smaller a task is beside the cache',
  precision:
    'the numbers lie too far apart for a closer bound; powers, energies and rates within a few orders of magnitude of one another allow it',
};

function printSolution(input: string, solution: UrllcSolution): void {
  const { totalMs, lowerBoundMs, gap, status, method, cached, prices } = solution;
  print(
    `${input}: ${totalMs.toFixed(4)} ms in all, ${status} by ${method}; lower bound ${lowerBoundMs.toFixed(4)} ms, gap ${gap.toExponential(1)}`,
  );
  if (solution.stoppedBy !== undefined) print(`not proven: ${UNPROVEN[solution.stoppedBy]}`);
  print(`cached: ${cached.length > 0 ? cached.join(', ') : 'none'}\n`);
  const head = [
    'device',
    'latency ms',
    'local',
    'band',
    'power W',
    'device GHz',
    'edge GHz',
    'energy mJ',
    'Mbit/s',
    'binding',
  ];
  print(
    renderTable(
      head,
      solution.ue.map((device, index) => [
        `${index}${device.cached ? ' cached' : ''}`,
        device.latencyMs.toFixed(4),
        device.local.toFixed(3),
        device.bandwidthShare.toFixed(4),
        device.powerW.toFixed(4),
        (device.localHz / 1e9).toFixed(3),
        (device.edgeHz / 1e9).toFixed(3),
        device.energyMj.toFixed(3),
        (device.rateBps / 1e6).toFixed(2),
        device.bindingConstraints.join(' '),
      ]),
    ),
  );
  print(
    `\nshadow prices: ${prices.bandwidth.toFixed(4)} ms per whole band, ${prices.edgeCycles.toFixed(5)} ms per GHz of edge rate, ` +
      `${prices.cache.toFixed(5)} ms per kbit of cache; ${solution.seconds.toFixed(3)} s`,
  );
}
