import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { PolicyStepper, Simulator, type DeviceKind } from '@metalore/core/submetaverse';
import type { ServerState } from '../ingest/sub-metaverse.js';
import { Refusal } from '../message/refusal.js';
import type { Place } from '../twin/place.js';
import { differenceOf, EPISODES, FutureSums, type Difference, type Future } from './future.js';
import { FromKnownPlaces } from './known-places.js';
import { anticipate, PAST, takeOver } from './take-over.js';

/** The present, from which futures are played. */
export interface Present {
  readonly scenario: Scenario;
  readonly state: ServerState;
  readonly stepMs: number;
  /** Undefined where nothing is known. */
  readonly placeOf: (id: string) => Place | undefined;
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

export type { Difference, Future };

const HORIZON_S = 120;
const MAX_STEPS = 1200;
/** Most device steps of all episodes of both futures: some ten seconds of one core. */
const MAX_WORK = 20_000_000;

/**
 * Plays two futures from the present on: devices that were heard of lately, from where their twins believe them; what waits
 * at the server; the scenario's own radio, movement and arrivals. What devices have not sent yet a server does not see, but it
 * knows when the last job that came from each was created: what was created since waits there, drawn as the scenario says.
 *
 * @param policies the present one and another
 * @param horizonS how far; without it two minutes, or as far as is accepted where steps are short
 * @throws Refusal nothing was heard of lately, the scenario plays recordings, or it is too much work
 */
export async function whatIf(
  present: Present,
  policies: readonly [Policy, Policy],
  horizonS: number | undefined,
): Promise<WhatIf> {
  const { scenario, state, stepMs } = present;
  const wanted = ((horizonS ?? HORIZON_S) * 1000) / stepMs;
  const steps = Math.max(1, Math.round(horizonS === undefined ? Math.min(wanted, MAX_STEPS) : wanted));
  check(present, steps);
  const ids = { ue: [...state.ues.keys()], sensor: sensorsOf(state) };
  const played: Played = { ...present, ids, scenario: sized(scenario, ids) };
  const sums = policies.map(() => new FutureSums(steps));
  for (let episode = 0; episode < EPISODES; episode++) {
    for (const [at, policy] of policies.entries()) {
      play(played, policy, episode, sums[at]);
      await new Promise(setImmediate); // messages go first
    }
  }
  const stepS = stepMs / 1000;
  const futures = sums.map((sum, at) => sum.future(policies[at].name, stepS));
  return {
    inS: Array.from({ length: steps }, (_, step) => ((step + 1) * stepMs) / 1000),
    episodes: EPISODES,
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
  const work = 2 * EPISODES * steps * (state.ues.size + state.sensors.size);
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

function play(played: Played, policy: Policy, episode: number, sums: FutureSums): void {
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

const total = (values: Int32Array) => values.reduce((sum, value) => sum + value, 0);
