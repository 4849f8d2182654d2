import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexed-heap.js';

describe('IndexedHeap', () => {
  it('behaves as a sorted list under sets, removals and pops', () => {
    const command = fc.tuple(
      fc.constantFrom('set', 'remove', 'pop'),
      fc.nat(15),
      fc.integer({ min: -3, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const heap = new IndexedHeap(16);
        const model = new Map<number, number>();
        const smallest = (): number =>
          [...model].sort(([a, keyA], [b, keyB]) => keyA - keyB || a - b)[0]?.[0] ?? -1;
        for (const [name, item, key] of commands) {
          if (name === 'set') {
            heap.set(item, key);
            model.set(item, key);
          } else if (name === 'remove') {
            heap.remove(item);
            model.delete(item);
          } else {
            expect(heap.pop()).toBe(smallest());
            model.delete(smallest());
          }
          expect(heap.size).toBe(model.size);
          expect(heap.peek()).toBe(smallest());
          expect(heap.has(item)).toBe(model.has(item));
        }
      }),
    );
  });
});
