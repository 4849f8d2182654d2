import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureLoad } from '../src/load/load.js';
import { metalore, startLive } from './processes.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-files-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const ports = ['--mqtt-port', '0', '--http-port', '0'];

describe('a running sub-metaverse', () => {
  it('is backed up under load; the copy verifies, goes on, and is exported', async () => {
    const [own, copy, table] = ['own', 'copy', 'table'].map((name) => path.join(dir, name));
    const live = await startLive(['--dir', own, ...ports]);
    const load = measureLoad({
      mqttPort: live.mqttPort,
      http: live.http,
      rate: 500,
      seconds: 8, // longer than the command takes to start on a slow machine
      things: 20,
      onSecond: () => undefined,
      signal: new AbortController().signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await metalore(['live', 'backup', own, copy])).code).toBe(0);
    expect((await load).stored).toBe((await load).sent);
    await live.kill('SIGTERM');

    const verified = await metalore(['live', 'verify', copy, '--json']);
    const { rows, fault } = JSON.parse(verified.stdout) as { rows: number; fault: unknown };
    expect([verified.code, fault]).toEqual([0, null]);
    expect(rows).toBeGreaterThan(50);
    expect(rows).toBeLessThan((await load).sent);

    const again = await startLive(['--dir', copy, ...ports]);
    const counts = (await (await fetch(`${again.http}/api/live/counts`)).json()) as { history: number };
    expect(counts.history).toBe(rows);
    await again.kill('SIGTERM');

    const restored = path.join(dir, 'restored');
    const done = await metalore(['live', 'restore', copy, restored]);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('each as it was signed')]);
    expect((await metalore(['live', 'verify', restored])).code).toBe(0);
    const database = new Database(path.join(restored, 'live.db'));
    database.prepare('UPDATE history SET t = t + 1 WHERE position = 7').run([]);
    database.close();
    const spoilt = path.join(dir, 'spoilt');
    expect((await metalore(['live', 'restore', restored, spoilt])).code).toBe(2);
    expect(existsSync(spoilt)).toBe(false);

    for (const format of ['csv', 'csv', 'parquet']) {
      const exported = await metalore(['live', 'export', copy, '--out', table, '--format', format, '--json']);
      // Two properties in every update.
      expect(JSON.parse(exported.stdout)).toMatchObject({ rows: 2 * rows });
      if (format !== 'csv') continue;
      const lines = readFileSync(path.join(table, 'history.csv'), 'utf8').trimEnd().split('\n');
      expect(lines).toHaveLength(2 * rows + 1);
      expect(lines[0]).toBe('thing,feature,property,position,t,seq,received,value,json');
    }
    expect(existsSync(path.join(table, 'history.csv'))).toBe(false);
    expect(existsSync(path.join(table, 'history.parquet'))).toBe(true);
  }, 120_000);

  it('says what is no folder of live twins, and what stands in the way', async () => {
    const bin = (args: string[]) => metalore(['live', ...args]);
    expect((await bin(['backup', dir, path.join(dir, 'x')])).code).toBe(2);
    expect((await bin(['export', dir])).code).toBe(2);
    const own = path.join(dir, 'own');
    const live = await startLive(['--dir', own, ...ports]);
    await live.kill('SIGTERM');
    execFileSync('touch', [path.join(dir, 'file')]);
    expect((await bin(['backup', own, path.join(dir, 'file')])).code).toBe(2);
    expect((await bin(['export', own, '--format', 'xlsx'])).code).toBe(2);
  }, 120_000);
});
