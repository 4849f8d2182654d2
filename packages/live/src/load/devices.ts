import { generate, parser as newParser, type IPublishPacket, type Packet } from 'mqtt-packet';
import { connect, type Socket } from 'node:net';

/** An update that a device sent, by its key. */
export interface SentUpdate {
  readonly thing: string;
  readonly t: number;
  readonly seq: number;
  readonly value: number;
}

/** Most messages on the way: MQTT numbers them with 16 bits. */
const MAX_WAITING = 60_000;

/**
 * Devices that share one connection: MQTT 3.1.1 spoken by mqtt-packet alone, so that a test knows exactly what was
 * acknowledged, and a benchmark is not held up by a client.
 */
export class Devices {
  /** Told of every acknowledgement. @param ms send → PUBACK */
  onAcknowledged: (sent: SentUpdate | undefined, ms: number) => void = () => undefined;
  readonly #waiting = new Map<number, { sent: SentUpdate | undefined; at: number }>();
  readonly #socket: Socket;
  #messageId = 0;
  onMessage: ((packet: IPublishPacket) => void) | undefined;
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws Error the broker is not there, or does not let them in */
  static connect(port: number, clientId: string, token?: string): Promise<Devices> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      const devices = new Devices(socket);
      const parser = newParser();
      parser.on('packet', (packet: Packet) => {
        if (packet.cmd === 'connack') {
          if (packet.returnCode === 0) resolve(devices);
          else reject(new Error('not let in: it asks for another token'));
        } else devices.#take(packet);
      });
      socket.on('data', (chunk) => parser.parse(chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        devices.closed = true;
        reject(new Error('closed'));
      });
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId,
          keepalive: 0,
          ...(token !== undefined && { username: 'load', password: Buffer.from(token) }),
        }),
      );
    });
  }

  /** Updates and other messages that are not acknowledged yet. */
  get unacknowledged(): number {
    return this.#waiting.size;
  }

  /** Sends a message of QoS 1. @param sent what it is, if it is an update. @returns whether there was room for it */
  publish(topic: string, payload: string | Buffer, sent?: SentUpdate): boolean {
    if (this.closed || this.#waiting.size > MAX_WAITING) return false;
    do this.#messageId = (this.#messageId % 65_535) + 1;
    while (this.#waiting.has(this.#messageId));
    this.#waiting.set(this.#messageId, { sent, at: performance.now() });
    this.#socket.write(
      generate({
        cmd: 'publish',
        topic,
        payload,
        qos: 1,
        dup: false,
        retain: false,
        messageId: this.#messageId,
      }),
    );
    return true;
  }

  update(sent: SentUpdate, receipt = false): boolean {
    const { thing, t, seq, value } = sent;
    const message = { t, seq, ...(receipt && { receipt }), features: { motor: { rpm: value, load: 0.5 } } };
    return this.publish(`things/${thing}/state`, JSON.stringify(message), sent);
  }

  subscribe(topic: string): void {
    this.#socket.write(generate({ cmd: 'subscribe', messageId: 65_535, subscriptions: [{ topic, qos: 0 }] }));
  }

  #take(packet: Packet): void {
    if (packet.cmd === 'publish') {
      if (packet.qos === 1) this.#socket.write(generate({ cmd: 'puback', messageId: packet.messageId! }));
      this.onMessage?.(packet);
    } else if (packet.cmd === 'puback') {
      const waiting = this.#waiting.get(packet.messageId!);
      if (waiting === undefined) return;
      this.#waiting.delete(packet.messageId!);
      this.onAcknowledged(waiting.sent, performance.now() - waiting.at);
    }
  }

  end(): void {
    this.#socket.destroy();
  }
}
