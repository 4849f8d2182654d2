import { InvalidInputError } from '@metalore/core/errors';
import { generate, parser as newParser, type IPublishPacket, type Packet } from 'mqtt-packet';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { INBOUND_TOPICS } from '../message/topic.js';
import { TRUTH_TOPIC } from '../service/truth.js';
import type { Broker, Receive } from './broker.js';

/** A broker that somebody else runs. */
export interface ExternalBrokerOptions {
  /** `mqtt://user:password@host:1883` or `mqtts://…:8883`. */
  readonly url: string;
  /** The same after every start, so that the broker keeps what comes while we are away. */
  readonly clientId: string;
  /** Whether several processes share the messages (`$share`). */
  readonly shared: boolean;
  readonly receive: Receive;
  readonly onSpeed: (payload: Uint8Array) => void;
  /** Told of `truth/{id}`. */
  readonly onTruth: (topic: string, payload: Uint8Array) => void;
  readonly onReady: (ready: boolean) => void;
  readonly log: (line: string) => void;
}

/** What must be set in Mosquitto so that it drops nothing; its defaults do, once we are away or slow for a moment. */
export const BROKER_SETTINGS = ['max_queued_messages 0', 'max_inflight_messages 0', 'persistence true'];

/** Messages that the broker may send ahead of our acknowledgement: they make one commit. */
const RECEIVE_MAXIMUM = 1000;
const SESSION_EXPIRY_S = 7 * 86_400;
const KEEP_ALIVE_S = 30;
const DROPPED_TOPIC = '$SYS/broker/publish/messages/dropped';

/**
 * A client of a broker of one's own, in MQTT 5. A message is acknowledged when it is stored, so what was not stored when we
 * fell comes again. Written over mqtt-packet because mqtt.js handles one message at a time, which makes a delayed
 * acknowledgement a batch of one.
 *
 * @throws InvalidInputError the URL is none, or the broker refuses us
 */
export async function connectBroker(options: ExternalBrokerOptions): Promise<Broker> {
  const client = new BrokerClient(options);
  await client.start();
  return client;
}

class BrokerClient implements Broker {
  readonly url: string;
  readonly #options: ExternalBrokerOptions;
  readonly #address: URL;
  #socket: Socket | undefined;
  #connected = false;
  #closed = false;
  #delay = 200;
  #dropped = -1;
  #timer: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  /** Retained messages of ours, said again after a reconnection. */
  readonly #retained = new Map<string, string>();

  constructor(options: ExternalBrokerOptions) {
    this.#options = options;
    this.#address = parseUrl(options.url);
    this.url = `${this.#address.protocol}//${this.#address.host}`;
  }

  /** Resolves once subscribed. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#open(resolve, (why) =>
        reject(new InvalidInputError('option', [{ path: '--broker', message: `${this.url}: ${why}` }])),
      );
    });
  }

  #open(onReady: () => void, onRefused?: (why: string) => void): void {
    const { protocol, hostname, port } = this.#address;
    const secure = protocol === 'mqtts:';
    const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (secure ? 8883 : 1883)) };
    const socket = secure ? connectTls({ ...at, servername: at.host }) : connectTcp(at);
    this.#socket = socket;
    socket.setNoDelay(true);
    let why = 'the connection was closed';
    const parser = newParser({ protocolVersion: 5 });
    parser.on('error', (error: Error) => socket.destroy(error));
    parser.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connack') {
        const code = packet.reasonCode ?? 0;
        if (code === 0) this.#subscribe();
        else socket.destroy(new Error(`refused with reason ${code}`));
      } else if (packet.cmd === 'suback') {
        const refused = (packet.granted as number[]).some((code) => code >= 0x80);
        if (refused) return void socket.destroy(new Error('a subscription was refused'));
        this.#ready();
        onReady();
      } else if (packet.cmd === 'publish') void this.#take(packet, socket);
      else if (packet.cmd === 'disconnect') why = `the broker ended it with reason ${packet.reasonCode}`;
    });
    socket.on('data', (chunk) => parser.parse(chunk));
    socket.on('error', (error) => (why = error.message));
    socket.on(secure ? 'secureConnect' : 'connect', () => this.#hello());
    socket.on('close', () => {
      clearInterval(this.#ping);
      const was = this.#connected;
      this.#connected = false;
      if (this.#closed) return;
      if (onRefused !== undefined && !was) return onRefused(why);
      this.#options.onReady(false);
      if (was) this.#options.log(`broker: ${why}; trying again`);
      this.#timer = setTimeout(() => this.#open(() => undefined), this.#delay);
      this.#delay = Math.min(5000, this.#delay * 2);
    });
  }

  #write(packet: Packet): void {
    this.#socket?.write(generate(packet, { protocolVersion: 5 }));
  }

  #hello(): void {
    const { username, password } = this.#address;
    this.#write({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: false,
      clientId: this.#options.clientId,
      keepalive: KEEP_ALIVE_S,
      ...(username !== '' && {
        username: decodeURIComponent(username),
        password: Buffer.from(decodeURIComponent(password)),
      }),
      properties: { sessionExpiryInterval: SESSION_EXPIRY_S, receiveMaximum: RECEIVE_MAXIMUM },
    });
    this.#ping = setInterval(() => this.#write({ cmd: 'pingreq' }), (KEEP_ALIVE_S * 1000) / 2);
  }

  #subscribe(): void {
    const group = this.#options.shared ? '$share/metalore/' : '';
    this.#write({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        ...INBOUND_TOPICS.map((topic) => ({ topic: group + topic, qos: 1 as const })),
        { topic: 'control/speed', qos: 1 as const },
        { topic: `${TRUTH_TOPIC}+`, qos: 0 as const },
        { topic: DROPPED_TOPIC, qos: 0 as const },
      ],
    });
  }

  #ready(): void {
    this.#connected = true;
    this.#delay = 200;
    this.#options.onReady(true);
    for (const [topic, payload] of this.#retained) this.publish(topic, payload, { retain: true });
  }

  async #take({ topic, payload, qos, messageId }: IPublishPacket, socket: Socket): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    if (topic === DROPPED_TOPIC) this.#warnOfDrops(Number(bytes.toString()));
    else if (topic === 'control/speed') this.#options.onSpeed(bytes);
    else if (topic.startsWith(TRUTH_TOPIC)) this.#options.onTruth(topic, bytes);
    else {
      try {
        await this.#options.receive(topic, bytes);
      } catch {
        // Not stored: cut, so that the broker sends it again.
        socket.destroy(new Error('a message could not be stored'));
        return;
      }
    }
    if (qos === 1 && !socket.destroyed) {
      socket.write(generate({ cmd: 'puback', messageId: messageId! }, { protocolVersion: 5 }));
    }
  }

  #warnOfDrops(dropped: number): void {
    if (!Number.isFinite(dropped)) return;
    if (this.#dropped >= 0 && dropped > this.#dropped) {
      const settings = BROKER_SETTINGS.join(', ');
      this.#options.log(`broker: it dropped ${dropped - this.#dropped} messages; set ${settings}`);
    }
    this.#dropped = dropped;
  }

  publish(topic: string, payload: string, { retain = false } = {}): void {
    if (retain) this.#retained.set(topic, payload);
    if (this.#connected) this.#write({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain });
  }

  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#ping);
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      if (this.#connected) this.#write({ cmd: 'disconnect' });
      socket.end();
      setTimeout(() => socket.destroy(), 500).unref();
    });
  }
}

function parseUrl(url: string): URL {
  try {
    const address = new URL(url);
    if (['mqtt:', 'mqtts:'].includes(address.protocol) && address.hostname !== '') return address;
  } catch {
    // told below
  }
  const message = `"${url.replace(/\/\/[^@]*@/, '//')}" is no address; expected mqtt://host:port or mqtts://host:port`;
  throw new InvalidInputError('option', [{ path: '--broker', message }]);
}
