import { InvalidInputError } from '@metalore/core/errors';
import { randomBytes } from 'node:crypto';
import { Devices } from './devices.js';
import { Pages, type PagesReport } from './pages.js';
import { Samples } from './samples.js';
import { bearer, watchChanges } from './watch-changes.js';

/** How a live sub-metaverse is loaded. */
export interface LoadOptions {
  /** Port of the broker, on this machine. */
  readonly mqttPort: number;
  /** URL of the sub-metaverse's HTTP face. */
  readonly http: string;
  /** Updates a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly things: number;
  /** Pages that show everything meanwhile. */
  readonly pages?: number | undefined;
  /** What the doors ask for, if they do; of an operator, who may write every thing. */
  readonly token?: string | undefined;
  /** Told once a second. */
  readonly onSecond: (second: LoadSecond) => void;
  readonly signal: AbortSignal;
}

/** One second of a load. Times in ms. */
export interface LoadSecond {
  readonly second: number;
  readonly sent: number;
  readonly acknowledged: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From measured to told by the change stream, over the things that are watched. */
  readonly visible: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Sent and not acknowledged. */
  readonly waiting: number;
  /** Of the server, MB. */
  readonly residentMb: number;
}

/** What a load did. */
export interface LoadReport {
  readonly rate: number;
  readonly things: number;
  readonly seconds: number;
  readonly sent: number;
  /** Updates that were due while the broker took no more. */
  readonly heldBack: number;
  readonly acknowledged: LoadSecond['acknowledged'];
  readonly visible: LoadSecond['visible'];
  /** Updates that the server says it stored meanwhile. */
  readonly stored: number;
  /** From the last update sent to the last acknowledged, s. */
  readonly drainedS: number;
  readonly pages: PagesReport;
  readonly perSecond: readonly LoadSecond[];
}

/** Devices that share connections; things that the change stream is watched for. */
const CONNECTIONS = 8;
const WATCHED = 20;
const TICK_MS = 2;
/** Longest that is waited for what is on its way, ms. */
const DRAIN_MS = 120_000;

/**
 * Sends updates at a constant rate, whatever comes back (an open loop), and measures how long they take to be stored and to
 * be seen.
 *
 * @throws InvalidInputError broker or server cannot be reached
 */
export async function measureLoad(options: LoadOptions): Promise<LoadReport> {
  const { http, rate, things, seconds, token, signal } = options;
  const namespace = `load_${randomBytes(4).toString('hex')}`;
  const names = Array.from({ length: things }, (_, k) => `${namespace}:thing-${k + 1}`);
  const acknowledged = new Samples();
  const visible = new Samples();
  const before = await stored(http, token);
  const stream = await watchChanges(http, token, names.slice(0, WATCHED), 'rpm', (value) =>
    visible.add(Date.now() - Number(value)),
  );
  const devices = await connect(options.mqttPort, token);
  const pages = new Pages(http, token, options.pages ?? 0);
  for (const device of devices) device.onAcknowledged = (_sent, ms) => acknowledged.add(ms);
  const waiting = () => devices.reduce((sum, device) => sum + device.unacknowledged, 0);

  const perSecond: LoadSecond[] = [];
  let sent = 0;
  let heldBack = 0;
  let sentBefore = 0;
  const start = performance.now();
  let nextSecond = 1000;
  for (;;) {
    const elapsed = performance.now() - start;
    if (elapsed >= nextSecond || elapsed >= seconds * 1000) {
      const second = Math.round(nextSecond / 1000);
      nextSecond += 1000;
      perSecond.push({
        second,
        sent: sent - sentBefore,
        acknowledged: acknowledged.endWindow(),
        visible: visible.endWindow(),
        waiting: waiting(),
        residentMb: await residentMb(http, token),
      });
      sentBefore = sent;
      options.onSecond(perSecond.at(-1)!);
    }
    if (elapsed >= seconds * 1000 || signal.aborted) break;
    const t = Date.now();
    for (const due = Math.floor((elapsed / 1000) * rate); sent + heldBack < due;) {
      const number = sent + heldBack;
      const update = { thing: names[number % things], t, seq: number, value: t };
      if (devices[number % CONNECTIONS].update(update)) sent++;
      else heldBack++;
    }
    await sleep(TICK_MS);
  }
  const ended = performance.now();
  while (waiting() > 0 && performance.now() - ended < DRAIN_MS) await sleep(TICK_MS);
  const drainedS = (performance.now() - ended) / 1000;
  const after = await storedAll(http, token, before + sent);
  await sleep(200);
  stream.close();
  const shown = pages.end();
  for (const device of devices) device.end();
  return {
    rate,
    things,
    seconds,
    sent,
    heldBack,
    acknowledged: acknowledged.all(),
    visible: visible.all(),
    stored: after - before,
    drainedS,
    pages: shown,
    perSecond,
  };
}

async function connect(port: number, token: string | undefined): Promise<Devices[]> {
  try {
    return await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, k) =>
        Devices.connect(port, `metalore-load-${process.pid}-${k}`, token),
      ),
    );
  } catch (error) {
    const message = `cannot reach a broker on port ${port}: ${(error as Error).message}`;
    throw new InvalidInputError('option', [{ path: '--mqtt', message }]);
  }
}

async function stored(http: string, token: string | undefined): Promise<number> {
  return (JSON.parse(await ask(`${http}/api/live/counts`, token)) as { accepted: number }).accepted;
}

/** @throws InvalidInputError it cannot be reached, or answers something else */
async function ask(url: string, token: string | undefined): Promise<string> {
  const refuse = (message: string) => new InvalidInputError('option', [{ path: '--http', message }]);
  const response = await fetch(url, { headers: bearer(token) }).catch((error: Error) => {
    throw refuse(`cannot reach ${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  if (response.ok) return response.text();
  throw refuse(
    `${url} answers ${response.status}: no live sub-metaverse, or one that asks for another token`,
  );
}

/** What is stored once nothing more comes: a broker between acknowledges before the server has it. */
async function storedAll(http: string, token: string | undefined, expected: number): Promise<number> {
  let count = await stored(http, token);
  for (let tries = 0; count < expected && tries < 100; tries++) {
    await sleep(50);
    const now = await stored(http, token);
    if (now > count) tries = 0;
    count = now;
  }
  return count;
}

async function residentMb(http: string, token: string | undefined): Promise<number> {
  const text = await ask(`${http}/metrics`, token);
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? NaN) / 1e6;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
