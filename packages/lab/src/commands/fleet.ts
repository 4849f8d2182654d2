import { InvalidInputError } from '@metalore/core/errors';
import type { FleetReport } from '@metalore/live';
import type { Command } from 'commander';
import { loadCell, loadLivePolicy } from './live-cell.js';
import { loadLive } from '../live/load-live.js';
import { compareWithSimulator, type TwinOfTheTwin } from '../live/twin-of-the-twin.js';
import { formatNumber, note, print, printJson, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { collect, integerOption, numberOption, tokenOption } from './options.js';

interface FleetCommandOptions {
  mqtt: string;
  policy: string[];
  episodes: string;
  token?: string;
  speed?: string;
  steps?: string;
  seed: string;
  set: string[];
  replay?: string;
  clockErrorMs: string;
  loss: string;
  silence: string;
  json?: true;
}

/** `metalore fleet`: a scenario, or a recording, played as the physical world of `metalore live`. */
export function registerFleet(program: Command): void {
  program
    .command('fleet')
    .description(
      'Play a scenario as the physical world of a live sub-metaverse, and compare it with the simulator',
    )
    .argument('[scenario]', 'a scenario of one cell', 'paper')
    .option('--mqtt <url>', 'the broker of the sub-metaverse', 'mqtt://127.0.0.1:1883')
    .option(
      '--policy <policy>',
      'play against a live sub-metaverse of our own with this policy, in place of --mqtt; repeatable',
      collect,
      [],
    )
    .option('--episodes <n>', 'with --policy: how many, with seeds that follow each other', '5')
    .option('--token <token>', 'MQTT password (default: $METALORE_LIVE_TOKEN)')
    .option('--speed <x>', 'steps a second; the server follows (default: 1; with --policy 10)')
    .option('--steps <n>', 'how long (default: 300; with --policy the scenario’s episode)')
    .option('--seed <n>', 'of devices, radio and imperfections', '1')
    .option('--set <path=value>', 'change a field of the scenario; repeatable', collect, [])
    .option('--replay <dir>', 'play positions.csv and arrivals.csv of a folder')
    .option('--clock-error-ms <x>', 'standard deviation of the devices’ clocks', '0')
    .option('--loss <share>', 'share of messages that are lost on their way', '0')
    .option('--silence <share>', 'share of the sensors that fall silent half-way', '0')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  metalore live paper --policy fixed:0.3,0.3 &  metalore fleet paper --speed 10 --steps 600
  metalore fleet paper --policy fixed:0.3,0.3 --policy runs/ppo
  metalore fleet paper --set sensors.count=1000 --clock-error-ms 40 --loss 0.01 --silence 0.1`,
    )
    .action(fleet);
}

async function fleet(scenarioName: string, options: FleetCommandOptions): Promise<void> {
  const { scenario, traces } = loadCell(scenarioName, options.set, options.replay);
  const seed = integerOption('--seed', options.seed, 0);
  const episodes = integerOption('--episodes', options.episodes, 1);
  const policies = options.policy;
  for (const policy of policies) await loadLivePolicy(policy);
  const own = policies.length > 0;
  const steps = integerOption('--steps', options.steps ?? String(own ? scenario.episodeSteps : 300), 1);
  const settings = {
    scenario,
    traces,
    token: own ? undefined : tokenOption(options.token),
    speed: numberOption('--speed', options.speed ?? (own ? '10' : '1'), 0.01)!,
    steps,
    imperfections: {
      clockErrorMs: numberOption('--clock-error-ms', options.clockErrorMs, 0)!,
      loss: shareOption('--loss', options.loss),
      silence: shareOption('--silence', options.silence),
    },
  };
  const { playFleet } = await loadLive();
  const progress = startProgress('playing', steps * Math.max(1, policies.length * episodes));
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { signal } = interrupt;
  const play = (episode: number, url: string) =>
    playFleet({ ...settings, url, seed: seed + episode, onStep: () => progress.advance(1), signal });
  try {
    if (!own) {
      const report = await play(0, options.mqtt);
      progress.stop();
      if (options.json) printJson(report);
      else printReport(report);
      return;
    }
    const serverArgs = [scenarioName, ...options.set.flatMap((change) => ['--set', change])];
    const results: TwinOfTheTwin[] = [];
    for (const policy of policies) {
      if (signal.aborted) break;
      results.push(await compareWithSimulator(policy, serverArgs, episodes, play, signal));
    }
    progress.stop();
    if (options.json) printJson(results);
    else {
      print(`${episodes} episodes of ${steps} steps each, seeds ${seed} to ${seed + episodes - 1}`);
      printComparisons(results);
    }
  } finally {
    progress.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function shareOption(name: string, text: string): number {
  const share = numberOption(name, text, 0)!;
  if (share <= 1) return share;
  throw new InvalidInputError('option', [{ path: name, message: `"${text}" is not a share from 0 to 1` }]);
}

const labels = { aosi: 'AoSI, steps', aori: 'AoRI, steps', served: 'served' };

function printReport(report: FleetReport): void {
  const { steps, updatesSent, requestsSent, lost, acknowledgedMs, live, simulator } = report;
  print(
    `${steps} steps: ${updatesSent} updates and ${requestsSent} requests sent, ${lost} lost; ` +
      `acknowledged after ${formatNumber(acknowledgedMs, 3)} ms on average`,
  );
  noteLateness([report]);
  const row = (name: string, { aosi, aori, served }: { aosi: number; aori: number; served: number }) => [
    name,
    formatNumber(aosi),
    formatNumber(aori),
    formatNumber(served),
  ];
  print(
    renderTable(
      ['', labels.aosi, labels.aori, labels.served],
      [
        row('live', live),
        ...(simulator === null ? [] : [row('simulator, same devices and splits', simulator)]),
      ],
    ),
  );
}

function printComparisons(results: readonly TwinOfTheTwin[]): void {
  const rows = results.flatMap(({ policy, comparisons }) =>
    comparisons.map(({ metric, live, simulator, halfWidth, agrees }) => [
      policy,
      labels[metric],
      formatNumber(live),
      formatNumber(simulator),
      `${formatNumber(live - simulator)} ± ${Number.isNaN(halfWidth) ? '?' : formatNumber(halfWidth)}`,
      agrees ? 'yes' : 'NO',
    ]),
  );
  print(renderTable(['policy', '', 'live', 'simulator', 'difference, 99 %', 'within, + 5 %'], rows));
  noteLateness(results.flatMap(({ episodes }) => episodes));
}

function noteLateness(reports: readonly FleetReport[]): void {
  const late = reports.reduce((sum, { lateSteps }) => sum + lateSteps, 0);
  if (late > 0) note(`${late} steps came late: this machine is too slow for the speed`);
}
