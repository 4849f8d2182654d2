import { exp, log } from '../math/index.js';
import { RandomStream } from '../random/index.js';
import type { ServingInstance } from './instance.js';
import { checkInstance } from './instance.js';
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
  const ranking = new RandomStream(rankingSeed, 'serving/ranking').shuffle(services.map((_service, s) => s));
  const cumulative = zipf(services.length, workload.zipfExponent);
  const slots: number[] = [];
  const chosen: number[] = [];
  let current = -1;
  const gap = 1 / workload.requestsPerSlot;
  for (let now = gaps.exponential(gap); now < workload.slots; now += gaps.exponential(gap)) {
    if (current < 0 || sessions.uniform() * workload.sessionMean < 1) {
      current = ranking[search(cumulative, sessions.uniform())];
    }
    slots.push(now);
    chosen.push(current);
    if (drift.uniform() < workload.exchangeProbability) exchange(ranking, drift);
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

/** Cumulative probabilities of ranks 1 … count, proportional to rank^−exponent. */
function zipf(count: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulative[rank] = sum += exp(-exponent * log(rank + 1));
  for (let rank = 0; rank < count; rank++) cumulative[rank] /= sum;
  return cumulative;
}

/** First index whose cumulative probability exceeds `u`. */
function search(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

function exchange(ranking: number[], stream: RandomStream): void {
  const a = stream.integer(ranking.length);
  const b = stream.integer(ranking.length);
  const service = ranking[a];
  ranking[a] = ranking[b];
  ranking[b] = service;
}
