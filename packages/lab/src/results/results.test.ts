import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { version, writeManifest } from './manifest.js';
import { optionalIntegers, readTable, tableFromRows, writeTable } from './tables.js';
import type { Table } from './tables.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-results-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const small: Table = {
  name: 'small',
  columns: {
    step: Int32Array.of(0, 1, 2),
    aosi: Float64Array.of(0.1, NaN, -1e300),
    ratio: Float32Array.of(0.5, 0.25, 2),
    cell: Uint8Array.of(0, 1, 255),
    mean: [1, 2.5, 3],
    device: ['ue-0', 'a "quoted", one', ''],
    update: optionalIntegers(Int32Array.of(4, -1, 0), -1),
  },
};

describe('tables', () => {
  it('are read back by an independent Parquet reader with their types', async () => {
    const file = await writeTable(dir, small);
    const buffer = await asyncBufferFromFile(file);
    const rows = await parquetReadObjects({ file: buffer });
    expect(rows[0]).toEqual({ step: 0, aosi: 0.1, ratio: 0.5, cell: 0, mean: 1, device: 'ue-0', update: 4 });
    expect(rows[1]).toMatchObject({ aosi: null, cell: 1, device: 'a "quoted", one', update: null });
    expect(rows[2]).toMatchObject({ aosi: -1e300, cell: 255, device: null, update: 0 });
    const types = (await parquetMetadataAsync(buffer)).schema.slice(1).map((element) => element.type);
    expect(types).toEqual(['INT32', 'DOUBLE', 'FLOAT', 'INT32', 'DOUBLE', 'BYTE_ARRAY', 'INT32']);
  });

  it('have the same types whatever they hold, nothing included', async () => {
    const empty = Object.fromEntries(
      Object.entries(small.columns).map(([name, column]) => {
        if ('integers' in column) return [name, optionalIntegers(new Int32Array(), -1)];
        return [
          name,
          Array.isArray(column)
            ? name === 'mean'
              ? new Float64Array()
              : []
            : (column as Int32Array).slice(0, 0),
        ];
      }),
    );
    const schema = async (table: Table) =>
      (await parquetMetadataAsync(await asyncBufferFromFile(await writeTable(dir, table)))).schema
        .slice(1)
        .map(({ name, type, repetition_type: repetition }) => [name, type, repetition]);
    expect(await schema({ name: 'empty', columns: empty })).toEqual(await schema(small));
  });

  it.each(['parquet', 'csv'] as const)('survive the way through %s', async (format) => {
    const { columns } = await readTable(await writeTable(dir, small, format));
    expect(columns).toEqual({
      step: Float64Array.of(0, 1, 2),
      aosi: Float64Array.of(0.1, NaN, -1e300),
      ratio: Float64Array.of(0.5, 0.25, 2),
      cell: Float64Array.of(0, 1, 255),
      mean: Float64Array.of(1, 2.5, 3),
      device: ['ue-0', 'a "quoted", one', ''],
      update: Float64Array.of(4, NaN, 0),
    });
  });

  it.each(['parquet', 'csv'] as const)(
    'of 200,000 rows go through %s in the same bytes twice',
    async (format) => {
      const rows = 200_000;
      const table: Table = {
        name: 'large',
        columns: {
          created: Int32Array.from({ length: rows }, (_, row) => row >> 4),
          aori: Float64Array.from({ length: rows }, (_, row) => Math.sqrt(row)),
        },
      };
      const first = readFileSync(await writeTable(dir, table, format));
      const file = await writeTable(dir, table, format);
      expect(first.equals(readFileSync(file))).toBe(true);
      if (format === 'csv') {
        expect(statSync(file).size).toBeGreaterThan(rows * 10);
        return;
      }
      const { columns } = await readTable(file);
      expect(columns.created).toEqual(Float64Array.from(table.columns.created as Int32Array));
      expect(columns.aori).toEqual(table.columns.aori);
    },
  );

  it('are the same bytes whatever the bits of their NaN', async () => {
    const plain = Float64Array.of(1, NaN, 2);
    const odd = plain.slice();
    new Uint8Array(odd.buffer)[15] = 0xff; // the sign, as 0 / 0 sets it on some machines
    const bytes = [];
    for (const a of [plain, odd, [1, NaN, 2]]) {
      bytes.push(readFileSync(await writeTable(dir, { name: 'nan', columns: { a } })));
    }
    expect(bytes[1].equals(bytes[0])).toBe(true);
    expect(bytes[2].equals(bytes[0])).toBe(true);
    expect(new Uint8Array(odd.buffer)[15]).toBe(0xff); // what was given is left alone
  });

  it('with columns of different length are refused, damaged files are named', async () => {
    await expect(writeTable(dir, { name: 'bad', columns: { a: [1], b: [1, 2] } })).rejects.toThrow(
      /different length/,
    );
    await expect(readTable(path.join(dir, 'none.parquet'))).rejects.toThrow(/none\.parquet.*cannot be read/s);
    await writeManifest(dir, { kind: 'test', startedAt: new Date() });
    await expect(readTable(path.join(dir, 'manifest.json'))).rejects.toThrow(/not a readable table/);
  });

  it('can be made from rows', () => {
    expect(tableFromRows('t', [{ a: 1, b: 'x', c: true }]).columns).toEqual({ a: [1], b: ['x'], c: [1] });
  });
});

describe('manifest', () => {
  it('says version, command, machine, start and end', async () => {
    const startedAt = new Date('2026-01-02T03:04:05Z');
    await writeManifest(dir, { kind: 'simulate', seed: 7, scenario: { steps: 100 }, startedAt });
    const manifest = JSON.parse(readFileSync(path.join(dir, 'manifest.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      version,
      kind: 'simulate',
      seed: 7,
      scenario: { steps: 100 },
      start: '2026-01-02T03:04:05.000Z',
      machine: { node: process.version, cores: os.cpus().length },
    });
    expect(Date.parse(String(manifest.end))).toBeGreaterThanOrEqual(startedAt.getTime());
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
