import { InvalidInputError } from '@metalore/core/errors';
import type { LoadReport, LoadSecond } from '@metalore/live';
import type { Command } from 'commander';
import { loadLive } from '../live/load-live.js';
import { formatNumber, note, print, printJson, renderTable } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { integerOption, numberOption, tokenOption } from './options.js';

interface LoadCommandOptions {
  mqtt: string;
  http: string;
  rate: string;
  seconds: string;
  things: string;
  pages: string;
  token?: string;
  json?: true;
}

/** `metalore live load`: how much a live sub-metaverse takes, and how soon it shows it. */
export function registerLiveLoad(live: Command): void {
  live
    .command('load')
    .description('Send updates at a constant rate, and measure how soon they are stored and seen')
    .option('--mqtt <url>', 'the broker, on this machine', 'mqtt://127.0.0.1:1883')
    .option('--http <url>', 'the live sub-metaverse', 'http://127.0.0.1:8080')
    .option('--token <token>', 'of an operator, where one is needed (default: $METALORE_LIVE_TOKEN)')
    .option('--rate <n>', 'updates a second', '1000')
    .option('--seconds <n>', 'how long', '10')
    .option('--things <n>', 'how many things there are', '1000')
    .option('--pages <n>', 'pages that show everything meanwhile', '0')
    .option('--json', 'print one JSON object, with every second')
    .addHelpText(
      'after',
      `
Examples:
  metalore live --dir /tmp/load &  metalore live load --rate 5000 --seconds 600
  metalore live load --rate 20000 --things 20000 --json`,
    )
    .action(load);
}

async function load(options: LoadCommandOptions): Promise<void> {
  const shown = process.stderr.isTTY && !options.json;
  const settings = {
    mqttPort: portOf(options.mqtt),
    http: options.http.replace(/\/$/, ''),
    rate: numberOption('--rate', options.rate, 1)!,
    seconds: numberOption('--seconds', options.seconds, 1)!,
    token: tokenOption(options.token),
    things: integerOption('--things', options.things, 1),
    pages: integerOption('--pages', options.pages, 0),
  };
  const { measureLoad } = await loadLive();
  const report = await withInterrupt((signal) =>
    measureLoad({ ...settings, signal, onSecond: (second) => shown && noteSecond(second, settings.seconds) }),
  );
  if (options.json) printJson(report);
  else printReport(report);
}

function portOf(url: string): number {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'mqtt:' && ['127.0.0.1', 'localhost'].includes(parsed.hostname)) {
    return Number(parsed.port || 1883);
  }
  const message = `"${url}": expected a broker on this machine, as mqtt://127.0.0.1:1883`;
  throw new InvalidInputError('option', [{ path: '--mqtt', message }]);
}

const ms = (value: number) => formatNumber(value, 3);

function noteSecond(
  { second, acknowledged, visible, waiting, residentMb }: LoadSecond,
  seconds: number,
): void {
  note(
    `${second} of ${seconds} s: acknowledged ${ms(acknowledged.p99)} ms, visible ${ms(visible.p99)} ms (99 %); ` +
      `${waiting} wait; ${formatNumber(residentMb, 3)} MB`,
  );
}

function printReport(report: LoadReport): void {
  const { sent, stored, heldBack, acknowledged, visible, drainedS, pages, perSecond } = report;
  const row = (name: string, { p50, p99, max }: LoadSecond['visible']) => [name, ms(p50), ms(p99), ms(max)];
  print(
    renderTable(
      ['ms', 'median', '99 %', 'longest'],
      [row('sent to acknowledged', acknowledged), row('measured to visible', visible)],
    ),
  );
  print(
    `${sent} sent, ${stored} stored, ${heldBack} held back; all acknowledged ${ms(drainedS)} s after the last`,
  );
  if (pages.pages > 0) {
    const kb = formatNumber(pages.bytesPerS / 1000, 3);
    const rate = formatNumber(pages.framesPerS, 3);
    print(`${pages.pages} pages, each ${rate} frames/s and ${kb} kB/s; ${pages.closed} closed`);
  }
  const memory = perSecond.map(({ residentMb }) => residentMb);
  const part = (share: number) => formatNumber(memory[Math.floor(share * (memory.length - 1))], 3);
  print(`memory of the server, MB: ${part(0)} at first, ${part(0.5)} in the middle, ${part(1)} at the end`);
}
