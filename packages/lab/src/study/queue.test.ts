import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseScenario } from '@metalore/core/scenario';
import { QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FixedCell } from '../learn/study/fixed-splits.js';
import { metaloreStudy } from '../learn/study/metalore-study.js';
import { useModules } from '../registry/modules.js';
import { BIN } from '../testing/metalore.js';
import { inline } from '../work/pool.js';
import { QUEUE, onQueue } from './queue.js';
import { shownUrl } from './redis.js';
import { runStudy } from './run.js';
import type { Study } from './study.js';

// KILLS=30 for more of them.
const KILLS = Number(process.env['KILLS'] ?? 1);

let dir: string;
let redis: ChildProcess;
let url: string;
const workers: ChildProcess[] = [];

let port: number;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-queue-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  url = `redis://127.0.0.1:${port}`;
  await startRedis();
});

afterAll(async () => {
  await stopWorkers();
  await stopRedis();
  rmSync(dir, { recursive: true, force: true });
});

async function startRedis(): Promise<void> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir];
  redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  await said(redis.stdout!, 'Ready to accept connections');
}

async function stopRedis(): Promise<void> {
  await kill(redis);
}

async function stopWorkers(): Promise<void> {
  for (const worker of workers.splice(0)) await kill(worker);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Waits until a stream has said something. */
async function said(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let all = '';
  for await (const chunk of stream) {
    all += String(chunk);
    if (all.includes(text)) break;
  }
  if (!all.includes(text)) throw new Error(`expected "${text}", got: ${all}`);
}

async function startWorker(): Promise<{ worker: ChildProcess; done: () => number }> {
  const args = [BIN, 'worker', '--redis', url, '--workers', '1', '--lease', '2'];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  workers.push(worker);
  let notes = '';
  worker.stderr.on('data', (chunk) => (notes += String(chunk)));
  while (!notes.includes('worker ready')) {
    if (worker.exitCode !== null) throw new Error(`the worker ended: ${notes}`);
    await setTimeout(50);
  }
  return { worker, done: () => (notes.match(/^\d+: /gm) ?? []).length };
}

function study(cells: FixedCell[]): Study {
  return { ...metaloreStudy, cells: () => cells };
}

/** Cells of about a tenth of a second each. */
function someCells(count = 8): FixedCell[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: 'fixed',
    scenario: parseScenario({}),
    rhoC: i / (20 * KILLS),
    rhoP: [0.3],
    etas: [0.9],
    seed: 1,
    episodes: 150,
  }));
}

const never = new AbortController().signal;

describe('a study on a queue', () => {
  it(
    'gives the same bytes as in one process although a worker is killed in the middle',
    async () => {
      const cells = someCells(8 * KILLS);
      const cellsDir = (name: string) => path.join(dir, name);
      const alone = await runStudy(study(cells), {
        quick: false,
        cellsDir: cellsDir('alone'),
        runTasks: inline(never),
      });
      const events = new QueueEvents(QUEUE, { connection: { url, maxRetriesPerRequest: null } });
      let stalled = 0;
      events.on('stalled', () => stalled++);
      let active = 0;
      events.on('active', () => active++);
      await events.waitUntilReady();

      let worker = await startWorker();
      const together = runStudy(study(cells), {
        quick: false,
        cellsDir: cellsDir('queue'),
        runTasks: onQueue(url, never),
      });
      for (let kill = 0; kill < KILLS; kill++) {
        const before = active;
        // it has done two cells and is in the middle of its third
        await expect.poll(() => active - before, { interval: 5, timeout: 30_000 }).toBeGreaterThanOrEqual(3);
        worker.worker.kill('SIGKILL');
        worker = await startWorker();
      }
      const another = await startWorker();
      const result = await together;

      expect(stalled).toBeGreaterThanOrEqual(1);
      expect(stalled).toBeLessThanOrEqual(KILLS);
      expect(worker.done() + another.done()).toBeGreaterThan(0);
      expect(JSON.stringify(result.rows)).toBe(JSON.stringify(alone.rows));
      await events.close();
    },
    120_000 + 10_000 * KILLS,
  );

  it('hands over what is wrong with a cell, and works on', async () => {
    const [cell] = someCells();
    const broken = study([{ ...cell, scenario: { area: 7 } }]);
    await startWorker();
    const run = (what: Study, name: string) =>
      runStudy(what, { quick: false, cellsDir: path.join(dir, name), runTasks: onQueue(url, never) });
    await expect(run(broken, 'broken')).rejects.toThrow('area');
    const fine = await run(study([{ ...cell, episodes: 1 }]), 'fine');
    expect(fine.rows).toHaveLength(1);
  });

  it("computes with a user's module, which travels, and with its next version after that", async () => {
    await startWorker();
    const cell = someCells().at(-1)!;
    const rewardOf = async (factor: string) => {
      const source = `export default ({ submetaverse }) => submetaverse.bandwidthSchedulers.register('mine', () => ({
        share({ active, cell, efficiency, rate }, bandwidth) {
          for (let d = 0; d < active; d++) {
            rate[d] = cell[d] < 0 ? 0 : (${factor} * bandwidth[cell[d]] * efficiency[d]) / active;
          }
        },
      }))`;
      await useModules([{ name: 'mine.mjs', sha256: factor, source }]);
      const scenario = parseScenario({ ues: { scheduler: 'mine' } });
      const what = study([{ ...cell, scenario, episodes: 2 }]);
      const { rows } = await runStudy(what, { quick: false, runTasks: onQueue(url, never) });
      const here = await runStudy(what, { quick: false, runTasks: inline(never) });
      expect(rows).toEqual(here.rows);
      return JSON.stringify(rows);
    };
    expect(await rewardOf('0.5')).not.toBe(await rewardOf('1'));
    await expect(rewardOf('100')).rejects.toThrow(/bandwidth scheduler mine.*at most its bandwidth/s);
    await useModules([]);
  });

  it('puts back what a server that was emptied has lost', async () => {
    const cells = someCells();
    const client = new Redis(url);
    const together = runStudy(study(cells), {
      quick: false,
      cellsDir: path.join(dir, 'flushed'),
      runTasks: onQueue(url, never),
    });
    while ((await client.keys(`bull:${QUEUE}:*`)).length < cells.length) await setTimeout(20);
    await client.flushall();
    await startWorker();
    expect((await together).rows).toHaveLength(cells.length);
    client.disconnect();
  }, 60_000);

  it('waits for a server that was restarted empty, says so once, and works on', async () => {
    const notes = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const cells = someCells().map((cell) => ({ ...cell, seed: 2 }));
    await startWorker();
    const together = runStudy(study(cells), {
      quick: false,
      cellsDir: path.join(dir, 'restarted'),
      runTasks: onQueue(url, never),
    });
    await setTimeout(300);
    await stopRedis();
    await setTimeout(2500);
    await startRedis();
    expect((await together).rows).toHaveLength(cells.length);
    const said = notes.mock.calls.map(([text]) => String(text)).join('');
    notes.mockRestore();
    expect(said.match(/waiting for the queue/g)).toHaveLength(1);
    expect(said).toContain('answers again');
    expect(said).not.toContain('ECONNREFUSED\n    at');
  }, 60_000);

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends within 2 s of %s, study and worker, although the server is gone',
    async (signal) => {
      await stopWorkers();
      const args = [
        'reproduce',
        'urllc',
        '--quick',
        '--queue',
        url,
        '--out',
        path.join(dir, `gone-${signal}`),
      ];
      const client = new Redis(url);
      await client.flushall();
      const running = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
      workers.push(running);
      while ((await client.keys(`bull:${QUEUE}:????????????????*`)).length === 0) await setTimeout(20);
      client.disconnect();
      const { worker } = await startWorker();
      await stopRedis();
      await setTimeout(300);
      for (const child of [running, worker]) {
        const start = Date.now();
        child.kill(signal);
        const [code] = (await once(child, 'exit')) as [number | null];
        expect(code).toBe(130);
        // what a loaded machine adds is not ours
        expect(Date.now() - start).toBeLessThan(6000);
      }
      await startRedis();
    },
    60_000,
  );

  it('hides what opens the server', () => {
    expect(shownUrl('rediss://user:secret@host:6380/1')).toBe('rediss://***@host:6380/1');
    expect(shownUrl('redis://host:6379')).toBe('redis://host:6379');
  });

  it('says where no Redis server answers', async () => {
    const run = (address: string) =>
      onQueue(address, never)({ name: 'none', run: () => undefined }, [], () => undefined);
    await expect(run('redis://127.0.0.1:1')).rejects.toThrow(/no Redis server answers/);
    await expect(run('127.0.0.1')).rejects.toThrow(/redis:\/\/host:port/);
  });
});
