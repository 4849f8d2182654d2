import { InvalidInputError } from '@metalore/core/errors';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Gate } from './access/gate.js';
import type { Broker, Receive, Tls } from './broker/broker.js';
import { startEmbeddedBroker } from './broker/embedded.js';
import { BROKER_SETTINGS, connectBroker } from './broker/external.js';
import { startHttp } from './http/server.js';
import { Live, type LiveOptions } from './service/live.js';
import type { Refusal } from './message/refusal.js';
import { PostgresStore } from './store/postgres.js';
import { SqliteStore } from './store/sqlite.js';
import type { Store } from './store/store.js';

/** Holds the name by which a broker knows the process. */
export const CLIENT_ID_FILE = 'client-id';

/** A live sub-metaverse with its doors. */
export interface RunLiveOptions extends Omit<LiveOptions, 'store' | 'now'> {
  readonly host: string;
  /** URL of a broker of one's own; the embedded one without it. */
  readonly broker?: string | undefined;
  /** `sqlite`, or `postgres://…` for several processes. */
  readonly store: string;
  readonly mqttPort: number;
  readonly httpPort: number;
  readonly token?: string | undefined;
  /** Certificate of both doors; none on this machine alone, or behind a proxy. */
  readonly tls?: Tls | undefined;
  readonly version: string;
  /** Folder of the built studio, served beside the API. */
  readonly site?: string | undefined;
}

/** What runs. */
export interface LiveServer {
  readonly live: Live;
  readonly http: string;
  readonly mqtt: string;
  /** Goes on with other options where that can be, without a lost message. @returns names of those that need a new start */
  change(next: RunLiveOptions): string[];
  /** Stops taking messages, finishes what was taken, and writes everything. */
  close(): Promise<void>;
}

/**
 * Starts a live sub-metaverse: store, twins, broker, HTTP.
 *
 * @throws the system's error where a port is taken or the folder cannot be written
 */
export async function runLive(options: RunLiveOptions): Promise<LiveServer> {
  const { host, token, log, version, dir } = options;
  const store = await openStore(options.store, dir, log);
  const live = await Live.start({ ...options, store });
  const gate = new Gate(dir, token, (event) => live.audit.add(event));
  let broker: Broker;
  try {
    broker = await openBroker(options, live, gate);
  } catch (error) {
    await live.close();
    throw error;
  }
  connect(live, broker);
  try {
    const http = await startHttp(live, version, {
      host,
      port: options.httpPort,
      gate,
      log,
      site: options.site,
      tls: options.tls,
    });
    const close = async () => {
      await http.close();
      await broker.close();
      await live.close();
    };
    return { live, http: http.url, mqtt: broker.url, change: (next) => change(live, options, next), close };
  } catch (error) {
    await broker.close();
    await live.close();
    throw error;
  }
}

/** What is set once, as a server starts. */
const FIXED = [
  ...(['dir', 'store', 'broker', 'host', 'mqttPort', 'httpPort', 'tls', 'speed', 'maxThings'] as const),
  ...(['scenario', 'token'] as const),
] satisfies (keyof RunLiveOptions)[];

function change(live: Live, started: RunLiveOptions, next: RunLiveOptions): string[] {
  live.change(next);
  if (next.policy !== undefined) live.cell?.startedWith(next.policy);
  return FIXED.filter((name) => !isDeepStrictEqual(started[name], next[name]));
}

/**
 * Opens a store by its name.
 *
 * @param name `sqlite`, in the folder, or `postgres://…`
 */
export function openStore(
  name: string,
  dir: string,
  log: (line: string) => void,
  { toCheck = false } = {},
): Promise<Store> {
  if (name === 'sqlite') return SqliteStore.open(dir, { toCheck });
  if (/^postgres(ql)?:/.test(name)) return PostgresStore.open(name, log);
  const message = `"${name}" is no store; accepted: sqlite, postgres://user@host/database`;
  throw new InvalidInputError('option', [{ path: '--store', message }]);
}

function openBroker(options: RunLiveOptions, live: Live, gate: Gate): Promise<Broker> {
  const { host, log, dir, broker: url } = options;
  const receive: Receive = (topic, payload, rights) => live.receive(topic, payload, rights);
  const onTruth = (topic: string, payload: Uint8Array) => live.truth.take(topic, payload);
  const onSpeed = (payload: Uint8Array) => setSpeed(live, payload);
  if (url === undefined) {
    const { mqttPort: port, tls } = options;
    const settings = () => live.settings;
    const onRefused = (refusal: Refusal, topic: string) => live.counts.refuse(refusal, topic, live.now());
    return startEmbeddedBroker({ host, port, tls, settings, gate, receive, onSpeed, onTruth, onRefused });
  }
  log(`broker: so that it drops nothing it needs ${BROKER_SETTINGS.join(', ')}`);
  const onReady = (ready: boolean) => (live.isReady = ready);
  const shared = options.store !== 'sqlite';
  return connectBroker({ url, clientId: clientIdOf(dir), shared, receive, onSpeed, onTruth, onReady, log });
}

/** The name by which a broker knows the process of a folder: made once, the same after every start. */
function clientIdOf(dir: string): string {
  const file = path.join(dir, CLIENT_ID_FILE);
  if (!existsSync(file)) writeFileSync(file, `metalore-${randomUUID()}`);
  return readFileSync(file, 'utf8').trim();
}

/** Sends what the sub-metaverse says over MQTT. */
function connect(live: Live, broker: Broker): void {
  const send = (topic: string, value: unknown, retain = false) =>
    broker.publish(topic, JSON.stringify(value), { retain });
  live.on('reply', ({ topic, payload }) => send(topic, payload));
  live.on('receipt', (thing, receipts) => send(`things/${thing}/receipt`, receipts));
  live.on('alarm', (alarm) => send(`alarms/${alarm.thing}`, alarm));
  let last = '';
  const tellSplits = () => {
    if (live.cell === undefined) return;
    const { splits, scenario, stepMs } = live.cell;
    const { bandwidthHz, computeUnits } = scenario.cells[0];
    const { rhoC, rhoP } = splits;
    const now = `${rhoC} ${rhoP} ${stepMs}`;
    if (now === last) return;
    last = now;
    const share = (c: number, p: number) => ({
      share: c,
      bandwidthHz: c * bandwidthHz,
      computeShare: p,
      computeUnits: p * computeUnits,
      stepMs,
    });
    send('control/requests', share(rhoC, rhoP), true);
    send('control/updates', share(1 - rhoC, 1 - rhoP), true);
  };
  live.on('splits', tellSplits);
  tellSplits();
}

/** A fleet says how fast it plays: `{ "speed": 10 }`. What is no speed is passed over. */
function setSpeed(live: Live, payload: Uint8Array): void {
  try {
    const { speed } = JSON.parse(Buffer.from(payload).toString()) as { speed?: unknown };
    if (typeof speed === 'number' && speed >= 0.01 && speed <= 100) live.setSpeed(speed);
  } catch {
    // no JSON
  }
}
