import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { measureLoad, SqliteStore, type LoadReport } from '@metalore/live';

type Report = (line: string) => void;
type Arrivals = Parameters<SqliteStore['commit']>[0];

const MILLION = 1_000_000;
const LOAD_SECONDS = 10;

/** Live twins: commits, what the paper's order costs, a start over a million rows, and updates over MQTT at several rates. */
export default async function live(report: Report): Promise<void> {
  await inFolder((dir) => commits(dir, report));
  await inFolder((dir) => startWithHistory(dir, report));
  for (const [rate, things] of [
    [1000, 1000],
    [5000, 1000],
    [10_000, 1000],
    [5000, 20_000],
  ]) {
    await inFolder(async (dir) => {
      const { acknowledged, visible, sent, stored, perSecond } = await loadedServer(dir, rate, things);
      const ms = ({ p50, p99, max }: LoadReport['visible']) =>
        [p50, p99, max].map((value) => value.toFixed(1)).join(' / ');
      report(
        `${rate.toLocaleString('en')} updates/s of ${things.toLocaleString('en')} things, ${LOAD_SECONDS} s: ` +
          `acknowledged after ${ms(acknowledged)} ms, visible after ${ms(visible)} ms (median / 99 % / longest); ` +
          `${sent} sent, ${stored} stored; ${perSecond.at(-1)!.residentMb.toFixed(0)} MB`,
      );
    });
  }
}

/** One commit for history, twin and ledger beside the paper's order: the ledger's first, then another. */
async function commits(dir: string, report: Report): Promise<void> {
  const both = await SqliteStore.open(dir);
  const ledgerDir = mkdtempSync(path.join(dir, 'ledger-'));
  const ledger = await SqliteStore.open(ledgerDir);
  for (const size of [1, 10, 100, 1000]) {
    const times = { one: [] as number[], two: [] as number[] };
    const rounds = Math.max(30, 3000 / size);
    for (let round = 0; round < rounds; round++) {
      for (const order of ['one', 'two'] as const) {
        const arrivals = arrivalsOf(order, round * size + size * 1e6, size);
        const start = performance.now();
        if (order === 'two') await ledger.commit(arrivals.map((arrival) => withoutValues(arrival)));
        await both.commit(arrivals);
        times[order].push(performance.now() - start);
      }
    }
    const [one, two] = [median(times.one), median(times.two)];
    report(
      `commit of ${size}: ${one.toFixed(2)} ms (${Math.round((1000 * size) / one).toLocaleString('en')} updates/s); ` +
        `the ledger first, as in the paper: ${two.toFixed(2)} ms, ${(two - one).toFixed(2)} ms more on every age`,
    );
  }
  await both.close();
  await ledger.close();
}

async function startWithHistory(dir: string, report: Report): Promise<void> {
  const store = await SqliteStore.open(dir);
  const start = performance.now();
  for (let from = 0; from < MILLION; from += 1000) await store.commit(arrivalsOf('start', from, 1000));
  const seconds = (performance.now() - start) / 1000;
  await store.close();
  report(`a million rows written in ${seconds.toFixed(1)} s`);
  const first = await startServer(dir);
  await first.stop();
  const second = await startServer(dir);
  await second.stop();
  report(
    `ready with a million rows: ${second.readyMs.toFixed(0)} ms; ` +
      `${first.readyMs.toFixed(0)} ms where no twin was saved and all rows are read`,
  );
}

async function loadedServer(dir: string, rate: number, things: number): Promise<LoadReport> {
  const server = await startServer(dir);
  try {
    return await measureLoad({
      mqttPort: server.mqttPort,
      http: server.http,
      rate,
      things,
      seconds: LOAD_SECONDS,
      onSecond: () => undefined,
      signal: new AbortController().signal,
    });
  } finally {
    await server.stop();
  }
}

async function startServer(dir: string) {
  const start = performance.now();
  const command = path.resolve('packages', 'lab', 'bin', 'metalore.js');
  const args = [command, 'live', '--dir', dir, '--mqtt-port', '0', '--http-port', '0', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { http, mqtt } = JSON.parse(line) as { http: string; mqtt: string };
  const readyMs = performance.now() - start;
  const stop = async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  };
  return { http, mqttPort: Number(new URL(mqtt).port), readyMs, stop };
}

function arrivalsOf(namespace: string, from: number, count: number): Arrivals {
  return Array.from({ length: count }, (_, k) => {
    const leaf = Buffer.alloc(32);
    leaf.writeDoubleBE(from + k);
    const thing = `${namespace}:thing-${(from + k) % 1000}`;
    const update = {
      thing,
      t: 1_800_000_000_000 + from + k,
      seq: 0,
      features: { motor: { rpm: k } },
      receipt: false,
    };
    return { update, received: update.t + 5, leaf };
  });
}

const withoutValues = (arrival: Arrivals[number]): Arrivals[number] => ({
  ...arrival,
  update: { ...arrival.update, features: {} },
});

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-live-'));
  try {
    await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
