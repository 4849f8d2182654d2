import { describe, expect, it } from 'vitest';
import type { CachingPolicy } from './policy.js';
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

describe('keys that are asked for late', () => {
  const instance = generateWorkload(edgeModels({ slots: 400, warmSlots: 0 }), 3);
  const value = cachingPolicies.get('VALUE');
  const changesOf = (policy: CachingPolicy) => {
    const changes: string[] = [];
    simulate(instance, policy, {
      observer: {
        onLoad: (service, slot) => void changes.push(`${slot} +${service}`),
        onEvict: (service, slot) => void changes.push(`${slot} -${service}`),
      },
    });
    return changes;
  };

  it('order victims as keys that are asked for at once do', () => {
    let asked = 0;
    const lasting: CachingPolicy = {
      name: 'lasting',
      start(...given) {
        const state = value.start(...given);
        const key = (service: number, slot: number) => (asked++, state.key(service, slot));
        return { ...state, key, keysAreLasting: true };
      },
    };
    const changes = changesOf(value);
    expect(changes.length).toBeGreaterThan(50);
    expect(changesOf(lasting)).toEqual(changes);
    expect(asked).toBeLessThan(instance.slot.length / 2);
  });
});
