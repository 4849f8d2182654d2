import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inclusionPath, leafHash, provesInclusion, rootAt, Signer } from '../ledger/index.js';
import { startPostgres, type TestPostgres } from '../testing/postgres.js';
import { verifyLedger } from '../verify.js';
import { PostgresStore } from './postgres.js';
import { DATABASE_FILE, SqliteStore } from './sqlite.js';
import type { Arrival, Store } from './store.js';

const arrival = (thing: string, t: number, seq: number, value: unknown, received = t + 5): Arrival => {
  const update = { thing, t, seq, features: { f: { p: value as number } }, receipt: false };
  return { update, received, leaf: leafHash(update) };
};

let postgres: TestPostgres;
const folders: string[] = [];
const newFolder = () => {
  folders.push(mkdtempSync(path.join(os.tmpdir(), 'metalore-store-')));
  return folders.at(-1)!;
};

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** A way to open the same store again and again. */
const stores: [string, () => Promise<() => Promise<Store>>][] = [
  [
    'SQLite',
    () => {
      const dir = newFolder();
      return Promise.resolve(() => SqliteStore.open(dir));
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const url = await postgres.newDatabase();
      return () => PostgresStore.open(url, () => undefined);
    },
  ],
];

describe.each(stores)('a store in %s', (_name, make) => {
  it('keeps each key once, also within one commit and after a restart', async () => {
    const open = await make();
    let store = await open();
    const a = arrival('x', 10, 0, 1);
    const outcomes = await store.commit([
      a,
      arrival('x', 10, 1, 2),
      a,
      arrival('x', 10, 0, 99),
      arrival('y', 10, 0, 3),
    ]);
    expect(outcomes).toEqual([
      { kind: 'stored', position: 0 },
      { kind: 'stored', position: 1 },
      { kind: 'duplicate' },
      { kind: 'conflict' },
      { kind: 'stored', position: 2 },
    ]);
    await store.close();
    store = await open();
    expect(store.size).toBe(3);
    expect(await store.commit([a, arrival('x', 11, 0, 4)])).toEqual([
      { kind: 'duplicate' },
      { kind: 'stored', position: 3 },
    ]);
    expect((await store.rows(0, 10)).map(({ thing, t, seq }) => [thing, t, seq])).toEqual([
      ['x', 10, 0],
      ['x', 10, 1],
      ['y', 10, 0],
      ['x', 11, 0],
    ]);
    await store.close();
  });

  it('pages through history by (t, seq), whatever came first', async () => {
    const store = await (await make())();
    const keys = Array.from({ length: 50 }, (_, i) => [(i * 7) % 10, Math.floor((i * 7) / 10)]);
    await store.commit(keys.map(([t, seq]) => arrival('x', t, seq, 100 * t + seq)));
    await store.commit([
      { ...arrival('x', 3, 99, 0), update: { ...arrival('x', 3, 99, 0).update, features: { g: { q: 1 } } } },
    ]);
    const seen: number[] = [];
    let after: { t: number; seq: number } | undefined;
    for (;;) {
      const page = await store.points('x', 'f', 'p', { from: 2, to: 8, after, limit: 7 });
      seen.push(...page.map(({ value }) => value as number));
      if (page.length < 7) break;
      after = page.at(-1);
    }
    const expected = keys.filter(([t]) => t >= 2 && t <= 8).map(([t, seq]) => 100 * t + seq);
    expect(seen).toEqual(expected.sort((a, b) => a - b));
    const latest = await store.latest('x', 'f', 'p', 3);
    expect(latest.map(({ value }) => value)).toEqual(
      keys
        .map(([t, seq]) => 100 * t + seq)
        .sort((a, b) => a - b)
        .slice(-3),
    );
    await store.close();
  });

  it('proves what it holds, also over nodes that are stored and after it was opened again', async () => {
    const open = await make();
    let store = await open();
    for (let from = 0; from < 700; from += 100) {
      await store.commit(Array.from({ length: 100 }, (_, i) => arrival('x', from + i, 0, i)));
    }
    const root = store.root();
    await store.close();
    store = await open();
    expect(store.root().equals(root)).toBe(true);
    expect((await rootAt(store, 700)).equals(root)).toBe(true);
    for (const t of [0, 255, 256, 511, 699]) {
      const row = (await store.find('x', { t }))!;
      const path = await inclusionPath(store, row.position, 700);
      expect(provesInclusion(row.leaf, row.position, 700, path, root)).toBe(true);
    }
    await store.close();
  });

  it('forgets values and keeps their hashes', async () => {
    const store = await (await make())();
    await store.commit([arrival('x', 1, 0, 1, 10), arrival('x', 2, 0, 2, 20)]);
    expect(await store.forget(15)).toBe(1);
    expect(await store.points('x', 'f', 'p', { from: 0, to: 9, after: undefined, limit: 9 })).toHaveLength(1);
    expect((await store.rows(0, 9)).map(({ t }) => t)).toEqual([2]);
    const verdict = await verifyLedger(store, undefined);
    expect([verdict.rows, verdict.forgotten, verdict.fault]).toEqual([2, 1, undefined]);
    await store.close();
  });

  it('finds what was measured and received by a time', async () => {
    const store = await (await make())();
    await store.commit([
      arrival('x', 10, 0, 1),
      arrival('x', 30, 0, 3),
      arrival('x', 20, 0, 2),
      arrival('y', 15, 0, 9),
    ]);
    const times = async (measured: number, received: number, limit = 9) =>
      (await store.before('x', { measured, received }, limit)).map(({ t }) => t);
    expect(await times(25, Number.MAX_SAFE_INTEGER)).toEqual([20, 10]);
    expect(await times(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1)).toEqual([30]);
    expect(await times(Number.MAX_SAFE_INTEGER, -1)).toEqual([]);
    await store.close();
  });

  it('keeps twins', async () => {
    const open = await make();
    let store = await open();
    await store.commit([arrival('x', 1, 0, 1)]);
    await store.saveThings(
      [
        { id: 'x', state: '{"a":1}' },
        { id: 'y', state: '{}' },
      ],
      1,
    );
    await store.saveThings([{ id: 'x', state: '{"a":2}' }], 1);
    await store.setSavedSize(1);
    await store.remove('y');
    await store.close();
    store = await open();
    expect([await store.savedThings(), store.savedSize]).toEqual([[{ id: 'x', state: '{"a":2}' }], 1]);
    await store.close();
  });
});

describe('two processes on one PostgreSQL', () => {
  it('append to one ledger, and learn of each other’s rows', async () => {
    const url = await postgres.newDatabase();
    const [a, b] = await Promise.all([0, 1].map(() => PostgresStore.open(url, () => undefined)));
    const batches = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => arrival(`x${j}`, i, 0, i)),
    );
    await Promise.all(batches.map((batch, i) => (i % 2 === 0 ? a : b).commit(batch)));
    const [ofB, ofA] = [await a.others(), await b.others()];
    expect([ofA.length, ofB.length]).toEqual([400, 400]);
    expect([...ofA, ...ofB].map(({ position }) => position).sort((x, y) => x - y)).toEqual(
      Array.from({ length: 800 }, (_, i) => i),
    );
    expect([a.size, b.size]).toEqual([800, 800]);
    expect(a.root().equals(b.root())).toBe(true);
    expect((await verifyLedger(a, undefined)).fault).toBeUndefined();
    await Promise.all([a.close(), b.close()]);
  });
});

describe('a check of the ledger', () => {
  const tampered = async (change: (db: Database.Database) => void) => {
    const dir = newFolder();
    const store = await SqliteStore.open(dir);
    const signer = new Signer(dir);
    for (let from = 0; from < 600; from += 100) {
      await store.commit(Array.from({ length: 100 }, (_, i) => arrival('x', from + i, 0, from + i)));
      await store.addRoot(signer.sign(store.size, store.root(), 1000 + from));
    }
    await store.close();
    const db = new Database(path.join(dir, DATABASE_FILE));
    change(db);
    db.close();
    const again = await SqliteStore.open(dir, { toCheck: true });
    const { fault } = await verifyLedger(again, signer.publicKey);
    await again.close();
    return fault;
  };
  const leaf = (t: number, value: number) => arrival('x', t, 0, value).leaf;

  it('finds nothing where nothing was changed', async () => {
    expect(await tampered(() => undefined)).toBeUndefined();
  });

  it.each<[string, (db: Database.Database) => void, string, number]>([
    [
      'a changed value',
      (db) => db.exec(`UPDATE history SET features = '{"f":{"p":7}}' WHERE position = 321`),
      'changed',
      321,
    ],
    ['a changed time', (db) => db.exec('UPDATE history SET t = 9999 WHERE position = 5'), 'changed', 5],
    ['a broken row', (db) => db.exec(`UPDATE history SET features = '{' WHERE position = 17`), 'changed', 17],
    ['a missing row', (db) => db.exec('DELETE FROM history WHERE position = 44'), 'missing', 44],
    ['missing rows at the end', (db) => db.exec('DELETE FROM history WHERE position >= 590'), 'missing', 590],
    [
      'rows that changed places',
      (db) => {
        db.exec('UPDATE history SET position = -1 WHERE position = 100');
        db.exec('UPDATE history SET position = 100 WHERE position = 101');
        db.exec('UPDATE history SET position = 101 WHERE position = -1');
      },
      'root',
      100,
    ],
    [
      'contents that changed places',
      (db) => {
        db.exec(`UPDATE history SET t = 100000, features = '{"f":{"p":1}}' WHERE position = 60`);
        db.exec(`UPDATE history SET t = 60, features = '{"f":{"p":60}}' WHERE position = 61`);
        db.exec(`UPDATE history SET t = 61, features = '{"f":{"p":61}}' WHERE position = 60`);
      },
      'moved',
      60,
    ],
    [
      'a changed row with its hash',
      (db) =>
        db
          .prepare(`UPDATE history SET features = '{"f":{"p":7}}', leaf = ? WHERE position = 130`)
          .run([leaf(130, 7)]),
      'root',
      100,
    ],
    ['a changed root', (db) => db.exec(`UPDATE roots SET at = at + 1 WHERE size = 300`), 'signature', 300],
    [
      'a changed node',
      (db) => db.exec(`UPDATE nodes SET hash = zeroblob(32) WHERE at = 1 AND level = 8`),
      'changed',
      256,
    ],
  ])('names %s', async (_what, change, kind, position) => {
    expect(await tampered(change)).toMatchObject({ kind, position });
  });
});
