import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRules } from '../analysis/rules.js';
import { parseKeepRules } from '../ingest/minimise.js';
import { readFrontier } from '../ledger/index.js';
import { Live, type LiveOptions, type Receipt } from './live.js';
import { thingsThen, type ThenKind } from './then.js';
import type { Reply } from './reply.js';
import { SqliteStore } from '../store/sqlite.js';

let dir: string;
let live: Live;
let now = 1_800_000_000_000;
const log: string[] = [];

const open = async (options: Partial<LiveOptions> = {}) => {
  const store = await SqliteStore.open(dir);
  live = await Live.start({ store, dir, log: (line) => log.push(line), now: () => now, ...options });
  return live;
};
const state = (t: number, value: unknown, extra: object = {}) =>
  live.receive(
    'things/a:b/state',
    Buffer.from(JSON.stringify({ t, features: { f: { p: value } }, ...extra })),
  );
const value = () => live.twins.get('a:b')?.registers.get('f')?.get('p')?.value;

/** A copy of the folder as it is on the disk now: nothing is closed. */
const asAfterAKill = () => {
  const copy = path.join(dir, 'copy');
  mkdirSync(copy);
  for (const name of readdirSync(dir))
    if (name !== 'copy') cpSync(path.join(dir, name), path.join(copy, name));
  return copy;
};

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-live-'));
  log.length = 0;
});
afterEach(async () => {
  await live.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a live sub-metaverse', () => {
  it('never stores what may not be kept', async () => {
    const keepRules = parseKeepRules(
      [
        { definition: 'org:camera:*', keep: ['f/p', 'room/*'] },
        { thing: 'secret:*', keep: [] },
      ],
      'keep',
    );
    await open({ keepRules });
    live.announce({ thing: 'a:b', document: { definition: 'org:camera:1' } }, now);
    const features = { f: { p: 1, face: 2 }, room: { light: 3 }, other: { q: 4 } };
    await live.receive('things/a:b/state', Buffer.from(JSON.stringify({ t: now, features })));
    await live.receive('things/secret:x/state', Buffer.from(JSON.stringify({ t: now, features })));
    await live.receive('things/free:y/state', Buffer.from(JSON.stringify({ t: now, features })));
    const rows = await live.store.rows(0, 9);
    expect(rows.map((row) => [row.thing, row.features])).toEqual([
      ['a:b', { f: { p: 1 }, room: { light: 3 } }],
      ['free:y', features],
    ]);
    expect(live.counts.dropped).toBe(2 + 4);
    expect(() => parseKeepRules([{ keep: ['no slash'] }], 'keep')).toThrow(/0.keep.0/);
  });

  it('shows a moment of the past as it was known, and as it was', async () => {
    await open();
    const start = now;
    await state(start, 'early');
    now = start + 5000;
    await state(start + 1000, 'late');
    await state(start + 4000, 'newest');
    const seen = async (at: number, kind: ThenKind) =>
      (await thingsThen(live, at, kind)).map(({ t, features }) => [t! - start, features]);
    const shows = (value: string) => ({ f: { properties: { p: value } } });
    expect(await seen(start + 2000, 'known')).toEqual([[0, shows('early')]]);
    expect(await seen(start + 2000, 'true')).toEqual([[1000, shows('late')]]);
    expect(await seen(start + 9000, 'known')).toEqual([[4000, shows('newest')]]);
    expect(await seen(start - 1, 'true')).toEqual([]);
  });

  it('signs one state of the ledger, also while rows are appended', async () => {
    await open();
    await state(now, 1);
    const { store } = live;
    const lastRoot = store.lastRoot.bind(store);
    store.lastRoot = async () => {
      await state(now, 2, { seq: 1 });
      return lastRoot();
    };
    await live.keeper.signRoot();
    store.lastRoot = lastRoot;
    const [{ size, root }] = await store.roots();
    expect(root).toEqual((await readFrontier(store, size)).root());
  });

  it('shows the freshest, keeps all, and takes the same again without harm', async () => {
    await open();
    await state(now, 1);
    await state(now - 1000, 0);
    await state(now, 2, { seq: 1 });
    await state(now, 2, { seq: 1 });
    await state(now, 3, { seq: 1 });
    expect(value()).toBe(2);
    expect(live.counts.toJSON()).toMatchObject({ accepted: 3, duplicates: 1 });
    expect(live.counts.refused.conflict).toBe(1);
    const points = await live.store.points('a:b', 'f', 'p', { from: 0, to: now, after: undefined, limit: 9 });
    expect(points.map((point) => point.value)).toEqual([0, 1, 2]);
  });

  it('is after a crash what it was, ages and all', async () => {
    await open();
    for (let i = 0; i < 20; i++) {
      await state(now, i);
      now += 700;
      if (i === 10) await live.keeper.save();
    }
    const before = structuredClone(live.twins.get('a:b')!.registers);
    const store = await SqliteStore.open(asAfterAKill());
    const again = await Live.start({ store, dir, log: () => undefined, now: () => now });
    expect(again.twins.get('a:b')!.registers).toEqual(before);
    await again.close();
  });

  it('does not acknowledge what it could not store', async () => {
    await open();
    await state(now, 1);
    const commit = live.store.commit.bind(live.store);
    live.store.commit = () => Promise.reject(new Error('database or disk is full'));
    await expect(state(now + 1, 2)).rejects.toThrow('disk is full');
    expect([value(), live.counts.refused.store]).toEqual([1, 1]);
    live.store.commit = commit;
    await state(now + 1, 2);
    expect(value()).toBe(2);
  });

  it('acknowledges a message when the last of its updates is stored, also if the first is refused', async () => {
    await open();
    await state(now, 1);
    const pack = [
      { bn: 'f/p', bt: now / 1000, v: 2 },
      ...Array.from({ length: 1500 }, (_, i) => ({ t: -1 - i, v: i })),
    ];
    await live.receive('things/a:b/senml', Buffer.from(JSON.stringify(pack)));
    expect([live.store.size, live.counts.refused.conflict]).toEqual([1501, 1]);
  });

  it('raises no alarm for a value that came late', async () => {
    await open({ rules: parseRules([{ name: 'hot', value: { above: 80 } }], 'rules') });
    await state(now, 20);
    await state(now - 5000, 99);
    expect(live.alarms.active.size).toBe(0);
    await state(now + 1, 99);
    expect(live.alarms.active.size).toBe(1);
  });

  it('is alone in its folder', async () => {
    await open();
    await expect(SqliteStore.open(dir)).rejects.toThrow(/in use by another metalore live/);
    const beside = await SqliteStore.open(dir, { toCheck: true });
    await beside.close();
  });

  it('takes up what comes after a long stretch of forgotten values', async () => {
    await open();
    for (let i = 0; i < 30; i++) {
      const message = Array.from({ length: 400 }, (_, j) => ({
        n: 'f/p',
        bt: now / 1000 - 20_000,
        t: i * 400 + j,
        v: j,
      }));
      await live.receive('things/a:b/senml', Buffer.from(JSON.stringify(message)));
    }
    now += 1000;
    while ((await live.store.forget(now)) > 0);
    await state(now, 7);
    expect((await live.store.rows(0, 5000)).map(({ position }) => position)).toEqual([12_000]);
  });

  it('gives receipts once stored, also for what came before', async () => {
    await open();
    const receipts: Receipt[] = [];
    live.on('receipt', (_thing, list) => receipts.push(...list));
    await Promise.all([
      state(now, 1, { receipt: true }),
      state(now + 1, 2),
      state(now + 2, 3, { receipt: true }),
    ]);
    await state(now, 1, { receipt: true });
    expect(receipts.map(({ t }) => t - now)).toEqual([0, 2, 0]);
  });

  it('answers a request with ages in their parts', async () => {
    await open();
    const replies: Reply[] = [];
    live.on('reply', (reply) => replies.push(reply));
    await state(now - 400, 5);
    const ask = (request: object) => live.receive('requests/ue-1', Buffer.from(JSON.stringify(request)));
    await ask({ t: now - 30, id: 'r1', thing: 'a:b' });
    await ask({ t: now, id: 'r2', thing: 'nobody', replyTo: 'replies/elsewhere' });
    expect(replies[0]).toMatchObject({
      topic: 'replies/ue-1',
      payload: {
        id: 'r1',
        features: { f: { properties: { p: 5 } } },
        aosiS: 0.37,
        aoriS: { uplink: 0.03, queue: 0, compute: 0 },
      },
    });
    expect(replies[1]).toMatchObject({ topic: 'replies/elsewhere', payload: { id: 'r2', status: 404 } });
  });

  it('logs refusals once a minute for each kind, and counts them all', async () => {
    await open();
    for (let i = 0; i < 100; i++) await live.receive('things/a:b/state', Buffer.from('{'));
    await live.receive('no/topic', Buffer.from('{}'));
    expect(log).toHaveLength(2);
    expect(live.counts.refused).toMatchObject({ json: 100, topic: 1 });
    now += 61_000;
    await live.receive('things/a:b/state', Buffer.from('{'));
    expect(log[2]).toMatch(/refused \(json, 101 so far\)/);
    expect(live.twins.size).toBe(0);
  });

  it('takes no more things than it was told', async () => {
    await open({ maxThings: 2 });
    for (const id of ['a', 'b', 'c', 'a']) {
      const message = { t: now++, features: { f: { p: 1 } } };
      await live.receive(`things/${id}/state`, Buffer.from(JSON.stringify(message)));
    }
    expect([live.twins.size, live.counts.refused.room]).toEqual([2, 1]);
  });

  it('with a cell shows an update when it is processed, and after a crash what waited', async () => {
    await open({ scenario: parseScenario({}), policy: parsePolicy('fixed:0.5,0.5') });
    await state(now, 1);
    expect([value(), live.queues.updates]).toEqual([undefined, 1]);
    await live.keeper.save();
    expect(live.store.savedSize).toBe(0);
    const store = await SqliteStore.open(asAfterAKill());
    const again = await Live.start({ store, dir, log: () => undefined, now: () => now });
    expect(again.twins.get('a:b')!.registers.get('f')!.get('p')!.value).toBe(1);
    await again.close();
  });

  it('shares what is taken in by ρC where that is limited', async () => {
    await open({ ingestRate: 200 });
    const start = performance.now();
    await Promise.all(Array.from({ length: 60 }, (_, i) => state(now + i, i)));
    const rate = 60 / ((performance.now() - start) / 1000);
    expect(rate).toBeLessThan(150); // half of 200 a second, and a reserve of a tenth of a second
    expect(live.counts.toJSON()).toMatchObject({ accepted: 60 });
  });
});
