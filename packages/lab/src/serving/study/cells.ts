import {
  cachingPolicies,
  explicitSet,
  generateWorkload,
  keepAlive,
  setFromLog,
  simulate,
  simulateCluster,
  simulateVariants,
  solveOffline,
  totalSlots,
  traceInstance,
  valuePrefetch,
} from '@metalore/core/serving';
import type { CachingPolicy, ServingInstance } from '@metalore/core/serving';
import type { Stay } from '../figures.js';
import type { CachingCell, CachingRow } from './data.js';
import { syntheticLog } from '../synthetic-log.js';

/** Seeds of the users of further edge servers lie this far apart. */
const SEEDS_PER_SERVER = 1000;

/** Rows of one cell. Pure: the same cell gives the same rows everywhere. */
export function runCachingCell(cell: CachingCell): CachingRow[] {
  const { group, label, scenario, seed } = cell;
  const row = { group, label, seed };
  switch (cell.kind) {
    case 'policies':
      return comparePolicies(generateWorkload(scenario, seed), cell.policies, row, cell.hasBound);
    case 'log': {
      const { log, slotSeconds, sizesGB, gflops, accuracy } = cell;
      const instance = traceInstance(syntheticLog(log, seed), {
        scenario,
        slotSeconds: slotSeconds ?? undefined,
        modelOf: (_model, order) => ({ gb: sizesGB[order % sizesGB.length], gflops, accuracy }),
      });
      return comparePolicies(instance, cell.policies, row, true);
    }
    case 'edges': {
      const { servers, cooperation, relayCost } = cell;
      const instances = Array.from({ length: servers }, (_v, server) =>
        generateWorkload(scenario, seed + SEEDS_PER_SERVER * server, seed),
      );
      const costs = simulateCluster(instances, cachingPolicies.get('VALUE'), { cooperation, relayCost });
      return [{ ...row, policy: 'VALUE', ...costs, total: costs.total / servers }];
    }
    case 'variants': {
      const instance = generateWorkload(scenario, seed);
      return [{ ...row, policy: 'VALUE', ...simulateVariants(instance, cell) }];
    }
    case 'timeline':
      return [{ group: 'timeline', stays: staysOf(generateWorkload(scenario, seed), cell.policy) }];
  }
}

function comparePolicies(
  instance: ServingInstance,
  names: readonly string[],
  row: { group: string; label: string; seed: number },
  hasBound: boolean,
): CachingRow[] {
  const rows: CachingRow[] = names.map((policy) => ({
    ...row,
    policy,
    ...simulate(instance, policyOf(policy, instance), { seed: row.seed }),
  }));
  if (!hasBound) return rows;
  const { bound, clairvoyant } = solveOffline(instance);
  rows.push({ ...row, policy: 'clairvoyant', total: clairvoyant.perSlot });
  rows.push({ ...row, policy: 'bound', total: bound.perSlot });
  return rows;
}

/** A policy by its name in the study: registered ones, and operators' rules with their parameter. */
function policyOf(name: string, instance: ServingInstance): CachingPolicy {
  const [rule, parameter] = name.split(' ');
  if (rule === 'keep-alive') return keepAlive(Number(parameter));
  if (rule === 'VALUE-prefetch') return valuePrefetch(Number(parameter));
  if (rule === 'explicit') return explicitSet(setFromLog(instance, instance.params.warm));
  return cachingPolicies.get(name);
}

function staysOf(instance: ServingInstance, policy: string): Stay[] {
  const loadedAt = new Map<number, number>();
  const stays: Stay[] = [];
  const end = (service: number, to: number): void => {
    const model = instance.services[service].name.split(' ')[0];
    stays.push({ policy, model, service, from: loadedAt.get(service)!, to });
    loadedAt.delete(service);
  };
  simulate(instance, cachingPolicies.get(policy), {
    observer: {
      onLoad: (service, slot) => void loadedAt.set(service, slot),
      onEvict: end,
    },
  });
  for (const service of [...loadedAt.keys()]) end(service, totalSlots(instance));
  return stays;
}
