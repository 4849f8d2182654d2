import { InvalidInputError } from '@metalore/core/errors';
import type { Scenario } from '@metalore/core/scenario';
import type { EpisodeMetrics, Traces } from '@metalore/core/submetaverse';
import mqtt, { type MqttClient } from 'mqtt';
import { World, type FleetMessage, type Imperfections } from './world.js';

/** A fleet to play. */
export interface FleetOptions {
  readonly scenario: Scenario;
  readonly traces: Traces;
  /** Of a broker, `mqtt://host:port`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly speed: number;
  readonly steps: number;
  readonly seed: number;
  readonly imperfections: Imperfections;
  readonly onStep: () => void;
  readonly signal: AbortSignal;
}

/** What became of a fleet's messages. Ages in steps, counted as the simulator does: differences of step numbers. */
export interface FleetReport {
  readonly steps: number;
  readonly updatesSent: number;
  readonly requestsSent: number;
  readonly lost: number;
  /** Messages whose step had passed by more than half when they were sent: this machine is too slow. */
  readonly lateSteps: number;
  /** Mean of acknowledge − send, ms. */
  readonly acknowledgedMs: number;
  readonly live: FleetMetrics;
  /** What the simulator measures with the same devices, radio, random numbers and splits; null without a cell behind. */
  readonly simulator: FleetMetrics | null;
}

/** Means over the requests that were answered. */
export interface FleetMetrics {
  readonly aosi: number;
  readonly aori: number;
  /** Answered over created. */
  readonly served: number;
}

interface Split {
  rhoC: number;
  rhoP: number;
  stepMs: number;
}

/** Plays a scenario as the physical world of a live sub-metaverse. */
export async function playFleet(options: FleetOptions): Promise<FleetReport> {
  const { url, token, speed, seed } = options;
  const client = await connect(url, token, `metalore-fleet-${seed}`);
  try {
    const stepMs = 1000 / speed;
    const split = await meetServer(client, speed, stepMs);
    return await play(client, options, stepMs, split);
  } finally {
    await client.endAsync();
  }
}

async function connect(url: string, token: string | undefined, clientId: string): Promise<MqttClient> {
  try {
    return await mqtt.connectAsync(
      url,
      {
        clientId,
        clean: true,
        connectTimeout: 5000,
        protocolVersion: 4,
        ...(token !== undefined && { username: 'fleet', password: token }),
      },
      false,
    );
  } catch (error) {
    const why = (error as Error).message || (error as NodeJS.ErrnoException).code;
    throw new InvalidInputError('option', [{ path: '--mqtt', message: `cannot reach ${url}: ${why}` }]);
  }
}

/** Says how fast the fleet plays, and waits for the splits at that speed; undefined where no cell stands behind. */
async function meetServer(client: MqttClient, speed: number, stepMs: number): Promise<Split | undefined> {
  const split: Split = { rhoC: NaN, rhoP: NaN, stepMs: NaN };
  client.on('message', (topic, payload) => {
    if (topic === 'control/requests') readSplit(split, payload);
  });
  await client.subscribeAsync(['control/requests', 'replies/+'], { qos: 1 });
  await client.publishAsync('control/speed', JSON.stringify({ speed }), { qos: 1 });
  for (let waited = 0; waited < 2000; waited += 20) {
    if (Math.abs(split.stepMs - stepMs) < 1e-6) return split;
    await sleep(20);
  }
  if (Number.isNaN(split.stepMs)) return undefined;
  throw new InvalidInputError('option', [
    {
      path: '--speed',
      message: `${speed}: the server's steps last ${split.stepMs} ms, not ${stepMs}; it was started with a --speed of its own`,
    },
  ]);
}

function readSplit(split: Split, payload: Uint8Array): void {
  const { share, computeShare, stepMs } = JSON.parse(Buffer.from(payload).toString()) as Record<
    string,
    number
  >;
  Object.assign(split, { rhoC: share, rhoP: computeShare, stepMs });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function play(
  client: MqttClient,
  { scenario, traces, seed, steps, imperfections, onStep, signal }: FleetOptions,
  stepMs: number,
  split: Split | undefined,
): Promise<FleetReport> {
  const start = (Math.floor(Date.now() / stepMs) + 3) * stepMs;
  const world = new World(
    { ...scenario, episodeSteps: steps },
    traces,
    seed,
    start,
    stepMs,
    steps,
    imperfections,
  );
  const sent = new Sender(client);
  const answers = new Answers(stepMs);
  client.on('message', (topic, payload) => {
    if (topic.startsWith('replies/')) answers.add(payload);
  });
  await Promise.all(world.announcements().map((message) => sent.send(message)));
  let lateSteps = 0;
  let step = 0;
  for (; step < steps && !signal.aborted; step++) {
    const due = start + step * stepMs;
    await sleep(Math.max(0, due - Date.now()));
    if (Date.now() - due > stepMs / 2) lateSteps++;
    const messages = world.step(split?.rhoC ?? 0.5, split?.rhoP ?? 0.5);
    for (const message of messages) void sent.send(message);
    for (const { topic, payload } of world.truth())
      client.publish(topic, JSON.stringify(payload), { qos: 0 });
    onStep();
  }
  // The server's half of the last step.
  await sleep(Math.max(0, start + (step + 0.4) * stepMs - Date.now()));
  const created = world.simulator.metrics.total('requestsCreated');
  const measured = answers.metrics(created);
  await sent.settled();
  return {
    steps: step,
    updatesSent: sent.updates,
    requestsSent: sent.requests,
    lost: world.lost,
    lateSteps,
    acknowledgedMs: sent.meanAcknowledgeMs,
    live: measured,
    simulator: split === undefined ? null : metricsOf(world.simulator.metrics.summary()),
  };
}

const metricsOf = ({ aosi, aori, served }: EpisodeMetrics): FleetMetrics => ({ aosi, aori, served });

/** Sends messages of QoS 1, and knows when they were acknowledged. */
class Sender {
  updates = 0;
  requests = 0;
  #waiting = 0;
  #acknowledged = 0;
  #totalMs = 0;

  constructor(readonly client: MqttClient) {}

  get meanAcknowledgeMs(): number {
    return this.#totalMs / this.#acknowledged;
  }

  async send({ topic, payload }: FleetMessage): Promise<void> {
    if (topic.startsWith('requests/')) this.requests++;
    else if (topic.endsWith('/state')) this.updates++;
    const before = performance.now();
    this.#waiting++;
    try {
      await this.client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
      this.#acknowledged++;
      this.#totalMs += performance.now() - before;
    } finally {
      this.#waiting--;
    }
  }

  /** Resolves when all is acknowledged, or after ten seconds. */
  async settled(): Promise<void> {
    for (let waited = 0; this.#waiting > 0 && waited < 10_000; waited += 10) await sleep(10);
  }
}

/** What came back. */
class Answers {
  #count = 0;
  #aosi = 0;
  #aosiCount = 0;
  #aori = 0;

  constructor(readonly stepMs: number) {}

  add(payload: Uint8Array): void {
    const reply = JSON.parse(Buffer.from(payload).toString()) as {
      error?: string;
      aosiS: number | null;
      aoriS: Record<string, number | null>;
      completed: number;
    };
    if (reply.error !== undefined) return;
    const stepS = this.stepMs / 1000;
    this.#count++;
    if (reply.aosiS !== null) {
      this.#aosiCount++;
      this.#aosi += Math.round(reply.aosiS / stepS);
    }
    // The simulator counts whole steps: what is created and completed within one has age 0.
    const { uplink, queue, compute } = reply.aoriS as Record<string, number>;
    this.#aori += Math.floor((uplink + queue + compute) / stepS);
  }

  metrics(created: number): FleetMetrics {
    return {
      aosi: this.#aosi / this.#aosiCount,
      aori: this.#aori / this.#count,
      served: this.#count / created,
    };
  }
}
