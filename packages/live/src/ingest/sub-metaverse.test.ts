import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../fleet/world.js';
import { readMessage } from '../message/topic.js';
import { SubMetaverse } from './sub-metaverse.js';

const STEP_MS = 100;
const START = 1_800_000_000_000;
const PERFECT = { clockErrorMs: 0, loss: 0, silence: 0 };

/** Plays a scenario with its messages as they go over the wire, on a clock that the test moves. */
function play(changes: object, policyName: string, seed: number, steps: number) {
  const scenario = parseScenario({ episodeSteps: steps, ...changes });
  const world = new World(scenario, {}, seed, START, STEP_MS, steps, PERFECT);
  const latest = new Map<string, number>();
  const ages = { aosi: 0, aori: 0, count: 0 };
  const freshen = (thing: string, t: number) => latest.set(thing, Math.max(t, latest.get(thing) ?? t));
  const server = new SubMetaverse<{ t: number; thing: string }, { t: number; thing: string }>(
    scenario,
    parsePolicy(policyName),
    STEP_MS,
    START,
    1000,
    {
      request: ({ t, thing }, _started, now) => {
        ages.aosi += Math.abs(t - latest.get(thing)!) / STEP_MS;
        ages.aori += Math.floor((now - t) / STEP_MS);
        ages.count++;
      },
      update: ({ thing, t }) => freshen(thing, t),
      expired: () => undefined,
    },
  );
  const splits: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const { rhoC, rhoP } = server.splits;
    splits.push([rhoC, rhoP]);
    for (const { topic, payload } of world.step(rhoC, rhoP)) {
      const now = START + step * STEP_MS + 20;
      const { updates = [], request } = readMessage(topic, Buffer.from(JSON.stringify(payload)), now);
      for (const update of updates) {
        server.addUpdate(update.thing, { t: update.t, loadUnits: update.loadUnits, payload: update });
      }
      if (request !== undefined) {
        const { ue, thing, t, loadUnits } = request;
        server.addRequest(ue, thing, { t, loadUnits, payload: request });
      }
    }
    server.tick(START + (step + 0.5) * STEP_MS);
  }
  const { simulator } = world;
  const waiting = simulator.requests.queue.length[0];
  return { server, simulator, ages, splits, waiting };
}

describe('the server behind real messages', () => {
  it.each(['fixed:0.3,0.3', 'fixed:0.6,0.5', 'fixed:0.1,0.8', 'random'])(
    'under %s is the simulator’s, job by job',
    (policy) => {
      const { server, simulator, ages } = play({}, policy, 7, 300);
      const expected = simulator.metrics.summary();
      expect(ages.count).toBe(simulator.metrics.total('requestsCompleted'));
      expect(ages.aosi / ages.count).toBeCloseTo(expected.aosi, 9);
      expect(ages.aori / ages.count).toBeCloseTo(expected.aori, 9);
      for (const queue of ['requests', 'updates'] as const) {
        expect(server[queue].queue.length[0]).toBe(simulator[queue].queue.length[0]);
        expect(server[queue].backlogUnits[0]).toBeCloseTo(simulator[queue].backlogUnits[0], 6);
      }
    },
  );

  it('is so under any load and either discipline, and loses no job', () => {
    fc.assert(
      fc.property(
        fc.record({
          ues: fc.integer({ min: 1, max: 20 }),
          sensors: fc.integer({ min: 1, max: 25 }),
          discipline: fc.constantFrom('fifo', 'freshest'),
          rhoC: fc.integer({ min: 1, max: 9 }),
          rhoP: fc.integer({ min: 1, max: 9 }),
          seed: fc.integer({ min: 0, max: 1e6 }),
        }),
        ({ ues, sensors, discipline, rhoC, rhoP, seed }) => {
          const changes = { ues: { count: ues }, sensors: { count: sensors, discipline } };
          const policy = `fixed:${rhoC / 10},${rhoP / 10}`;
          const { server, simulator, ages } = play(changes, policy, seed, 60);
          const { metrics } = simulator;
          expect(ages.count).toBe(metrics.total('requestsCompleted'));
          expect(ages.aosi).toBeCloseTo(metrics.total('aosiSum'), 6);
          expect(ages.aori).toBeCloseTo(metrics.total('aoriSum'), 6);
          // What came in was completed, waits, or was superseded.
          const sent = server.metrics.total('updatesCreated');
          const done = server.metrics.total('updatesCompleted');
          const replaced = server.metrics.total('updatesSuperseded');
          expect([...server.waitingUpdates()]).toHaveLength(sent - done - replaced);
          expect(server.updates.queue.length[0]).toBe(sent - done - replaced);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lets go of a request whose thing was never heard of, and serves those behind it', () => {
    const expired: string[] = [];
    const served: string[] = [];
    const server = new SubMetaverse<string, string>(
      parseScenario({}),
      parsePolicy('fixed:0.5,0.5'),
      1000,
      START,
      10,
      {
        request: (request) => served.push(request),
        update: () => undefined,
        expired: (request) => expired.push(request),
      },
    );
    server.know('heard', START);
    server.addRequest('u', 'never', { t: START, loadUnits: 1, payload: 'first' });
    server.addRequest('u', 'heard', { t: START, loadUnits: 1, payload: 'second' });
    for (let step = 0; step < 59; step++) server.tick(START + 1000 * step);
    expect([expired, served]).toEqual([[], []]);
    server.tick(START + 60_000);
    expect([expired, served]).toEqual([['first'], ['second']]);
    expect(server.requests.backlogUnits[0]).toBeCloseTo(0, 9);
  });
});
