import { RandomStream } from '../../random/index.js';
import { evaluateDecisions, type UrllcDecision } from '../model/evaluate.js';
import type { UrllcInstance } from '../model/instance.js';

/**
 * The best total over all admissible caching sets that a general direct search finds: an evolution strategy over the
 * decisions themselves, with the limits as a penalty. It knows nothing of prices, logarithms or convexity.
 *
 * @param steps evaluations per caching set
 * @returns the least total in ms of a point that keeps every limit exactly; ∞ if none was met
 */
export function randomSearch(instance: UrllcInstance, steps: number, seed = 1): number {
  const { length } = instance.ue;
  let best = Infinity;
  for (let bits = 0; bits < 1 << length; bits++) {
    const set = instance.ue.map((_ue, m) => ((bits >> m) & 1) === 1);
    const stored = instance.ue.reduce((sum, { D }, m) => sum + (set[m] ? D : 0), 0);
    if (stored <= instance.S && !instance.rminAll)
      best = Math.min(best, searchSet(instance, set, steps, seed + bits));
  }
  return best;
}

function searchSet(instance: UrllcInstance, set: readonly boolean[], steps: number, seed: number): number {
  const random = new RandomStream(seed, 'urllc-random-search');
  const count = set.length;
  let sigma = 0.3;
  let point: number[] = Array.from({ length: 5 * count }, (_, k) => (k % 5 === 0 ? 0.5 : -0.2));
  let value = Infinity;
  let best = Infinity;
  for (let step = 0; step < steps; step++) {
    // Few coordinates at a time; step sizes over several orders of magnitude.
    const scale = sigma * 10 ** (-2 * random.uniform());
    const trial = point.map((x) =>
      random.uniform() < 2 / count / 5 + 0.1 ? x + scale * random.normal() : x,
    );
    const { totalMs, excess } = evaluatePoint(instance, set, trial);
    const penalised = totalMs + 1e4 * Math.max(0, excess);
    if (excess <= 0 && totalMs < best) best = totalMs;
    if (penalised <= value) {
      value = penalised;
      point = trial;
      sigma = Math.min(1, sigma * 1.2);
    } else sigma = Math.max(1e-5, sigma * 0.985);
  }
  return best;
}

/** Shares normalised so that band and edge rate are used up; the rest clipped into its box. */
function evaluatePoint(instance: UrllcInstance, set: readonly boolean[], point: readonly number[]) {
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  const bands = set.map((cached, m) => (cached ? 0 : Math.exp(point[5 * m + 1])));
  const wholeBand = bands.reduce((sum, band) => sum + band, 0) || 1;
  const local = set.map((cached, m) => (cached ? 0 : clip(point[5 * m])));
  const rates = set.map((_cached, m) => Math.exp(point[5 * m + 4]));
  const used = rates.reduce((sum, rate, m) => sum + rate * (1 - local[m]), 0) || 1;
  const decisions = set.map((cached, m): UrllcDecision => ({
    cached,
    local: local[m],
    bandwidthShare: bands[m] / wholeBand / (1 + 1e-12),
    powerW: cached ? 0 : instance.ue[m].Pmax * clip(Math.exp(point[5 * m + 2])),
    localHz: instance.ue[m].Fue * clip(Math.exp(point[5 * m + 3])),
    edgeHz: Math.min(instance.Fes, (instance.Fes * rates[m]) / used / (1 + 1e-12)),
  }));
  const { totalMs, worst } = evaluateDecisions(instance, decisions);
  return { totalMs: Number.isFinite(totalMs) ? totalMs : 1e6, excess: Math.min(worst.excess, 1e3) };
}
