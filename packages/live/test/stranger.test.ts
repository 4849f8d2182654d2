import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../src/access/tokens.js';
import { runLive } from '../src/run.js';

const PROGRAM = fileURLToPath(new URL('stranger.py', import.meta.url));
const VALUES = [
  0,
  1,
  -1,
  0.1,
  1e-7,
  1.5e-9,
  123456789.125,
  1e21,
  5e300,
  true,
  null,
  'text',
  [1, { deep: 2.5 }],
  {},
];

let dir: string;
let folder: string;
let proofFile: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-stranger-'));
  folder = path.join(dir, 'live.copy');
  const own = mkdtempSync(path.join(dir, 'own-'));
  folder = own;
  const secret = createToken(own, { role: 'operator', things: '*', days: 1 }, Date.now());
  const settings = {
    host: '127.0.0.1',
    store: 'sqlite',
    mqttPort: 0,
    httpPort: 0,
    version: 'test',
    dir: own,
  };
  const server = await runLive({ ...settings, log: () => undefined });
  const call = (method: string, where: string, body?: unknown) =>
    fetch(server.http + where, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  for (const [at, value] of VALUES.entries()) {
    await server.live.update({
      ...{ thing: 'plant:pump', t: Date.now(), seq: at, features: { motor: { value } } },
      ...{ receipt: false, direct: true, loadUnits: undefined },
    });
    if (at % 5 === 0) await server.live.keeper.signRoot();
  }
  await call('PUT', '/api/2/things/plant:valve', { features: { f: { properties: { open: true } } } });
  await call('GET', '/api/live/audit'); // an operator may not
  await server.live.keeper.signRoot();
  const proof = await call('GET', '/api/2/things/plant:pump/proof');
  proofFile = path.join(dir, 'proof.json');
  writeFileSync(proofFile, await proof.text());
  await server.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function check() {
  const { status, stdout, stderr } = spawnSync('python3', [PROGRAM, folder, proofFile], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, ...(JSON.parse(stdout) as Report) };
}

interface Report {
  rows: number;
  changed: number[];
  roots: number;
  good: number;
  proved: boolean;
  audit: Record<string, Record<string, unknown>>[];
}

describe("a stranger's program, from files alone", () => {
  it('verifies every row, every signed root, a proof, and reads the audit', () => {
    const { status, rows, changed, roots, good, proved, audit } = check();
    expect([status, changed, proved]).toEqual([0, [], true]);
    expect(rows).toBeGreaterThanOrEqual(VALUES.length + 3);
    expect(roots).toBeGreaterThanOrEqual(4);
    expect(good).toBe(roots);
    const told = JSON.stringify(audit);
    expect(told).toContain('PUT /api/2/things/plant:valve');
    expect(told).toContain('GET /api/live/audit');
  });

  it('finds a row that was changed', () => {
    const database = new Database(path.join(folder, 'live.db'));
    database
      .prepare("UPDATE history SET features = replace(features, '0.1', '0.2') WHERE position = 3")
      .run([]);
    database.close();
    const { status, changed, good, roots } = check();
    expect([status, changed]).toEqual([1, [3]]);
    expect(good).toBeLessThan(roots);
  });
});
