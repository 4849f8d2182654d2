import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Gate, Rights } from '../access/gate.js';
import type { Caller, Need } from '../access/roles.js';
import { needToHear, needToSay } from '../access/topics.js';
import { isOurs } from '../message/topic.js';
import { TRUTH_TOPIC } from '../service/truth.js';
import { Refusal } from '../message/refusal.js';
import type { Settings } from '../service/settings.js';
import type { Broker, Receive, Tls } from './broker.js';
import { ClientLimits } from './client-limits.js';

/** Where the broker listens, and who takes its messages. */
export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly receive: Receive;
  readonly tls?: Tls | undefined;
  /** What one client may send; what comes too fast waits for its acknowledgement. */
  readonly settings: () => Settings;
  /** Told of what a client may not send any more. */
  readonly onRefused: (refusal: Refusal, topic: string) => void;
  /** Told of `truth/{id}`. */
  readonly onTruth: (topic: string, payload: Uint8Array) => void;
  /** Lets clients in by their password, and says what each may do. */
  readonly gate: Gate;
  /** Told of the speed that a fleet plays at (`control/speed`). */
  readonly onSpeed: (payload: Uint8Array) => void;
}

/** Longest packet: the longest message, its topic, and room for headers. */
const MAX_PACKET_BYTES = 256 * 1024;

/**
 * The embedded MQTT 3.1.1 broker. A message of QoS 1 or 2 is acknowledged when it is stored. Sessions end with their
 * connection and only we retain, so what strangers send leaves nothing in memory.
 *
 * @throws the system's error where the port is taken
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<Broker> {
  const { host, port, receive, onSpeed, onTruth, gate, tls, settings, onRefused } = options;
  const limits = new WeakMap<Client, ClientLimits>();
  const admit = async (client: Client | null, topic: string, bytes: number) => {
    if (client === null) return;
    if (!limits.has(client)) limits.set(client, new ClientLimits(settings));
    await limits.get(client)!.admit(topic, bytes);
  };
  const callers = new WeakMap<Client, Caller>();
  const allows = (client: Client | null, need: Need, what: string, own?: string) => {
    const caller = client === null ? undefined : callers.get(client);
    return caller !== undefined && gate.allows(caller, need, what, addressOf(client!), own);
  };
  const rights = new WeakMap<Client, Rights>();
  const aedes = await Aedes.createBroker({
    maxClientsIdLength: 256,
    connectTimeout: 10_000,
    drainTimeout: 10_000,
    preConnect: (_client, packet, done) => {
      packet.clean = true;
      done(null, true);
    },
    authenticate: (client, _user, password, done) => {
      void gate.authenticate(password?.toString(), addressOf(client)).then((caller) => {
        if (caller !== undefined) {
          callers.set(client, caller);
          rights.set(client, gate.rights(caller, addressOf(client)));
          return done(null, true);
        }
        const error = new Error('not authorised') as AuthenticateError;
        error.returnCode = 5;
        done(error, false);
      });
    },
    authorizeSubscribe: (client, subscription, done) => {
      const { need, own } = needToHear(subscription.topic);
      done(null, allows(client, need, `subscribe ${subscription.topic}`, own) ? subscription : null);
    },
    // What devices say is forwarded to those who may read all of the thing.
    authorizeForward: (client, packet) => {
      const caller = callers.get(client);
      if (caller === undefined || !gate.policies.concern(caller)) return packet;
      const [root, id] = packet.topic.split('/');
      if (!/^(things|alarms|truth)$/.test(root)) return packet;
      return gate.policies.view(caller, id).grantsAll('READ', []) ? packet : null;
    },
    authorizePublish: (client, packet, done) => {
      const payload = packet.payload as Buffer;
      packet.retain = false;
      (packet as { brokerId?: string }).brokerId = laneOf(packet);
      const { need, own } = needToSay(packet.topic);
      if (!allows(client, need, `publish ${packet.topic}`, own)) done(new Error('not.allowed'));
      else if (packet.topic.startsWith(TRUTH_TOPIC)) {
        onTruth(packet.topic, payload);
        done(null);
      } else if (packet.topic === 'control/speed') {
        onSpeed(payload);
        done(null);
      } else if (isOurs(packet.topic) || packet.topic.startsWith('$')) {
        // Nobody speaks for us: counted as a topic that is not accepted, forwarded nowhere, and the connection is cut.
        void receive(packet.topic, payload).finally(() => done(new Error('not allowed')));
      } else {
        admit(client, packet.topic, payload.length)
          .then(() => receive(packet.topic, payload, client === null ? undefined : rights.get(client)))
          .catch((error: Error) => {
            if (!(error instanceof Refusal)) throw error;
            onRefused(error, packet.topic);
          })
          .then(
            () => done(null),
            (error: Error) => done(error),
          );
      }
    },
  });
  // Errors of single clients are theirs: the broker has cut the connection.
  aedes.on('clientError', () => undefined);
  aedes.on('connectionError', () => undefined);
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    guardSize(socket, aedes.handle(socket));
  };
  const server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
  try {
    await listen(server, host, port);
  } catch (error) {
    aedes.close();
    throw error;
  }
  const address = server.address() as { port: number };
  return {
    url: `${tls === undefined ? 'mqtt' : 'mqtts'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    publish: (topic, payload, { retain = false } = {}) => {
      const qos = topic.startsWith('control/') ? 0 : 1;
      const lane = { brokerId: laneOf({ qos, retain }) };
      aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false, ...lane }, () => undefined);
    },
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Messages of different kinds take ways of different length through aedes; one that another overtook would pass for delivered
 * already, and be dropped (aedes 994). Each kind is therefore counted under a name of its own.
 */
function laneOf({ qos, retain }: { qos: number; retain: boolean }): string {
  return `metalore-${qos}${retain ? '-retained' : ''}`;
}

/** Cuts a connection whose packet grows longer than any that is accepted, before it fills the memory. */
function guardSize(socket: Socket, client: Client): void {
  const { _parser: parser } = client as unknown as { _parser: { _list: { length: number } } };
  socket.on('readable', () => {
    if (parser._list.length > MAX_PACKET_BYTES) socket.destroy();
  });
}

function addressOf(client: Client): string {
  return (client.conn as Socket).remoteAddress ?? '';
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
