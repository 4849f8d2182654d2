import { solveReputation } from '@metalore/core/lifecycle';
import type { LifecycleScript, ReputationMode, ReputationSolution } from '@metalore/core/lifecycle';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { loadLifecycle } from '../lifecycle/load.js';
import type { LifecycleResult } from '@metalore/chain';
import { writeLifecycleResult } from '../lifecycle/write.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { registerLifecycleWorks } from './lifecycle-works.js';
import { choiceOption, collect } from './options.js';

interface LifecycleOptions {
  mode: string;
  set: string[];
  json?: true;
  out?: string;
}

/** `metalore lifecycle`: the life of a generated work on a chain, and reputations (paper 002, second, V-D). */
export function registerLifecycle(program: Command): void {
  const command = program
    .command('lifecycle')
    .enablePositionalOptions()
    .description('Run a script of registrations, challenges and swaps on a chain, or form reputations')
    .argument(
      '<instance>',
      'a script (kind: lifecycle), interactions (kind: reputation), or an example: lifecycle, reputation',
    )
    .option(
      '--mode <name>',
      'reputation: mwsl, or demo for the arithmetic of the public demonstration',
      'mwsl',
    )
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write the result, what other clients replay, and a manifest to a folder')
    .addHelpText(
      'after',
      `
Examples:
  metalore lifecycle lifecycle            # register, swap, resell, copy, challenge
  metalore lifecycle lifecycle --set tau=2 --json
  metalore lifecycle reputation --json
  metalore lifecycle story "a harbour at dusk" --out runs/story
  metalore lifecycle reputation --set parameters.temperature=1`,
    )
    .action(lifecycle);
  registerLifecycleWorks(command);
}

async function lifecycle(input: string, options: LifecycleOptions): Promise<void> {
  const startedAt = new Date();
  const mode = choiceOption<ReputationMode>('--mode', options.mode, ['mwsl', 'demo']);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const loaded = loadLifecycle(input, options.set);
  const write = async (result: ReputationSolution | LifecycleResult): Promise<void> => {
    if (options.out !== undefined)
      await writeLifecycleResult(options.out, loaded, result, { input, startedAt });
    if (options.json) printJson(result);
  };
  if (loaded.kind === 'reputation') {
    const solution = solveReputation(loaded.instance, mode);
    await write(solution);
    if (!options.json) printReputation(solution);
  } else {
    // the chain's libraries are loaded by whoever runs one
    const { runLifecycle } = await import('@metalore/chain');
    const result = await runLifecycle(loaded.script);
    await write(result);
    if (!options.json) printRun(loaded.script, result);
  }
}

function printReputation({ opinions, reputation, choice }: ReputationSolution): void {
  const rows = reputation.flatMap((row, producer) =>
    row.map((value, provider) => {
      const { belief, disbelief, uncertainty } = opinions[producer][provider];
      const numbers = [belief, disbelief, uncertainty, value, choice[producer][provider]];
      return [producer, provider, ...numbers.map((number) => number.toFixed(4))];
    }),
  );
  print(
    renderTable(['producer', 'provider', 'belief', 'disbelief', 'uncertainty', 'reputation', 'choice'], rows),
  );
}

function printRun(
  { actions }: LifecycleScript,
  { actions: receipts, items, locks, balances, stateRoot }: LifecycleResult,
): void {
  const subject = (action: LifecycleScript['actions'][number]): string =>
    'item' in action
      ? action.item
      : 'lock' in action
        ? action.lock
        : 'copy' in action
          ? `${action.copy} of ${action.original}`
          : `${action.seconds} s`;
  print(
    renderTable(
      ['', 'by', 'does', '', 'result', 'gas'],
      actions.map((action, index) => {
        const receipt = receipts[index];
        const outcome = receipt === null ? '' : receipt.ok ? 'done' : `refused: ${receipt.revert}`;
        return [index, action.by ?? '', action.do, subject(action), outcome, receipt?.gas ?? ''];
      }),
    ),
  );
  print(
    `\n${renderTable(
      ['work', 'owner', 'state'],
      Object.entries(items).map(([name, { owner, live, locked }]) => [
        name,
        owner,
        live ? (locked ? 'locked' : 'live') : 'struck',
      ]),
    )}`,
  );
  const closed = Object.entries(locks).map(([name, state]) => `${name} ${state}`);
  print(`\nlocks: ${closed.join(', ') || 'none'}`);
  print(
    `balances, wei: ${Object.entries(balances)
      .map(([name, wei]) => `${name} ${wei}`)
      .join(', ')}`,
  );
  print(`state root ${stateRoot}`);
}
