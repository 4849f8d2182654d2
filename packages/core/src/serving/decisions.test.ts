import { describe, expect, it } from 'vitest';
import type { ServingInstance } from './instance.js';
import { cachingPolicies } from './policies/index.js';
import { simulate } from './simulate.js';
import { runReference } from './testing/reference.js';
import { edgeModels } from './testing/scenario.js';
import { generateWorkload } from './workload.js';

const REQUESTS = 300_000;

function longInstance(): ServingInstance {
  const instance = generateWorkload(edgeModels({ slots: 3500, warmSlots: 0 }), 7);
  expect(instance.slot.length).toBeGreaterThanOrEqual(REQUESTS);
  return {
    ...instance,
    slot: instance.slot.subarray(0, REQUESTS),
    service: instance.service.subarray(0, REQUESTS),
  };
}

describe('the indexed heap over 300,000 requests', () => {
  const instance = longInstance();

  it.each(['LC', 'LC-sum', 'LFU', 'LRU'])('%s decides as a sort of all resident models does', (policy) => {
    const changes: string[] = [];
    simulate(instance, cachingPolicies.get(policy), {
      observer: {
        onLoad: (service) => void changes.push(`+${service}`),
        onEvict: (service) => void changes.push(`-${service}`),
      },
    });
    const expected = runReference(instance, policy).changes;
    expect(changes.length).toBe(expected.length);
    expect(changes.findIndex((change, index) => change !== expected[index])).toBe(-1);
    expect(changes.length).toBeGreaterThan(100);
  });
});
