import type { ServingCosts } from './costs.js';
import { CostLedger } from './costs.js';
import { Decay } from './decay.js';
import { EdgeServer } from './edge-server.js';
import type { ServiceSpec, ServingInstance } from './instance.js';
import { DecayedDemand } from './policies/demand.js';

/** A way to hold a model: quantised, or a part of it. */
export interface ModelVariant {
  readonly name: string;
  /** Memory and bytes to load, relative to the whole model in full precision. */
  readonly memory: number;
  /** Work of an inference, relative. */
  readonly work: number;
  /** Accuracy lost, percentage points. */
  readonly accuracyLoss: number;
}

export interface VariantOptions {
  /** From the smallest to the largest. */
  readonly variants: readonly ModelVariant[];
  /**
   * Whether a larger variant contains the smaller, so that going up loads the difference only and keeps the context
   * (partial loading); otherwise it replaces it (quantisation).
   */
  readonly isIncremental: boolean;
  readonly vanishing?: number;
  readonly horizon?: number;
}

/**
 * VALUE with a choice of variant: after a miss the variant with the largest margin is loaded, after a hit the model goes
 * up to a larger variant if that has a positive margin. The margin of a change is the saving it adds over the horizon,
 * less the load, less the savings of the victims, taken in ascending saving per GB.
 */
export function simulateVariants(instance: ServingInstance, options: VariantOptions): ServingCosts {
  const { variants, isIncremental, vanishing = 0.9, horizon = 1.5 } = options;
  const count = variants.length;
  const ledger = new CostLedger(instance);
  // Service s in variant v is number s · count + v of a server over all variants.
  const server = new EdgeServer(instance.params, expand(instance.services, variants));
  const demand = new DecayedDemand(new Decay(vanishing), instance.services.length);
  const held = new Int32Array(instance.services.length).fill(-1);
  const worthOf = (service: number, variant: number, now: number): number =>
    horizon * demand.now(service, now) * Math.max(0, server.saving(service * count + variant));

  for (let index = 0; index < instance.slot.length; index++) {
    const now = instance.slot[index];
    const service = instance.service[index];
    demand.add(service, now);
    const current = held[service];
    if (current >= 0) {
      server.execute(service * count + current, now);
      ledger.chargeEdge(now, server.inferenceCost, server.accuracyCost);
    } else ledger.chargeCloud(now);
    considerLoad(service, current, now);
  }
  return ledger.perSlot();

  function considerLoad(service: number, current: number, now: number): void {
    const before = current < 0 ? 0 : worthOf(service, current, now);
    const currentGB = current < 0 ? 0 : server.gb[service * count + current];
    const currentLoad = current < 0 || !isIncremental ? 0 : server.loadCost(service * count + current);
    let best = 0;
    let chosen = -1;
    let chosenVictims: number[] = [];
    for (let variant = current + 1; variant < count; variant++) {
      const item = service * count + variant;
      if (!server.fits(item)) continue;
      const loadCost = server.loadCost(item) - currentLoad;
      const gain = worthOf(service, variant, now) - before - loadCost;
      if (gain <= best) continue;
      const victims = victimsFor(service, server.missingGB(item) - currentGB, gain - best, now);
      if (victims === null) continue;
      best = gain - victims.reduce((sum, victim) => sum + worthOf(victim, held[victim], now), 0);
      chosen = variant;
      chosenVictims = victims;
    }
    if (chosen < 0) return;
    for (const victim of chosenVictims) {
      server.evict(victim * count + held[victim]);
      held[victim] = -1;
    }
    const item = service * count + chosen;
    if (current >= 0) server.replace(service * count + current, item, now, isIncremental);
    else server.load(item, now);
    ledger.chargeLoad(now, server.loadCost(item) - currentLoad);
    held[service] = chosen;
  }

  /** Models that make room, whose worth stays below `limit` together; null if there are none. */
  function victimsFor(newcomer: number, missing: number, limit: number, now: number): number[] | null {
    if (missing <= 0) return [];
    const density = (s: number): number => worthOf(s, held[s], now) / server.gb[s * count + held[s]];
    const ranked: number[] = [];
    for (let s = 0; s < held.length; s++) if (held[s] >= 0 && s !== newcomer) ranked.push(s);
    ranked.sort((a, b) => density(a) - density(b) || a - b);
    const victims: number[] = [];
    for (const victim of ranked) {
      if (missing <= 0) break;
      limit -= worthOf(victim, held[victim], now);
      if (limit <= 0) return null;
      missing -= server.gb[victim * count + held[victim]];
      victims.push(victim);
    }
    return missing <= 0 ? victims : null;
  }
}

function expand(services: readonly ServiceSpec[], variants: readonly ModelVariant[]): ServiceSpec[] {
  return services.flatMap((service) =>
    variants.map((variant) => ({
      ...service,
      name: `${service.name}, ${variant.name}`,
      gb: service.gb * variant.memory,
      gflops: service.gflops * variant.work,
      a0: Math.max(0, service.a0 - variant.accuracyLoss),
      one: service.one === null ? null : Math.max(0, service.one - variant.accuracyLoss),
    })),
  );
}
