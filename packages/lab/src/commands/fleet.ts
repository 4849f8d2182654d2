import { InvalidInputError } from '@metalore/core/errors';
import type { FleetReport } from '@metalore/live';
import type { Command } from 'commander';
import { loadScenario } from '../submetaverse/scenario-files.js';
import { loadLive } from '../live/load-live.js';
import { formatNumber, note, print, printJson, renderTable } from '../terminal/output.js';
import { startProgress } from '../terminal/progress.js';
import { collect, integerOption, numberOption } from './options.js';

interface FleetCommandOptions {
  mqtt: string;
  token?: string;
  speed: string;
  steps: string;
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
    .option('--mqtt <url>', 'the broker', 'mqtt://127.0.0.1:1883')
    .option('--token <token>', 'MQTT password (default: $METALORE_LIVE_TOKEN)')
    .option('--speed <x>', 'steps a second; the server follows', '1')
    .option('--steps <n>', 'how long', '300')
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
  metalore fleet paper --set sensors.count=1000 --clock-error-ms 40 --loss 0.01 --silence 0.1`,
    )
    .action(fleet);
}

async function fleet(scenarioName: string, options: FleetCommandOptions): Promise<void> {
  const { scenario, traces } = loadScenario(scenarioName, {
    set: options.set,
    ...(options.replay !== undefined && { replay: options.replay }),
  });
  if (scenario.cells.length !== 1) {
    const message = `has ${scenario.cells.length} cells; a live sub-metaverse is one`;
    throw new InvalidInputError(`scenario ${scenarioName}`, [{ path: 'cells', message }]);
  }
  const steps = integerOption('--steps', options.steps, 1);
  const { playFleet } = await loadLive();
  const progress = startProgress('playing', steps);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const report = await playFleet({
    scenario,
    traces,
    url: options.mqtt,
    token: options.token ?? process.env.METALORE_LIVE_TOKEN,
    speed: numberOption('--speed', options.speed, 0.01)!,
    steps,
    seed: integerOption('--seed', options.seed, 0),
    imperfections: {
      clockErrorMs: numberOption('--clock-error-ms', options.clockErrorMs, 0)!,
      loss: shareOption('--loss', options.loss),
      silence: shareOption('--silence', options.silence),
    },
    onStep: () => progress.advance(1),
    signal: interrupt.signal,
  }).finally(() => {
    progress.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  });
  if (options.json) printJson(report);
  else printReport(report);
}

function shareOption(name: string, text: string): number {
  const share = numberOption(name, text, 0)!;
  if (share <= 1) return share;
  throw new InvalidInputError('option', [{ path: name, message: `"${text}" is not a share from 0 to 1` }]);
}

function printReport({
  steps,
  updatesSent,
  requestsSent,
  lost,
  lateSteps,
  acknowledgedMs,
  live,
  simulator,
}: FleetReport): void {
  print(
    `${steps} steps: ${updatesSent} updates and ${requestsSent} requests sent, ${lost} lost; ` +
      `acknowledged after ${formatNumber(acknowledgedMs, 3)} ms on average`,
  );
  if (lateSteps > 0) note(`${lateSteps} steps came late: this machine is too slow for the speed`);
  const row = (name: string, { aosi, aori, served }: { aosi: number; aori: number; served: number }) => [
    name,
    formatNumber(aosi),
    formatNumber(aori),
    formatNumber(served),
  ];
  print(
    renderTable(
      ['', 'AoSI, steps', 'AoRI, steps', 'served'],
      [
        row('live', live),
        ...(simulator === null ? [] : [row('simulator, same devices and splits', simulator)]),
      ],
    ),
  );
}
