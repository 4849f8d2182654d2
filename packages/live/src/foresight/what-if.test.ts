import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { jobFields, PolicyStepper } from '@metalore/core/submetaverse';
import { describe, expect, it } from 'vitest';
import { World } from '../fleet/world.js';
import { SubMetaverse } from '../ingest/sub-metaverse.js';
import { readMessage } from '../message/topic.js';
import { whatIf, type Present } from './what-if.js';

const STEP_MS = 1000;
const START = 1_800_000_000_000;
const PAST_STEPS = 60;
const AHEAD = 60;
const PERFECT = { clockErrorMs: 0, loss: 0, silence: 0 };

/** A server that a fleet has talked to for a minute, what it knows, and the fleet. */
function present(seed: number, policyName: string, changes: object = {}) {
  const steps = PAST_STEPS + AHEAD;
  const scenario = parseScenario({ episodeSteps: steps, ...changes });
  const world = new World(scenario, {}, seed, START, STEP_MS, steps, PERFECT);
  const places = new Map<string, { xM: number; yM: number }>();
  const ignore = () => undefined;
  const listeners = { request: ignore, update: ignore, expired: ignore };
  const policy = parsePolicy(policyName);
  const server = new SubMetaverse(scenario, policy, STEP_MS, START, 1000, listeners);
  for (let step = 0; step < PAST_STEPS; step++) {
    const { rhoC, rhoP } = server.splits;
    for (const { topic, payload } of world.step(rhoC, rhoP)) {
      const now = START + step * STEP_MS + 20;
      const { updates = [], request } = readMessage(topic, Buffer.from(JSON.stringify(payload)), now);
      for (const { thing, t, loadUnits, features } of updates) {
        places.set(thing, features.position as { xM: number; yM: number });
        server.addUpdate(thing, { t, loadUnits, payload: undefined });
      }
      if (request === undefined) continue;
      const { ue, thing, t, loadUnits, position } = request;
      places.set(ue, position!);
      server.addRequest(ue, thing, { t, loadUnits, payload: undefined });
    }
    server.tick(START + (step + 0.5) * STEP_MS);
  }
  const state = server.state(START + PAST_STEPS * STEP_MS - 1);
  const known: Present = { scenario, state, stepMs: STEP_MS, placeOf: (id) => places.get(id) };
  return { world, server, known };
}

/** What truly happens in the next minute: the simulator that the fleet is, under a policy. */
function truth({ simulator }: World, policyName: string) {
  const policy = parsePolicy(policyName);
  policy.reset(1, 0);
  const stepper = new PolicyStepper(simulator, policy);
  const sums = { aosi: 0, synchronised: 0, aori: 0, completed: 0 };
  simulator.onSent = undefined;
  simulator.onRequest = (job, _cell, _update, aosi) => {
    sums.aori += simulator.step - simulator.jobs.ints[job * jobFields.JOB_INTS + jobFields.CREATED];
    sums.completed++;
    if (aosi < 0) return;
    sums.aosi += aosi;
    sums.synchronised++;
  };
  for (let step = 0; step < AHEAD; step++) stepper.step();
  return { aosiS: sums.aosi / sums.synchronised, aoriS: sums.aori / sums.completed };
}

const STILL = { ues: { mobility: { model: 'static' } } };

const policies = (...names: [string, string]) => names.map((name) => parsePolicy(name)) as never;

describe('what if', () => {
  it('begins with what waits, and two futures under one policy are one', async () => {
    const { known, server, world } = present(3, 'fixed:0.3,0.2');
    const { state } = known;
    const { simulator } = world;
    expect(state.requests.jobs).toHaveLength(simulator.requests.queue.length[0]);
    expect(state.requests.jobs.length).toBeGreaterThan(20);
    const units = (kind: 'requests' | 'updates') =>
      state[kind].jobs.reduce((sum, { loadUnits }) => sum + loadUnits, 0) -
      (state[kind].leftUnits === 0 ? 0 : state[kind].jobs[0].loadUnits - state[kind].leftUnits);
    expect(units('requests')).toBeCloseTo(server.requests.backlogUnits[0], 6);
    expect(units('updates')).toBeCloseTo(simulator.updates.backlogUnits[0], 6);
    expect(state.ues.size).toBe(10);
    expect(state.sensors.size).toBe(15);
    for (let sensor = 0; sensor < 15; sensor++) {
      const newest = state.newest.get(world.sensorId(sensor))!;
      expect(newest + PAST_STEPS).toBe(simulator.twin.newest(0, sensor));
    }
    const { futures, difference, inS } = await whatIf(
      known,
      policies('fixed:0.3,0.2', 'fixed:0.3,0.2'),
      AHEAD,
    );
    expect(futures[0]).toEqual(futures[1]);
    expect(difference).toEqual({
      aosiS: { mean: 0, halfWidth: 0 },
      aoriS: { mean: 0, halfWidth: 0 },
      served: { mean: 0, halfWidth: 0 },
    });
    expect([inS[0], inS.at(-1)]).toEqual([1, AHEAD]);
    // What waited is still there after the first step, but for what a step's units can do.
    expect(Math.abs(futures[0].requests[0] - state.requests.jobs.length)).toBeLessThan(15);
  });

  it.each(['fixed:0.5,0.5', 'fixed:0.2,0.3', 'age-aware'])(
    'foretells what %s brings, from what the server knows',
    async (name) => {
      const { errors, came } = await compare(name, STILL);
      for (const age of ['aosiS', 'aoriS'] as const) {
        const { mean, halfWidth } = interval99(errors[age]);
        // No bias beyond the 99 % interval and two hundredths of the age itself.
        expect(Math.abs(mean)).toBeLessThan(halfWidth + 0.02 * interval99(came[age]).mean);
        expect(halfWidth).toBeLessThan(0.5 * interval99(came[age]).mean);
      }
    },
    30_000,
  );

  it('is off by less than 15 % where people walk, as it does not know where to', async () => {
    const { errors, came } = await compare('fixed:0.5,0.5', {});
    const [{ mean }, { mean: age }] = [interval99(errors.aosiS), interval99(came.aosiS)];
    expect(Math.abs(mean)).toBeLessThan(0.15 * age);
  }, 30_000);

  it('refuses what cannot be foretold', async () => {
    const { known } = present(1, 'fixed:0.5,0.5');
    const asked = policies('fixed:0.5,0.5', 'fixed:0.4,0.4');
    const { scenario, state } = known;
    await expect(whatIf({ ...known, state: { ...state, ues: new Map() } }, asked, 60)).rejects.toThrow(
      /nobody/,
    );
    await expect(whatIf(known, asked, 5000)).rejects.toThrow(/5000 steps; accepted: up to/);
    const arrivals = { model: 'trace' };
    const recorded = { ...scenario, ues: { ...scenario.ues, arrivals } } as never;
    await expect(whatIf({ ...known, scenario: recorded }, asked, 60)).rejects.toThrow(/recording/);
  });
});

/** What was foretold for a minute less what came, over twelve worlds, and what came. */
async function compare(name: string, changes: object) {
  const errors = { aosiS: [] as number[], aoriS: [] as number[] };
  const came = { aosiS: [] as number[], aoriS: [] as number[] };
  for (let seed = 1; seed <= 12; seed++) {
    const { known, world } = present(seed, 'fixed:0.4,0.4', changes);
    const { futures } = await whatIf(known, policies('fixed:0.4,0.4', name), AHEAD);
    const now = truth(world, name);
    for (const age of ['aosiS', 'aoriS'] as const) {
      came[age].push(now[age]);
      errors[age].push(futures[1].mean[age]! - now[age]);
    }
  }
  return { errors, came };
}

/** Mean of twelve values, and half of its 99 % interval (Student's t, 11 degrees of freedom). */
function interval99(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, halfWidth: 3.106 * Math.sqrt(variance / values.length) };
}
