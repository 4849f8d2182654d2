import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { examples, readExample, runExample } from '../scripts/examples.mjs';

describe.concurrent('examples', { timeout: 60_000 }, () => {
  it.each(examples)('%s prints what its last comment says', async (name) => {
    const { shows, code, prints } = readExample(name);
    expect(shows.length).toBeGreaterThan(40);
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(await runExample(name)).toBe(prints);
  });
});

it('docs/examples.md names every program', () => {
  const page = readFileSync(new URL('../docs/examples.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/\.\.\/examples\/([\w-]+\.mjs)/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual([...examples]);
});
