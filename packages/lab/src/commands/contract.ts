import { CONTRACT_METHODS, solveContract } from '@metalore/core/contract';
import type { ContractMethod, ContractSolution } from '@metalore/core/contract';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { loadContractInstance } from '../contract/load.js';
import { checkOutputFolder } from '../io/output-folder.js';
import { formatNumber, print, printJson, renderTable } from '../terminal/output.js';
import { choiceOption, collect } from './options.js';

interface ContractOptions {
  method?: string;
  policy?: string;
  set: string[];
  json?: true;
  out?: string;
}

/** `metalore contract`: menus for providers of semantic data whose efficiency is hidden (paper 002, second, V-A). */
export function registerContract(program: Command): void {
  program
    .command('contract')
    .description('Menu of contracts for semantic data, optimal or by a policy, and what providers make of it')
    .argument(
      '<instance>',
      'instance (JSON or YAML), explicit (link, cost, …) or drawn (seed), or an example: contract-reference, contract',
    )
    .option('--method <name>', `${CONTRACT_METHODS.join(', ')} (default: optimal)`)
    .option('--policy <run>', 'the menu of a policy instead: a folder of metalore train, or its policy.json')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write solution, table, figure, report and manifest to a folder')
    .action(contract);
}

async function contract(input: string, options: ContractOptions): Promise<void> {
  const startedAt = new Date();
  const method = methodOf(options);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const instance = loadContractInstance(input, options.set);
  let solution: ContractSolution;
  if (options.policy === undefined) solution = solveContract(instance, method);
  else {
    const { solveByPolicy } = await import('../contract/policy.js');
    solution = solveByPolicy(instance, options.policy);
  }
  if (options.out !== undefined) {
    const { writeContractResult } = await import('../contract/write-result.js');
    await writeContractResult(options.out, instance, solution, { input, startedAt });
  }
  if (options.json) printJson(solution);
  else printSolution(input, solution);
}

function methodOf({ method = 'optimal', policy }: ContractOptions): ContractMethod {
  if (policy !== undefined && method !== 'optimal') {
    throw new InvalidInputError('option', [{ path: '--policy', message: 'takes the place of --method' }]);
  }
  return choiceOption('--method', method, CONTRACT_METHODS);
}

function printSolution(input: string, solution: ContractSolution): void {
  const { method, utility, share, menu, choices, providerUtility, pooled, baselines, seconds } = solution;
  const ofOptimum = Number.isNaN(share)
    ? 'where the optimum is 0'
    : `${formatNumber(share, 6)} of the optimum`;
  print(`${input}: utility ${utility.toFixed(6)} by ${method}, ${ofOptimum}\n`);
  print(
    renderTable(
      ['type', 'item Mbit', 'payment', 'takes', 'provider utility'],
      menu.map((item, type) => [
        String(type),
        item === null ? '–' : item.mbit.toFixed(4),
        item === null ? '–' : item.payment.toFixed(4),
        choices[type] === null ? 'stays out' : `item ${choices[type]}`,
        providerUtility[type].toFixed(4),
      ]),
    ),
  );
  if (pooled.length > 0) {
    print(`\ntypes with one item: ${pooled.map((group) => group.join(', ')).join('; ')}`);
  }
  const { firstBest, oneItem, linearPrice, fullInformationMenu } = baselines;
  print(
    `\nfirst best ${firstBest.toFixed(4)}, one item ${oneItem.toFixed(4)}, linear price ${linearPrice.toFixed(4)}, ` +
      `first-best menu posted ${fullInformationMenu.toFixed(4)}; ${(1e6 * seconds).toFixed(0)} µs`,
  );
}
