import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  consistencyPath,
  Frontier,
  inclusionPath,
  leafHash,
  provesConsistency,
  provesInclusion,
  readFrontier,
  rootAt,
  type Hash,
  type TreeSource,
} from './index.js';

const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (bytes: Buffer) => sha(Buffer.of(0), bytes);

/** MTH as RFC 9162, section 2.1.1, defines it: by recursion over the list. */
function brute(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.of(1), brute(leaves.slice(0, split)), brute(leaves.slice(split)));
}

/** A tree kept in memory as a store keeps it: leaves, and the nodes that the frontier completes. */
function grow(leaves: readonly Hash[]): { source: TreeSource; frontier: Frontier } {
  const nodes = new Map<string, Hash>();
  const frontier = new Frontier();
  for (const leaf of leaves)
    frontier.append(leaf, ({ level, at, hash }) => nodes.set(`${level} ${at}`, hash));
  const source: TreeSource = {
    leaves: (from, to) => Promise.resolve(leaves.slice(from, to)),
    node: (level, at) => Promise.resolve(nodes.get(`${level} ${at}`)!),
  };
  return { source, frontier };
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => leafOf(Buffer.from(`leaf ${at}`)));

describe('the ledger', () => {
  it('has the roots of the reference implementation of certificate transparency', () => {
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const { frontier } = grow(inputs.map((hex) => leafOf(Buffer.from(hex, 'hex'))));
    expect(frontier.root().toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
    expect(new Frontier().root().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('grows the root of the definition, and takes it up again from what is stored', async () => {
    for (const size of [0, 1, 2, 3, 7, 8, 9, 64, 255, 256, 257, 600, 1024, 1300]) {
      const leaves = numbered(size);
      const { source, frontier } = grow(leaves);
      expect(frontier.root().equals(brute(leaves)), `${size}`).toBe(true);
      const again = await readFrontier(source, size);
      expect(again.root().equals(frontier.root()), `${size}`).toBe(true);
      again.append(leafOf(Buffer.from('next')));
      frontier.append(leafOf(Buffer.from('next')));
      expect(again.root().equals(frontier.root())).toBe(true);
    }
  });

  it('proves every leaf of every tree, and no other', async () => {
    for (const size of [1, 2, 3, 5, 8, 13, 31, 600]) {
      const leaves = numbered(size);
      const { source } = grow(leaves);
      const root = brute(leaves);
      for (let index = 0; index < size; index += size > 100 ? 37 : 1) {
        const path = await inclusionPath(source, index, size);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(provesInclusion(leaves[index], index, size, path, root)).toBe(true);
        expect(provesInclusion(leafOf(Buffer.from('other')), index, size, path, root)).toBe(false);
        if (size > 1)
          expect(provesInclusion(leaves[index], (index + 1) % size, size, path, root)).toBe(false);
      }
    }
  });

  it('proves that a tree only grew', async () => {
    const leaves = numbered(700);
    const { source } = grow(leaves);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }), async (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const path = await consistencyPath(source, first, second);
        const [older, newer] = [await rootAt(source, first), await rootAt(source, second)];
        expect(older.equals(brute(leaves.slice(0, first)))).toBe(true);
        expect(provesConsistency(first, second, path, older, newer)).toBe(true);
        const wrong = brute(numbered(first).reverse());
        if (first > 1) expect(provesConsistency(first, second, path, wrong, newer)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('hashes the canonical JSON of an entry, whatever the order of its members', () => {
    const entry = { thing: 'a:b', t: 1, seq: 0, features: { z: { y: 1e21, x: 'é' }, a: { b: null } } };
    const turned = { features: { a: { b: null }, z: { x: 'é', y: 1e21 } }, seq: 0, t: 1, thing: 'a:b' };
    const text = '{"features":{"a":{"b":null},"z":{"x":"é","y":1e+21}},"seq":0,"t":1,"thing":"a:b"}';
    expect(canonicalJson(entry)).toBe(text);
    expect(leafHash(turned).equals(leafOf(Buffer.from(text)))).toBe(true);
  });
});
