import { checkOutputFolder } from '../io/output-folder.js';
import type { Command } from 'commander';
import { loadProviderInstance } from '../provider/load.js';
import { providerPolicyNames, runProvider } from '../provider/run.js';
import type { ProviderResult } from '../provider/run.js';
import { EventLog } from '../provider/event-log.js';
import { formatNumber, print, printJson, renderTable } from '../terminal/output.js';
import { addModuleOption, collect, integerOption } from './options.js';

interface ProviderOptions {
  policy: string;
  seed: string;
  set: string[];
  json?: true;
  out?: string;
}

/** `metalore provider`: which provider of generated content gets the task (paper 002, second, V-B). */
export function registerProvider(program: Command): void {
  const command = program
    .command('provider')
    .description('Give tasks to providers of generated content, by a policy, and bound what any could reach')
    .argument(
      '<instance>',
      'instance (JSON or YAML), explicit (providers, tasks) or drawn (seed), or an example: provider, provider-crash-pays',
    )
    .option(
      '--policy <name>',
      `${providerPolicyNames().join(', ')}, or a folder of metalore train`,
      'crash-avoid',
    )
    .option('--seed <n>', 'of the policy’s own randomness', '1')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write outcome, instance, event log, figure, report and manifest to a folder')
    .addHelpText(
      'after',
      `
Examples:
  metalore provider provider --policy prophet
  metalore provider provider --set load=4 --set capacities=code --policy table --json
  metalore provider provider-crash-pays --policy offline
  metalore provider mine.json --policy offline --out runs/mine`,
    )
    .action(provider);
  addModuleOption(command);
}

async function provider(input: string, options: ProviderOptions): Promise<void> {
  const startedAt = new Date();
  const seed = integerOption('--seed', options.seed, 0);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const instance = loadProviderInstance(input, options.set);
  const log = options.out === undefined ? undefined : new EventLog();
  const result = await runProvider(instance, options.policy, { seed, onEvent: log?.listen });
  if (options.out !== undefined && log !== undefined) {
    const { writeProviderResult } = await import('../provider/write.js');
    await writeProviderResult(options.out, instance, result, log, { input, startedAt });
  }
  if (options.json) printJson(result);
  else printResult(input, result);
}

function printResult(input: string, result: ProviderResult): void {
  const { policy, reward, bound, seconds } = result;
  print(`${input}: reward ${formatNumber(reward, 6)} by ${policy}`);
  const gap = bound.gap > 1e-3 ? ` (the relaxation is at most ${(100 * bound.gap).toFixed(2)} % lower)` : '';
  print(
    `no crash-free plan reaches more than ${formatNumber(bound.crashFree, 6)}${gap}, no plan more than ` +
      `${formatNumber(bound.capacityFree, 6)}${result.exact === true ? '; no crash-free plan is better than this one' : ''}; ` +
      `${seconds.toFixed(2)} s\n`,
  );
  const { accepted, dropped, finished, lost, crashes, completedValue, utilisation } = result;
  print(
    renderTable(
      ['accepted', 'dropped', 'finished', 'lost', 'crashes', 'value of finished', 'utilisation'],
      [[accepted, dropped, finished, lost, crashes, completedValue, `${(100 * utilisation).toFixed(1)} %`]],
    ),
  );
}
