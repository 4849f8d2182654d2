import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cityDocument, parsePartitionInstance, solvePartition } from '@metalore/core/partition';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../results/tables.js';
import { euaPartitionInstance } from './eua.js';
import { loadPartitionInstance } from './load.js';
import { drawPartitionMap } from './map-figure.js';
import { encodeNpy } from '../io/npy.js';
import { runPartitionCell } from './study-cells.js';
import { partitionCells, readStudyData } from './study-data.js';
import { partitionReport } from './study-report.js';
import { writePartitionResult } from './write-result.js';

const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-partition-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('loadPartitionInstance', () => {
  it('reads the preset city, which is the calibrated city of core', () => {
    expect(loadPartitionInstance('city')).toEqual(parsePartitionInstance(cityDocument()));
  });

  it('changes fields and says what is wrong', () => {
    expect(loadPartitionInstance('city', ['twins.count=7', 'grid.rows=50']).twins).toHaveLength(7);
    expect(() => loadPartitionInstance('city', ['grid.rows=0', 'servers[1].computeHz=-1'])).toThrow(
      /servers\[1\]\.computeHz[\s\S]*grid\.rows/,
    );
    expect(() => loadPartitionInstance('town')).toThrow(/presets: city/);
  });
});

describe('encodeNpy', () => {
  it('writes a version 1.0 header padded to 64 bytes, then little-endian values', () => {
    const bytes = encodeNpy(Uint16Array.of(0, 1, 2, 3, 4, 513), 2, 3);
    expect([...bytes.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
    const length = bytes[8] + 256 * bytes[9];
    expect((10 + length) % 64).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(10, 10 + length));
    expect(header.trimEnd()).toBe("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }");
    expect(header.endsWith('\n')).toBe(true);
    expect([...bytes.subarray(10 + length)]).toEqual([0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 1, 2]);
  });
});

describe('writePartitionResult', () => {
  it('leaves labels, tables and a map from which the result can be read again', async () => {
    const instance = loadPartitionInstance('city', ['grid.columns=30', 'grid.rows=20']);
    const solution = solvePartition(instance, { method: 'optimal', lowerBound: false });
    const { labels: _labels, warmStart: _warmStart, ...plain } = solution;
    const out = path.join(dir, 'result');
    await writePartitionResult(out, instance, solution, { ...plain, seconds: 1 }, new Date());
    const bytes = readFileSync(path.join(out, 'labels.npy'));
    expect(
      new Uint16Array(
        bytes.buffer.slice(bytes.byteOffset + bytes.length - 1200, bytes.byteOffset + bytes.length),
      ),
    ).toEqual(solution.labels);
    const twins = await readTable(path.join(out, 'twins.parquet'));
    expect([...(twins.columns['server'] as Float64Array)]).toEqual([...solution.twins]);
    const result = JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')) as typeof plain;
    expect(result.objectiveMs).toBe(solution.objectiveMs);
    expect(readFileSync(path.join(out, 'map.svg'), 'utf8')).toContain('x (km)');
  });
});

describe('drawPartitionMap', () => {
  it('draws every server and twin, and runs of cells instead of cells', () => {
    const instance = parsePartitionInstance(cityDocument({ twins: 9, grid: 10 }));
    const svg = drawPartitionMap(instance, {
      title: 'map',
      labels: Array.from({ length: 100 }, (_, cell) => (cell % 10 < 5 ? 0 : 1)),
      twins: new Array<number>(9).fill(1),
    });
    expect(svg.match(/<circle/g)).toHaveLength(9);
    expect(svg.match(/shape-rendering="crispEdges"/g)!.length).toBeGreaterThan(0);
    expect(svg.match(/<rect /g)!.length).toBeLessThan(30);
  });
});

describe('euaPartitionInstance', () => {
  const write = (name: string, text: string) => {
    const file = path.join(dir, name);
    writeFileSync(file, text);
    return file;
  };
  const sites = write('sites.csv', 'SITE_ID,LATITUDE,LONGITUDE\n1,-37.81,144.95\n2,-37.82,144.97\n');

  it('puts sites and users on a plane in metres, whichever case their columns are in', () => {
    const users = write('users.csv', 'Latitude,Longitude\n-37.815,144.96\n-37.812,144.955\n');
    const { document, skippedRows } = euaPartitionInstance(sites, users);
    const { servers, twins, zone } = parsePartitionInstance(document);
    expect([servers.length, twins.length, skippedRows]).toEqual([2, 2, 0]);
    // 0.02° of longitude at 37.8° south and 0.01° of latitude
    expect(servers[1].x - servers[0].x).toBeCloseTo(1761, -1);
    expect(servers[0].y - servers[1].y).toBeCloseTo(1110, -1);
    expect(zone.widthM).toBeCloseTo(1861, -1);
  });

  it('names a broken row, or leaves it out and counts it', () => {
    const users = write('broken.csv', 'Latitude,Longitude\n-37.815,144.96\nnorth,144.955\n');
    expect(() => euaPartitionInstance(sites, users)).toThrow(/broken\.csv:3:Latitude/);
    expect(euaPartitionInstance(sites, users, { skipBadRows: true }).skippedRows).toBe(1);
  });
});

describe('the study', () => {
  it('has rows that survive JSON and a report with every figure', () => {
    const data = readStudyData();
    const cells = partitionCells(data, true).filter(
      ({ group, x, seed }) => group === 'maps' || (seed === 1 && [0, 50, 200].includes(x)),
    );
    expect(cells.map((cell) => cell.group)).toEqual([
      'maps',
      'twins',
      'twins',
      'spread',
      'literal',
      'literal',
    ]);
    const rows = JSON.parse(
      JSON.stringify(cells.flatMap((cell) => runPartitionCell({ ...cell, hasBound: cell.group === 'maps' }))),
    ) as ReturnType<typeof runPartitionCell>;
    const report = partitionReport(rows, data);
    expect(report.figures.map((figure) => figure.name)).toEqual([
      ...['snr', 'guarded', 'connected', 'optimal', 'free'].map((name) => `partition-map-${name}`),
      'partition-fig3',
      'partition-fig4',
      'partition-fig4-density',
      'partition-literal',
    ]);
    expect(report.summary).toContain('31.23 / 19.11');
    expect(report.summary).not.toMatch(/NaN|undefined/);
  });
});
