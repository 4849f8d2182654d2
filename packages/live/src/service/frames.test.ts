import { decode } from '@msgpack/msgpack';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteStore } from '../store/sqlite.js';
import { Frames } from './frames.js';
import { Live } from './live.js';

interface Frame {
  things: { id: string; number: number; features: Record<string, unknown> }[];
  changes: [number: number, t: number, features: Record<string, unknown>][];
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
    const leave = frames.add({ isReady: () => isReady, send: (bytes) => got.push(decode(bytes) as Frame) });
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
    const [first, last] = got;
    // What is known is named by its number, and told what changed alone; what is new is told whole.
    const { number } = first.things.find(({ id }) => id === 'a:b')!;
    expect(last.changes.map(([of, , features]) => [of, features])).toEqual([[number, { f: { p: 500 } }]]);
    expect(last.things.map(({ id, features }) => [id, features.f])).toEqual([
      ['a:c', { properties: { p: 7 } }],
    ]);
    expect([last.removed, last.truth]).toEqual([[], [{ id: 'a:b', xM: 1, yM: 2 }]]);

    expect(live.listenerCount('change')).toBe(1);
    leave();
    expect([frames.readers, live.listenerCount('change'), live.listenerCount('place')]).toEqual([0, 0, 0]);
  });

  it('are written once for all who know the same, and leave every reader with the same end', async () => {
    const frames = new Frames(live);
    const twinsOf = () => {
      const things = new Map<string, Record<string, unknown>>();
      const names = new Map<number, string>();
      const take = (bytes: Uint8Array) => {
        const frame = decode(bytes) as Frame;
        for (const { id, number, features } of frame.things) {
          names.set(number, id);
          things.set(id, (features.f as { properties: Record<string, unknown> }).properties);
        }
        for (const [number, , features] of frame.changes) {
          things.set(names.get(number)!, { ...things.get(names.get(number)!), ...(features.f as object) });
        }
        for (const id of frame.removed) things.delete(id);
      };
      return { things, take };
    };
    const readers = Array.from({ length: 4 }, (_, k) => {
      const bytes: Uint8Array[] = [];
      const { things, take } = twinsOf();
      // The third and the fourth take every third and every seventh frame that they are offered.
      let offers = 0;
      const isReady = () => k < 2 || ++offers % (k === 2 ? 3 : 7) === 0;
      const send = (frame: Uint8Array) => {
        bytes.push(frame);
        take(frame);
      };
      return { bytes, things, leave: frames.add({ isReady, send }) };
    });
    for (let k = 1; k <= 300; k++) {
      await say(`a:${k % 9}`, k, k);
      const gone = k % 20 === 0 ? live.twins.get(`a:${(k * 7) % 9}`) : undefined;
      if (gone !== undefined) await live.remove(gone);
      if (k % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const truth = Object.fromEntries(
      [...live.twins.all()].map(({ id, registers }) => [id, { p: registers.get('f')!.get('p')!.value }]),
    );
    for (const { things } of readers) expect(Object.fromEntries(things)).toEqual(truth);
    // The very same bytes, not merely equal ones.
    const [first, second, third] = readers;
    expect(first.bytes.every((frame, at) => frame === second.bytes[at])).toBe(true);
    expect(third.bytes.length).toBeLessThan(first.bytes.length);
    for (const { leave } of readers) leave();
  });
});
