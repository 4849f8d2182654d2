import {
  auctionMechanisms,
  lieKinds,
  Market,
  mechanisms,
  optimumOf,
  outcomeOf,
  traps,
} from '@metalore/core/auction';
import type { AdmissionMethod, AuctionOutcome, LieKind, Mechanism } from '@metalore/core/auction';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { findLie, type LieReport } from '../auction/find-lie.js';
import { loadAuction, type LoadedAuction } from '../auction/load.js';
import { checkOutputFolder } from '../io/output-folder.js';
import { print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { addModuleOption, choiceOption, collect, integerOption } from './options.js';

interface AuctionOptions {
  mechanism: string;
  admission: string;
  set: string[];
  findLie?: true;
  kinds?: string;
  markets: string;
  json?: true;
  out?: string;
}

/** `metalore auction`: a roadside unit's cycle sold to vehicles and simulators (paper 002, V-C). */
export function registerAuction(program: Command): void {
  const command = program
    .command('auction')
    .description('Sell a cycle of a roadside unit to vehicle twins and simulators, or find lies that pay')
    .argument('<instance>', 'instance (JSON or YAML), drawn (seed) or explicit, or an example: base, hidden')
    .option(
      '--mechanism <name>',
      `${mechanisms.map(({ name }) => name).join(', ')}; broken ones: ${traps.map(({ name }) => name).join(', ')}; or one of a --module`,
      'mtepvisa',
    )
    .option('--admission <method>', 'exact (up to 16 tasks a vehicle) or heuristic, with a gap', 'exact')
    .option('--set <path=value>', 'change a field of the instance; repeatable', collect, [])
    .option('--find-lie', 'search for a lie that pays and print the smallest counterexample')
    .option('--kinds <list>', `kinds of lies: ${lieKinds.join(',')} (default: all but pair)`)
    .option('--markets <n>', 'markets to search, from the seed of a drawn instance on', '1')
    .option('--json', 'print one JSON object')
    .option('--out <dir>', 'write outcome, table, figure, report and manifest to a folder')
    .addHelpText(
      'after',
      `
Examples:
  metalore auction base --mechanism mtepvisa-choice --json
  metalore auction base --set vehicles=50 --set simulationValue=1
  metalore auction hidden --find-lie                      # a task that is better not mentioned
  metalore auction base --set vehicles=2 --set simulationValue=1 --find-lie --markets 50
  metalore auction base --module ./mine.mjs --mechanism mine --find-lie`,
    )
    .action(auction);
  addModuleOption(command);
}

async function auction(input: string, options: AuctionOptions): Promise<void> {
  const startedAt = new Date();
  const admission = choiceOption<AdmissionMethod>('--admission', options.admission, ['exact', 'heuristic']);
  const loaded = loadAuction(input, options.set);
  const mechanism = auctionMechanisms.get(options.mechanism, '--mechanism');
  if (options.findLie) return search(loaded, mechanism, admission, options);
  if (options.out !== undefined) await checkOutputFolder(options.out);
  const market = new Market(loaded.instance, { admission });
  const outcome = outcomeOf(market, mechanism, optimumOf(market));
  if (options.out !== undefined) {
    const { writeAuctionResult } = await import('../auction/write.js');
    const allocation = mechanism.run(market);
    await writeAuctionResult(options.out, loaded.instance, outcome, allocation, { input, startedAt });
  }
  if (options.json) printJson(outcome);
  else printOutcome(input, outcome);
}

async function search(
  loaded: LoadedAuction,
  mechanism: Mechanism,
  admission: AdmissionMethod,
  options: AuctionOptions,
): Promise<void> {
  const markets = integerOption('--markets', options.markets, 1);
  if (markets > 1 && loaded.drawn === undefined) {
    throw new InvalidInputError('option', [
      { path: '--markets', message: 'an explicit instance is one market; more can be drawn from a seed' },
    ]);
  }
  const kinds = (options.kinds?.split(',') ?? lieKinds.filter((kind) => kind !== 'pair')).map((kind) =>
    choiceOption<LieKind>('--kinds', kind, lieKinds),
  );
  const report = await withInterrupt((signal) =>
    findLie(loaded, mechanism, { admission, kinds, markets }, signal),
  );
  if (options.json) printJson(report);
  else printLies(report);
}

const number = (value: number): string => value.toFixed(4);

function printOutcome(input: string, outcome: AuctionOutcome): void {
  const { mechanism, winner, schedule, price, simulator, simulatorPrice, surplus, utilities } = outcome;
  print(
    `${input}: vehicle ${winner} wins by ${mechanism} and pays ${number(price)}; the rest of the cycle, worth ` +
      `${number(outcome.remainingValue)} a unit of match, goes to ${simulator === 'driving' ? 'the driving simulator' : `traffic simulator ${simulator}`} for ${number(simulatorPrice)}`,
  );
  print(
    schedule.length === 0
      ? 'no task is served\n'
      : `${renderTable(
          ['task', 'start s', 'end s'],
          schedule.map(({ task, startS, endS }) => [task, startS, endS]),
        )}`,
  );
  print(
    renderTable(
      ['', 'surplus', 'utility'],
      [
        ['tasks, vehicle', number(surplus.tasks), number(utilities.vehicle)],
        ['simulation, simulator', number(surplus.simulation), number(utilities.simulator)],
        ['roadside unit', '', number(utilities.roadside)],
        [
          'total',
          number(surplus.total),
          number(utilities.vehicle + utilities.simulator + utilities.roadside),
        ],
      ],
    ),
  );
  const gap =
    outcome.admissionGap === undefined
      ? ''
      : `; served sets within ${(100 * outcome.admissionGap).toFixed(2)} % of their bounds`;
  print(
    `${(100 * outcome.share).toFixed(1)} % of the optimum ${number(outcome.optimum)}; alpha ${number(outcome.alpha)}, gain ${number(outcome.gain)}${gap}`,
  );
}

function printLies(report: LieReport): void {
  const { mechanism, markets, tried, profitable, kinds, counterexample } = report;
  print(`${mechanism}: ${profitable} of ${tried} lies in ${markets} market${markets === 1 ? '' : 's'} pay\n`);
  print(
    renderTable(
      ['lie', 'markets', 'mean gain', 'largest'],
      kinds.map(({ kind, markets: count, meanGain, largestGain }) => [kind, count, meanGain, largestGain]),
    ),
  );
  if (counterexample === null) return;
  const { lie, gain, honestUtility, truth } = counterexample;
  print(
    `\nSmallest counterexample: ${lie}; utility ${number(honestUtility)} becomes ${number(honestUtility + gain)}. The truth:`,
  );
  print(JSON.stringify({ kind: 'auction', ...truth }));
}
