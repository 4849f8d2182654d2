import type { ServingCosts } from '../costs.js';
import type { ServingInstance } from '../instance.js';
import { countedSlots } from '../instance.js';

type Score = (state: ReferenceState, service: number, now: number) => number;

interface ReferenceState {
  readonly k: number[];
  readonly kAt: number[];
  readonly demand: number[];
  readonly demandAt: number[];
  readonly count: number[];
  readonly usedAs: number[];
  readonly loadedAs: number[];
  readonly lambda: number;
}

const decayed = (value: number, at: number, now: number, lambda: number): number =>
  value * Math.pow(lambda, now - at);

const scores: Record<string, Score> = {
  fifo: (state, s) => state.loadedAs[s],
  lru: (state, s) => state.usedAs[s],
  lfu: (state, s) => state.count[s],
  lc: (state, s, now) => decayed(state.demand[s], state.demandAt[s], now, state.lambda),
  context: (state, s, now) => decayed(state.k[s], state.kAt[s], now, state.lambda),
};

/** The deterministic policies of the issue: score and admission rule. */
export const referencePolicies: Readonly<Record<string, readonly [score: string, rule: string]>> = {
  Cloud: ['lfu', 'never'],
  FIFO: ['fifo', 'always'],
  LRU: ['lru', 'always'],
  LFU: ['lfu', 'max'],
  'LFU-sum': ['lfu', 'sum'],
  'LFU-always': ['lfu', 'always'],
  LC: ['lc', 'max'],
  'LC-sum': ['lc', 'sum'],
  'LC-always': ['context', 'always'],
};

/** What a run did, besides what it cost. */
export interface ReferenceRun {
  readonly costs: ServingCosts;
  /** `+service` for a load, `-service` for an eviction, in order. */
  readonly changes: string[];
  /** The smallest difference of two scores that decided something and were not equal, over the larger; Infinity without one. */
  readonly closest: number;
}

/**
 * A second program for the same model, written from its text: plain arrays, every score computed when it is asked for,
 * victims found by sorting all resident models.
 */
export function runReference(instance: ServingInstance, policy: string): ReferenceRun {
  const { params, services } = instance;
  const [scoreName, rule] = referencePolicies[policy];
  const zeros = (): number[] => services.map(() => 0);
  const state: ReferenceState = {
    k: zeros(),
    kAt: zeros(),
    demand: zeros(),
    demandAt: zeros(),
    count: zeros(),
    usedAs: zeros(),
    loadedAs: zeros(),
    lambda: params.lam,
  };
  const score = (s: number, now: number): number => scores[scoreName](state, s, now);
  const resident = new Set<number>();
  const sums = { switch: 0, acc: 0, inf: 0, off: 0, cloud: 0 };
  const changes: string[] = [];
  let closest = Infinity;
  const compare = (a: number, b: number): number => {
    if (a !== b) closest = Math.min(closest, Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)));
    return a - b;
  };
  let requests = 0;
  let edge = 0;
  let loads = 0;
  let sequence = 0;
  for (let index = 0; index < instance.slot.length; index++) {
    const now = instance.slot[index];
    const s = instance.service[index];
    const service = services[s];
    const weight = now >= params.warm ? 1 : 0;
    requests += weight;
    sequence++;
    state.count[s]++;
    state.usedAs[s] = sequence;
    state.demand[s] = decayed(state.demand[s], state.demandAt[s], now, params.lam) + 1;
    state.demandAt[s] = now;
    if (resident.has(s)) {
      const k = decayed(state.k[s], state.kAt[s], now, params.lam);
      let accuracy = service.a0;
      if (service.W > 0 && service.one) {
        const gain = service.one - service.a0;
        accuracy += k < 1 ? gain * k : gain * Math.log2(1 + Math.pow(k, service.alpha!));
      }
      edge += weight;
      sums.inf += weight * params.cInf * (service.gflops / params.flops) * (1 + params.ctxFlops * k);
      sums.acc += weight * params.cAcc * (1 - accuracy / 100);
      sums.off += weight * params.cOff;
      state.k[s] = Math.min(service.W, k + 1);
      state.kAt[s] = now;
      continue;
    }
    sums.cloud += weight * params.cCloud;
    if (service.gb > params.gpuGB || rule === 'never') continue;
    const order = [...resident].sort((a, b) => compare(score(a, now), score(b, now)) || a - b);
    const victims: number[] = [];
    let used = [...resident].reduce((gb, other) => gb + services[other].gb, 0);
    while (used + service.gb > params.gpuGB + 1e-9) {
      const victim = order[victims.length];
      victims.push(victim);
      used -= services[victim].gb;
    }
    const victimScores = victims.map((victim) => score(victim, now));
    const own = score(s, now);
    if (victims.length > 0 && rule === 'max' && !(compare(own, Math.max(...victimScores)) > 0)) continue;
    const sum = victimScores.reduce((a, b) => a + b, 0);
    if (victims.length > 0 && rule === 'sum' && !(compare(own, sum) > 0)) continue;
    for (const victim of victims) {
      resident.delete(victim);
      changes.push(`-${victim}`);
    }
    resident.add(s);
    changes.push(`+${s}`);
    state.loadedAs[s] = sequence;
    state.k[s] = 0;
    state.kAt[s] = now;
    sums.switch += (weight * params.cSwitch * service.gb) / params.loadGBs;
    loads += weight;
  }
  const slots = countedSlots(instance);
  const perSlot = Object.fromEntries(Object.entries(sums).map(([term, sum]) => [term, sum / slots]));
  const costs = {
    total: Object.values(sums).reduce((a, b) => a + b, 0) / slots,
    ...(perSlot as typeof sums),
    edge: requests === 0 ? 0 : edge / requests,
    loads: loads / slots,
    avgAcc: edge === 0 ? 0 : sums.acc / edge,
  };
  return { costs, changes, closest };
}
