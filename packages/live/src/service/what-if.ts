import { mobilityModels, type Field, type Mobility, type MobilitySeed } from '@metalore/core/mobility';
import type { Policy } from '@metalore/core/policy';
import { RandomStream } from '@metalore/core/random';
import type { Scenario } from '@metalore/core/scenario';
import { jobFields, PolicyStepper, Simulator, type DeviceKind } from '@metalore/core/submetaverse';
import type { ServerState } from '../ingest/sub-metaverse.js';
import { arrivalModels, JobBatch, RandomTraffic } from '@metalore/core/traffic';
import { Refusal } from '../message/refusal.js';
import type { Place } from '../twin/place.js';

/** The present, from which futures are played. */
export interface Present {
  readonly scenario: Scenario;
  readonly state: ServerState;
  readonly stepMs: number;
  /** Undefined where nothing is known. */
  readonly placeOf: (id: string) => Place | undefined;
}

/** A future: means over its episodes. Ages in s, of requests completed in a step; null in a step without any. */
export interface Future {
  readonly policy: string;
  readonly aosiS: readonly (number | null)[];
  readonly aoriS: readonly (number | null)[];
  /** Jobs that wait at the end of the step. */
  readonly requests: readonly number[];
  readonly updates: readonly number[];
  /** Over all steps; null without a completed request. */
  readonly mean: { readonly aosiS: number | null; readonly aoriS: number | null; readonly served: number };
}

/** Of the other future less the present one, over episodes of the same people and random numbers. */
export interface Difference {
  readonly mean: number;
  /** Half of the 95 % interval. */
  readonly halfWidth: number;
}

/** What would happen under two policies. */
export interface WhatIf {
  /** End of each step from now, s. */
  readonly inS: readonly number[];
  readonly episodes: number;
  readonly futures: readonly [Future, Future];
  /** Null where a future completed nothing. */
  readonly difference: Readonly<Record<'aosiS' | 'aoriS' | 'served', Difference | null>>;
}

export const WHAT_IF_EPISODES = 32;
/** Student's t for 95 % and 31 degrees of freedom: of 32 episodes. */
const STUDENT_T = 2.0395;
const MAX_STEPS = 1200;
/** Most device steps of all episodes of both futures: some ten seconds of one core. */
const MAX_WORK = 20_000_000;
/** Steps before the present that jobs and updates may have been created in; a step below 0 means none. */
const PAST = 1_000_000;

/** Farthest that what a device has not sent yet goes back, steps. */
const MAX_LAG = 1000;

/**
 * Plays two futures from the present on: devices that were heard of lately, from where their twins believe them; what waits
 * at the server; the scenario's own radio, movement and arrivals. What devices have not sent yet a server does not see, but it
 * knows when the last job that came from each was created: what was created since waits there, drawn as the scenario says.
 *
 * @param policies the present one and another
 * @throws Refusal nothing was heard of lately, the scenario plays recordings, or it is too much work
 */
export async function whatIf(
  present: Present,
  policies: readonly [Policy, Policy],
  horizonS: number,
): Promise<WhatIf> {
  const { scenario, state, stepMs } = present;
  const steps = Math.max(1, Math.round((horizonS * 1000) / stepMs));
  check(present, steps);
  const ids = { ue: [...state.ues.keys()], sensor: sensorsOf(state) };
  const played: Played = { ...present, ids, scenario: sized(scenario, ids) };
  const sums = policies.map(() => new Sums(steps));
  for (let episode = 0; episode < WHAT_IF_EPISODES; episode++) {
    policies.forEach((policy, at) => play(played, policy, episode, sums[at]));
    await new Promise(setImmediate); // messages go first
  }
  const stepS = stepMs / 1000;
  const futures = sums.map((sum, at) => sum.future(policies[at].name, stepS));
  return {
    inS: Array.from({ length: steps }, (_, step) => (step + 1) * stepS),
    episodes: WHAT_IF_EPISODES,
    futures: futures as unknown as [Future, Future],
    difference: {
      aosiS: differenceOf(sums, 'aosi', stepS),
      aoriS: differenceOf(sums, 'aori', stepS),
      served: differenceOf(sums, 'served', 1),
    },
  };
}

interface Played extends Present {
  readonly ids: Readonly<Record<DeviceKind, readonly string[]>>;
}

function check({ scenario, state }: Present, steps: number): void {
  const refuse = (why: string) => new Refusal('schema', why);
  if (state.ues.size === 0) throw refuse('nobody has asked for anything in the last 60 steps');
  for (const kind of ['ues', 'sensors'] as const) {
    const { mobility, arrivals } = scenario[kind];
    if (mobility.model === 'trace' || arrivals.model === 'trace') {
      throw refuse(`${kind} play a recording, whose future is not known`);
    }
  }
  if (steps > MAX_STEPS) throw refuse(`${steps} steps; accepted: up to ${MAX_STEPS}`);
  const work = 2 * WHAT_IF_EPISODES * steps * (state.ues.size + state.sensors.size);
  if (work > MAX_WORK) throw refuse(`${work} steps of devices; accepted: up to ${MAX_WORK}: look less far`);
}

/** Sensors that were heard of lately come first: they go on; those that only wait or are waited for come after. */
function sensorsOf({ sensors, requests, updates }: ServerState): string[] {
  const waiting = [...requests.jobs, ...updates.jobs].map(({ sensor }) => sensor);
  return [...new Set([...sensors.keys(), ...waiting])];
}

/** The scenario with as many devices as are there, and no changes to come. */
function sized({ schedule: _schedule, ...scenario }: Scenario, ids: Played['ids']): Scenario {
  return {
    ...scenario,
    ues: { ...scenario.ues, count: ids.ue.length },
    sensors: { ...scenario.sensors, count: ids.sensor.length },
  };
}

function play(played: Played, policy: Policy, episode: number, sums: Sums): void {
  const { scenario, state, ids } = played;
  const mobility = (kind: DeviceKind) => new FromKnownPlaces(scenario, kind, ids[kind].map(played.placeOf));
  const simulator = new Simulator(scenario, {
    models: { ue: { mobility: mobility('ue') }, sensor: { mobility: mobility('sensor') } },
  });
  const stepper = new PolicyStepper(simulator, policy);
  stepper.reset(1, episode);
  simulator.step = PAST;
  takeOver(simulator, state, ids.sensor);
  simulator.sensors.active = state.sensors.size;
  anticipate(simulator, 'sensor', [...state.sensors.values()]);
  anticipate(simulator, 'ue', [...state.ues.values()]);
  simulator.onRequest = (job, _cell, _update, aosi) => sums.completed(simulator, job, aosi);
  const waiting = state.requests.jobs.length + total(simulator.ues.queues.length);
  for (let step = 0; step < sums.steps; step++) {
    stepper.step();
    sums.endStep(step, simulator);
  }
  sums.endEpisode(simulator.metrics.total('requestsCreated') + waiting);
}

/** Puts into a simulator what waits at the server, and what its twins know. */
function takeOver(simulator: Simulator, state: ServerState, sensors: readonly string[]): void {
  const numbers = new Map(sensors.map((id, number) => [id, number]));
  const { jobs, servers, twin, scenario } = simulator;
  for (const [id, created] of state.newest) {
    const number = numbers.get(id);
    if (number !== undefined) twin.commit(0, number, PAST + created, PAST);
  }
  for (const { created, sensor, loadUnits } of state.requests.jobs) {
    const { meanSizeMbit } = scenario.ues;
    const job = jobs.create(PAST + created, 0, numbers.get(sensor)!, meanSizeMbit, loadUnits);
    servers.requests.arrive(0, job, loadUnits);
  }
  for (const { created, sensor, loadUnits } of state.updates.jobs) {
    const { meanSizeMbit } = scenario.sensors;
    const job = jobs.create(PAST + created, numbers.get(sensor)!, 0, meanSizeMbit, loadUnits);
    servers.updates.arrive(0, job, loadUnits);
  }
  for (const kind of ['requests', 'updates'] as const) {
    const { leftUnits, jobs: waiting } = state[kind];
    if (leftUnits === 0) continue;
    servers[kind].queue.left[0] = leftUnits;
    servers[kind].backlogUnits[0] -= waiting[0].loadUnits - leftUnits;
  }
}

/** Lets devices hold what they have created since the last job that came from them. @param sent its step, by device */
function anticipate(simulator: Simulator, kind: DeviceKind, sent: readonly number[]): void {
  const { jobs, scenario, servers } = simulator;
  const group = kind === 'ue' ? simulator.ues : simulator.sensors;
  const { arrivals, meanSizeMbit, meanLoadUnits } = scenario[`${kind}s`];
  const { model, ...options } = arrivals;
  const traffic = new RandomTraffic(arrivalModels.get(model)(options as never), meanSizeMbit, meanLoadUnits);
  traffic.reset(group.capacity);
  const batch = new JobBatch();
  const { queues, backlogMbit, streams } = group;
  for (let step = Math.max(-MAX_LAG, Math.min(...sent) + 1); step < 0; step++) {
    batch.count = 0;
    traffic.generate(PAST + step, sent.length, streams, batch);
    for (let at = 0; at < batch.count; at++) {
      const device = batch.device[at];
      if (step <= sent[device]) continue;
      const [size, load] = [batch.sizeMbit[at], batch.loadUnits[at]];
      if (kind === 'sensor' && servers.freshest && queues.length[device] > 0) {
        backlogMbit[device] +=
          size - jobs.floats[queues.tail[device] * jobFields.JOB_FLOATS + jobFields.SIZE];
        jobs.fill(queues.tail[device], PAST + step, device, device, size, load);
        continue;
      }
      const sensor = kind === 'sensor' ? device : nearestSensor(simulator, device);
      const job = jobs.create(PAST + step, device, sensor, size, load);
      queues.push(jobs.ints, device, job);
      backlogMbit[device] += size;
    }
  }
  // How much of the first one is sent already is not known either.
  const random = new RandomStream(simulator.episode, `what-if/${kind}`);
  for (let device = 0; device < sent.length; device++) {
    if (queues.length[device] === 0) continue;
    const size = jobs.floats[queues.head[device] * jobFields.JOB_FLOATS + jobFields.SIZE];
    queues.left[device] = size * (1 - random.uniform());
    backlogMbit[device] -= size - queues.left[device];
  }
  group.changed();
}

/** The sensor nearest to where a UE is now, within its range; −1 for none. */
function nearestSensor({ ues, sensors, scenario }: Simulator, ue: number): number {
  let nearest = scenario.sensors.rangeM;
  let found = -1;
  for (let sensor = 0; sensor < sensors.active; sensor++) {
    const distance = Math.hypot(
      ues.field.x[ue] - sensors.field.x[sensor],
      ues.field.y[ue] - sensors.field.y[sensor],
    );
    if (distance > nearest) continue;
    nearest = distance;
    found = sensor;
  }
  return found;
}

const total = (values: Int32Array) => values.reduce((sum, value) => sum + value, 0);

/**
 * Moves as the scenario says, from where devices are known to be; those of whom nothing is known, from a drawn place. Where
 * somebody was heading is not known: they set out anew.
 */
class FromKnownPlaces implements Mobility {
  #own: Mobility;

  constructor(
    readonly scenario: Scenario,
    readonly kind: DeviceKind,
    readonly places: readonly (Place | undefined)[],
  ) {
    this.#own = this.#make();
  }

  get moves(): boolean {
    return this.#own.moves;
  }

  reset(field: Field, seed: MobilitySeed): void {
    const { widthM, heightM } = this.scenario.area;
    const drawn = this.#make();
    drawn.reset(field, seed);
    this.places.forEach((place, device) => {
      if (place === undefined) return;
      field.x[device] = Math.min(widthM, Math.max(0, place.xM));
      field.y[device] = Math.min(heightM, Math.max(0, place.yM));
    });
    this.#own = this.#make();
    this.#own.takeOver?.(drawn, field, seed);
  }

  move(field: Field, step: number, active: number): void {
    this.#own.move(field, step, active);
  }

  #make(): Mobility {
    const {
      model,
      positions: _known,
      ...options
    } = this.scenario[`${this.kind}s`].mobility as {
      model: string;
      positions?: unknown;
    };
    return mobilityModels.get(model, 'mobility.model')(options as never);
  }
}

/** Sums over the episodes of one future. */
class Sums {
  readonly #aosi: Float64Array;
  readonly #aosiCount: Float64Array;
  readonly #aori: Float64Array;
  readonly #count: Float64Array;
  readonly #requests: Float64Array;
  readonly #updates: Float64Array;
  /** Of every episode, in steps and as a share. */
  readonly episodes: { readonly aosi: number; readonly aori: number; readonly served: number }[] = [];
  #episode = { aosi: 0, synchronised: 0, aori: 0, completed: 0 };
  #step = 0;

  constructor(readonly steps: number) {
    [this.#aosi, this.#aosiCount, this.#aori, this.#count, this.#requests, this.#updates] = Array.from(
      { length: 6 },
      () => new Float64Array(steps),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  }

  completed({ jobs, step }: Simulator, job: number, aosi: number): void {
    const aori = step - jobs.ints[job * jobFields.JOB_INTS + jobFields.CREATED];
    this.#aori[this.#step] += aori;
    this.#count[this.#step]++;
    this.#episode.aori += aori;
    this.#episode.completed++;
    if (aosi < 0) return;
    this.#aosi[this.#step] += aosi;
    this.#aosiCount[this.#step]++;
    this.#episode.aosi += aosi;
    this.#episode.synchronised++;
  }

  endStep(step: number, { requests, updates }: Simulator): void {
    this.#requests[step] += requests.queue.length[0];
    this.#updates[step] += updates.queue.length[0];
    this.#step = step + 1;
  }

  /** @param asked requests that waited at first or came meanwhile */
  endEpisode(asked: number): void {
    const { aosi, synchronised, aori, completed } = this.#episode;
    this.episodes.push({
      aosi: aosi / synchronised,
      aori: aori / completed,
      served: asked === 0 ? 1 : completed / asked,
    });
    this.#episode = { aosi: 0, synchronised: 0, aori: 0, completed: 0 };
    this.#step = 0;
  }

  future(policy: string, stepS: number): Future {
    const ratio = (sums: Float64Array, counts: Float64Array) =>
      Array.from(sums, (sum, step) => (counts[step] === 0 ? null : (stepS * sum) / counts[step]));
    const perEpisode = (sums: Float64Array) => Array.from(sums, (sum) => sum / this.episodes.length);
    const mean = (name: 'aosi' | 'aori' | 'served', scale: number) => {
      const values = this.episodes.map((episode) => episode[name]).filter((value) => !Number.isNaN(value));
      return values.length === 0 ? null : (scale * values.reduce((a, b) => a + b, 0)) / values.length;
    };
    return {
      policy,
      aosiS: ratio(this.#aosi, this.#aosiCount),
      aoriS: ratio(this.#aori, this.#count),
      requests: perEpisode(this.#requests),
      updates: perEpisode(this.#updates),
      mean: { aosiS: mean('aosi', stepS), aoriS: mean('aori', stepS), served: mean('served', 1)! },
    };
  }
}

/** @returns null where an episode of either future has no such value */
function differenceOf(
  [present, other]: readonly Sums[],
  name: 'aosi' | 'aori' | 'served',
  scale: number,
): Difference | null {
  const values = present!.episodes.map((episode, at) => scale * (other!.episodes[at][name] - episode[name]));
  if (values.some(Number.isNaN)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, halfWidth: STUDENT_T * Math.sqrt(variance / values.length) };
}
