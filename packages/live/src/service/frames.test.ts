import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteStore } from '../store/sqlite.js';
import { Frames } from './frames.js';
import { Live } from './live.js';

interface Frame {
  things: { id: string; features: Record<string, unknown> }[];
  truth: { id: string; xM: number }[];
  removed: string[];
}

let dir: string;
let live: Live;
beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-frames-'));
  live = await Live.start({ store: await SqliteStore.open(dir), dir, log: () => undefined });
});
afterEach(async () => {
  await live.close();
  rmSync(dir, { recursive: true, force: true });
});

const say = (id: string, value: number, seq: number) =>
  live.update({
    ...{ thing: id, t: Date.now(), seq, features: { f: { p: value } } },
    ...{ receipt: false, direct: true, loadUnits: undefined },
  });

describe('frames', () => {
  it('give a slow reader the end state, and a thing that was removed and came back stays', async () => {
    const frames = new Frames(live);
    await say('a:b', 0, 0);
    await say('a:c', 0, 0);
    const got: Frame[] = [];
    let isReady = true;
    const leave = frames.add({ isReady: () => isReady, send: (text) => got.push(JSON.parse(text) as Frame) });
    await vi.waitFor(() => expect(got).toHaveLength(1));
    expect(got[0].things.map(({ id }) => id).sort()).toEqual(['a:b', 'a:c']);

    isReady = false;
    for (let k = 1; k <= 500; k++) await say('a:b', k, k);
    await live.remove(live.twins.get('a:c')!);
    await say('a:c', 7, 7);
    live.truth.take('truth/a:b', Buffer.from('{ "xM": 1, "yM": 2 }'));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(got).toHaveLength(1);
    isReady = true;
    await vi.waitFor(() => expect(got).toHaveLength(2));
    const [, last] = got;
    const values = Object.fromEntries(last.things.map(({ id, features }) => [id, features.f]));
    expect(values).toEqual({ 'a:b': { properties: { p: 500 } }, 'a:c': { properties: { p: 7 } } });
    expect([last.removed, last.truth]).toEqual([[], [{ id: 'a:b', xM: 1, yM: 2 }]]);

    expect(live.listenerCount('change')).toBe(1);
    leave();
    expect([frames.readers, live.listenerCount('change'), live.listenerCount('place')]).toEqual([0, 0, 0]);
  });
});
