import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InterruptedError } from '../work/interrupt.js';
import { inline, workerCount } from '../work/pool.js';
import { canonicalJson, cellKey, CellStore } from './cell-store.js';
import { Claims } from '../io/claims.js';
import { partOf } from './part.js';
import { cellsDone, collectRows, computeCells, runStudy } from './run.js';
import type { Study } from './study.js';

interface Cell {
  n: number;
  /** Not set: the cell fails. */
  fails?: boolean;
}

const calls: number[] = [];
let cells: Cell[];
const squares: Study<Cell, { n: number; square: number; bad: number | null }> = {
  name: 'squares',
  title: 'Squares',
  cells: () => cells,
  runCell: ({ n, fails }) => {
    calls.push(n);
    if (fails) throw new Error(`cell ${n} failed`);
    return [{ n, square: n * n, bad: NaN }];
  },
  report: () => ({ tables: [], figures: [], summary: '' }),
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-study-'));
  calls.length = 0;
  cells = [{ n: 1 }, { n: 2 }, { n: 2 }, { n: 3 }];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (signal = new AbortController().signal): ReturnType<typeof runStudy> =>
  runStudy(squares, { quick: false, cellsDir: path.join(dir, 'cells'), runTasks: inline(signal) });

describe('cell keys', () => {
  it('depend on content, not on the order of properties', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(cellKey('s', { a: 1, b: 2 })).toBe(cellKey('s', { b: 2, a: 1 }));
    const keys = [cellKey('s', { a: 1 }), cellKey('s', { a: 2 }), cellKey('t', { a: 1 })];
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('runStudy', () => {
  it('gives the rows of all cells in their order and computes equal cells once', async () => {
    const { rows, cells: count, resumed } = await run();
    expect(rows).toEqual([1, 2, 2, 3].map((n) => ({ n, square: n * n, bad: null })));
    expect([count, resumed]).toEqual([4, 0]);
    expect(calls).toEqual([1, 2, 3]);
  });

  it('computes only what is missing, after a failure', async () => {
    cells[3] = { n: 3, fails: true };
    await expect(run()).rejects.toThrow('cell 3 failed');
    cells[3] = { n: 3 };
    calls.length = 0;
    const { rows, resumed } = await run();
    expect(calls).toEqual([3]);
    expect(resumed).toBe(2);
    expect(rows).toHaveLength(4);
  });

  it('in parts computes every cell once, whatever the order, and collects the same rows', async () => {
    cells = Array.from({ length: 11 }, (_, n) => ({ n: n % 9 }));
    const whole = await runStudy(squares, { quick: false, runTasks: inline(new AbortController().signal) });
    calls.length = 0;
    const cellsDir = path.join(dir, 'cells');
    const store = new CellStore(cellsDir);
    const never = new AbortController().signal;
    const missing = [];
    for (const index of [2, 0, 1]) {
      const share = { part: { index, count: 3 } };
      const done = await computeCells(squares, { quick: false, cellsDir, share, runTasks: inline(never) });
      missing.push(done.missing.length);
    }
    expect(missing).toEqual([6, 3, 0]);
    expect([...calls].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await cellsDone(squares, false, store)).missing).toEqual([]);
    expect((await collectRows(squares, false, store, 11)).rows).toEqual(whole.rows);
  });

  it('by two that claim computes every cell once, and one whose process is dead after its lease', async () => {
    cells = Array.from({ length: 11 }, (_, n) => ({ n }));
    const cellsDir = path.join(dir, 'cells');
    mkdirSync(cellsDir);
    const dead = path.join(cellsDir, `${cellKey('squares', cells[4])}.claim`);
    writeFileSync(dead, 'elsewhere 1');
    const signal = new AbortController().signal;
    const claim = () =>
      computeCells(squares, { quick: false, cellsDir, share: { leaseMs: 1000 }, runTasks: inline(signal) });
    const start = performance.now();
    const both = await Promise.all([claim(), claim()]);
    expect(performance.now() - start).toBeGreaterThan(1000);
    expect(both.map(({ missing }) => missing)).toEqual([[], []]);
    expect([...calls].sort((a, b) => a - b)).toEqual(cells.map(({ n }) => n));
    expect(calls.at(-1)).toBe(4);
    expect(readdirSync(cellsDir).filter((name) => !name.endsWith('.json'))).toEqual([]);
  });

  it('leaves alone what another process is seen to work on', async () => {
    const first = new Claims(dir, 100);
    const other = new Claims(dir, 1);
    expect([await first.take('a'), await other.take('a'), await other.isFree('b')]).toEqual([
      true,
      false,
      true,
    ]);
    const file = path.join(dir, 'a.claim');
    const { mtimeMs } = statSync(file);
    await expect.poll(() => statSync(file).mtimeMs).not.toBe(mtimeMs);
    await first.end();

    writeFileSync(file, 'elsewhere 1');
    for (let look = 1; look < 5; look++) {
      utimesSync(file, look, look);
      expect(await other.take('a')).toBe(false);
      await setTimeout(2);
    }
    expect([await other.take('a'), readdirSync(dir)]).toEqual([true, ['a.claim']]);
    await other.end();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('takes over from one who died between making a claim and signing it', async () => {
    const claims = new Claims(dir, 60_000);
    writeFileSync(path.join(dir, 'a.claim'), '');
    const now = vi.spyOn(performance, 'now');
    const taken = [];
    for (const ms of [0, 2900, 3000]) {
      now.mockReturnValue(ms);
      taken.push(await claims.take('a'));
    }
    now.mockRestore();
    await claims.end();
    expect(taken).toEqual([false, false, true]);
  });

  it('ends between two cells when it is interrupted, and goes on later to the same rows', async () => {
    const uninterrupted = (await run()).rows;
    rmSync(path.join(dir, 'cells'), { recursive: true });
    calls.length = 0;
    const controller = new AbortController();
    const runCell = vi.spyOn(squares, 'runCell').mockImplementationOnce(() => {
      controller.abort(new InterruptedError('interrupted'));
      return [{ n: 1, square: 1, bad: NaN }];
    });
    await expect(run(controller.signal)).rejects.toThrow(/interrupted: 1 of 4 cells are done and kept/);
    expect(runCell).toHaveBeenCalledTimes(1);
    expect((await run()).rows).toEqual(uninterrupted);
    expect(calls).toEqual([2, 3]);
  });

  it('leaves whole files only, and says what it is about', async () => {
    await run();
    const files = readdirSync(path.join(dir, 'cells'));
    expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(files).toHaveLength(4);
    const progress = JSON.parse(readFileSync(path.join(dir, 'cells', 'study.json'), 'utf8')) as object;
    expect(progress).toMatchObject({ study: 'squares', quick: false, keys: { length: 4 } });
    expect(existsSync(path.join(dir, 'cells', `${cellKey('squares', { n: 2 })}.json`))).toBe(true);
  });
});

describe('workerCount', () => {
  it('takes integers from 1', () => {
    expect(workerCount('4')).toBe(4);
    expect(workerCount(undefined)).toBeGreaterThanOrEqual(1);
    for (const bad of ['0', '-1', '1.5', 'many', '']) expect(() => workerCount(bad)).toThrow(/--workers/);
  });
});

describe('parts', () => {
  it('are asked for, or a place in a Slurm array', () => {
    expect(partOf('3/8', {})).toEqual({ index: 2, count: 8 });
    const slurm = { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '4' };
    expect(partOf(undefined, { ...slurm, SLURM_ARRAY_TASK_STEP: '2' })).toEqual({ index: 3, count: 4 });
    expect(partOf(undefined, {})).toBeUndefined();
    for (const wrong of ['0/3', '4/3', '1', 'a/b', '1/0']) {
      expect(() => partOf(wrong, {}), wrong).toThrow('expected I/N with I from 1 to N');
    }
  });
});
