import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow, metalore, metaloreHere, temporaryFolder } from '../../testing/metalore.js';
import { lifecycleWorksStudy } from './index.js';
import type { WorksRow } from './cells.js';

const { dir, clean } = temporaryFolder();
afterAll(clean);

describe('metalore lifecycle story', () => {
  const out = path.join(dir, 'story');

  it('leads from a prompt to a struck copy, and its script there again', async () => {
    const { code, stdout } = await metalore([
      'lifecycle',
      'story',
      'a mill',
      '--rounds',
      '2',
      '--out',
      out,
      '--json',
    ]);
    expect(code).toBe(0);
    const story = JSON.parse(stdout) as {
      distance: number;
      asked: number[];
      answered: number[];
      result: {
        items: Record<string, { owner: string; live: boolean }>;
        balances: Record<string, string>;
        stateRoot: string;
      };
      reputation: { reputation: number[][] };
    };
    const { items, balances, stateRoot } = story.result;
    expect(story.distance).toBeLessThanOrEqual(10);
    expect(items.copy).toMatchObject({ owner: 'eve', live: false });
    const [last] = Object.keys(items).filter((name) => items[name].owner === 'dora');
    expect(items[last].live).toBe(true);
    expect(Object.values(balances).reduce((sum, wei) => sum + BigInt(wei), 0n)).toBe(80_000n);
    expect(balances.dora).toBe(String(10_000 - 90));
    story.asked.forEach((asked, k) => {
      expect(story.answered[k]).toBeLessThanOrEqual(asked);
      // no evidence gives one half, and one failure outweighs one success
      if (asked === 0) expect(story.reputation.reputation[0][k]).toBeCloseTo(0.5, 12);
    });
    const again = await metaloreHere(['lifecycle', path.join(out, 'script.json'), '--json']);
    expect((JSON.parse(again.stdout) as { stateRoot: string }).stateRoot).toBe(stateRoot);
    const { transactions, stateRoot: signed } = JSON.parse(
      readFileSync(path.join(out, 'transactions.json'), 'utf8'),
    ) as { transactions: { raw: string }[]; stateRoot: string };
    expect(signed).toBe(stateRoot);
    expect(transactions[0].raw).toMatch(/^0xf8/);
  }, 60_000);

  it('is the same for the same seed', async () => {
    const other = path.join(dir, 'again');
    await metalore(['lifecycle', 'story', 'a mill', '--rounds', '2', '--out', other]);
    expect(filesBelow(other)).toEqual(filesBelow(out));
  }, 60_000);

  it('refuses a story of nothing', async () => {
    expect((await metaloreHere(['lifecycle', 'story', ' '])).code).toBe(2);
    expect((await metaloreHere(['lifecycle', 'story', '--rounds', '0'])).code).toBe(2);
  });

  it('hashes pictures, and refuses what is none', async () => {
    const { stdout } = await metaloreHere([
      'lifecycle',
      'hash',
      path.join(out, 'copy.jpg'),
      path.join(out, 'copy.jpg'),
      '--json',
    ]);
    const { pictures } = JSON.parse(stdout) as { pictures: { distance: number; hashes: string[] }[] };
    expect(pictures[1].distance).toBe(0);
    expect(pictures[0].hashes).toHaveLength(11);
    const text = path.join(dir, 'text.png');
    writeFileSync(text, 'no picture');
    for (const file of [text, path.join(dir, 'missing.png')]) {
      const { code, stderr } = await metaloreHere(['lifecycle', 'hash', file]);
      expect(code).toBe(2);
      expect(stderr).toContain(file);
    }
  });
});

describe('reproduce lifecycle-works', () => {
  it('finds copies with eleven hashes that one does not, and takes no other picture for one', async () => {
    const rows: WorksRow[] = [];
    for (const cell of lifecycleWorksStudy.cells({ quick: true }))
      rows.push(...(await lifecycleWorksStudy.runCell(cell)));
    const distances = rows.filter((row) => row.kind === 'distance');
    const found = (name: string, of: 'first' | 'least') => {
      const own = distances.filter(({ transformation }) => transformation === name);
      return own.filter((row) => row[of] <= 10).length / own.length;
    };
    expect(found('mirrored', 'first')).toBe(0);
    expect(found('mirrored', 'least')).toBe(1);
    expect(found('JPEG, quality 60', 'first')).toBe(1);
    expect(found('', 'least')).toBe(0);
    const { figures, summary } = lifecycleWorksStudy.report(rows, { quick: true });
    expect(figures[0].svg).toMatch(/^<svg/);
    expect(summary).toMatch(/register, 16 hashes/);
    expect(summary).not.toMatch(/NaN/);
  }, 60_000);
});
