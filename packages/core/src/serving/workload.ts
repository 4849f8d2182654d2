import { RandomStream } from '../random/index.js';
import type { ServingInstance } from './instance.js';
import { checkInstance } from './instance.js';
import { Popularity } from './popularity.js';
import type { ServingScenario } from './scenario.js';
import { scenarioParams, scenarioServices } from './scenario.js';

/**
 * Draws the requests of a scenario. Requests come at exponential gaps; sessions, with a geometric number of requests for
 * one model, choose it by Zipf's law over a random ranking; after each request two ranks may change places. Gaps,
 * sessions and drift have streams of their own, so scenarios that differ in one stay coupled in the others.
 *
 * @param rankingSeed seed of the ranking at the start; the same for edge servers whose users like the same models
 */
export function generateWorkload(
  scenario: ServingScenario,
  seed: number,
  rankingSeed = seed,
): ServingInstance {
  const { workload } = scenario;
  const services = scenarioServices(scenario);
  const gaps = new RandomStream(seed, 'serving/gaps');
  const sessions = new RandomStream(seed, 'serving/sessions');
  const drift = new RandomStream(seed, 'serving/drift');
  const ranking = new RandomStream(rankingSeed, 'serving/ranking');
  const popularity = new Popularity(workload, services.length, ranking, drift);
  const slots: number[] = [];
  const chosen: number[] = [];
  let current = -1;
  const gap = 1 / workload.requestsPerSlot;
  for (let now = gaps.exponential(gap); now < workload.slots; now += gaps.exponential(gap)) {
    current = popularity.next(current, sessions);
    slots.push(now);
    chosen.push(current);
  }
  return checkInstance(
    {
      params: { ...scenarioParams(scenario), warm: workload.warmSlots, slots: workload.slots },
      services,
      slot: Float64Array.from(slots),
      service: Int32Array.from(chosen),
    },
    'serving scenario',
  );
}
