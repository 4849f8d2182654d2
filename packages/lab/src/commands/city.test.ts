import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cityStudy } from '../city/study/index.js';
import { studyCells, readStudyData } from '../city/study/cells.js';
import { main } from '../cli.js';
import { metalore } from '../testing/metalore.js';

let dir = '';
let out = '';
let err = '';

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-city-'));
  out = err = '';
  process.exitCode = undefined;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(dir, { recursive: true, force: true });
});

/** A small city: two servers, six twins, a coarse grid. */
const SMALL = `
kind: partition
name: small
zone: { widthM: 600, heightM: 400 }
servers:
  - { x: 150, y: 200, heightM: 25, computeHz: 8e9, bandwidthHz: 10e6 }
  - { x: 450, y: 200, heightM: 25, computeHz: 16e9, bandwidthHz: 20e6 }
density: { model: gaussian, x: 200, y: 150, stdM: 100 }
twins:
  - { x: 100, y: 100, deadlineS: 0.001, powerW: 0.3, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 }
  - { x: 200, y: 120, deadlineS: 0.01, powerW: 0.2, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 }
  - { x: 220, y: 220, deadlineS: 0.001, powerW: 0.3, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 }
  - { x: 500, y: 320, deadlineS: 0.01, powerW: 0.2, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 }
grid: { columns: 24, rows: 16 }
`;
const FEW = ['--episodes', '3', '--steps', '100', '--sensors', '20', '--seed', '4'];

function small(): string {
  const file = path.join(dir, 'small.yaml');
  writeFileSync(file, SMALL);
  return file;
}

interface Printed {
  results: {
    method: string;
    policy: string;
    objectiveMs: number;
    metrics: Record<'aosi' | 'aori' | 'served', { mean: number; n: number }>;
    differences?: Record<'aosi', { mean: number }>;
    splits?: number[];
    accounts?: { mass: { thought: number; held: number } }[];
  }[];
}

describe('metalore city', () => {
  it('cuts by each method, runs each policy on it, and prints paired differences', async () => {
    expect(await main(['city', small(), '--workers', '1', ...FEW, '--json'])).toBe(0);
    const { results } = JSON.parse(out) as Printed;
    expect(results.map(({ method, policy }) => `${method} ${policy}`)).toEqual(
      ['snr', 'guarded', 'optimal'].flatMap((method) =>
        ['chosen', 'reserved', 'queue-proportional'].map((policy) => `${method} ${policy}`),
      ),
    );
    for (const { metrics, method, policy, differences } of results) {
      expect(metrics.aosi.n).toBe(3);
      expect(metrics.served.mean).toBeGreaterThan(0.3);
      if (method === 'snr') expect(differences).toBeUndefined();
      else {
        const base = results.find((other) => other.method === 'snr' && other.policy === policy)!;
        expect(differences!.aosi.mean).toBeCloseTo(metrics.aosi.mean - base.metrics.aosi.mean, 10);
      }
    }
    expect(results[0].accounts).toHaveLength(2);
    expect(results[1].splits).toHaveLength(4);
  });

  it('is the same whatever the number of workers, and leaves a scenario per method that simulate runs', async () => {
    const args = ['city', small(), ...FEW, '--methods', 'snr,optimal', '--policy', 'queue-proportional'];
    const folders = ['1', '2'].map((workers) => path.join(dir, `out-${workers}`));
    const printed: string[] = [];
    for (const [at, folder] of folders.entries()) {
      const run = await metalore([...args, '--steps', '3000', '--workers', String(at + 1), '--out', folder]);
      expect(run.code).toBe(0);
      printed.push(run.stdout.replaceAll(folder, ''));
    }
    expect(printed[0]).toBe(printed[1]);
    const files = ['episodes.parquet', 'report.html', 'figures/ages-snr.svg', 'optimal/scenario.yaml'];
    for (const file of files)
      expect(readFileSync(path.join(folders[0], file))).toEqual(readFileSync(path.join(folders[1], file)));
    const run = await metalore([
      ...['simulate', path.join(folders[0], 'optimal'), '--policy', 'queue-proportional'],
      ...['--episodes', '1', '--seed', '4', '--json'],
    ]);
    const { metrics } = JSON.parse(run.stdout) as { metrics: { aosi: { mean: number } } };
    const city = await metalore([...args, '--steps', '3000', '--episodes', '1', '--workers', '1', '--json']);
    const own = (JSON.parse(city.stdout) as Printed).results.find(({ method }) => method === 'optimal')!;
    // ages of a city are in ms, of a scenario in steps of .1 ms
    expect(own.metrics.aosi.mean).toBeCloseTo(metrics.aosi.mean / 10, 9);
  }, 60_000);

  it.each([
    [['--methods', 'best'], /--methods.*"best" is unknown; accepted: snr, paper, guarded, optimal/s],
    [['--policy', 'clever'], /unknown policy "clever"/],
    [['--sensing', '-1'], /--sensing.*not a number/s],
    [['--sensors', '0'], /--sensors/],
    [['--set', 'servers=[]'], /servers/],
  ])('refuses %j', async (options, message) => {
    expect(await main(['city', small(), ...options])).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync(path.join(dir, 'out'))).toBe(false);
  });

  it('says why no method finds a partition, with exit code 3', async () => {
    const tooLate = [
      '--set',
      'twins=[{x: 1, y: 1, deadlineS: 1e-6, powerW: .1, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6}]',
    ];
    expect(await main(['city', small(), ...FEW, '--workers', '1', ...tooLate])).toBe(3);
    expect(err).toMatch(/snr found no partition: .*twin 0/);
  });
});

describe('metalore partition --scenario', () => {
  it('writes a scenario that holds what the partition thought, and says so', async () => {
    const folder = path.join(dir, 'scenario');
    expect(await main(['partition', small(), '--scenario', folder, '--sensors', '50', '--json'])).toBe(0);
    const printed = JSON.parse(out) as {
      perServer: { mass: number; computeLeftHz: number }[];
      scenario: { accounts: Record<'mass' | 'computeLeftHz', { thought: number; held: number }>[] };
    };
    printed.scenario.accounts.forEach(({ mass, computeLeftHz }, b) => {
      expect(mass.thought).toBe(printed.perServer[b].mass);
      expect(Math.abs(mass.held - mass.thought)).toBeLessThan(0.05);
      expect(computeLeftHz.held / printed.perServer[b].computeLeftHz).toBeCloseTo(1, 9);
    });
    out = '';
    expect(await main(['simulate', folder, '--episodes', '1', '--workers', '1', '--json'])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ scenario: 'small', cells: expect.any(Array) as unknown });
  });

  it('writes nothing for a partition that does not exist', async () => {
    const folder = path.join(dir, 'none');
    const code = await main([
      'partition',
      small(),
      '--set',
      'servers[0].computeHz=1',
      '--set',
      'servers[1].computeHz=1',
      '--scenario',
      folder,
    ]);
    expect(code).toBe(3);
    expect(existsSync(folder)).toBe(false);
  });
});

it('the quick form of reproduce city has every group, and reports them with intervals', async () => {
  const data = readStudyData();
  const quick = studyCells(data, true);
  expect(new Set(quick.map(({ group }) => group))).toEqual(new Set(['load', 'age', 'band']));
  expect(studyCells(data, false).length).toBeGreaterThan(quick.length);
  const some = quick
    .filter(({ policy, x }) => policy.spec !== 'chosen' && (x === 300 || x === 0 || x === 20))
    .map((cell) => ({ ...cell, options: { ...cell.options, episodeSteps: 150, sensors: 30 } }));
  const rows = (await Promise.all(some.map((cell) => cityStudy.runCell(cell)))).flat();
  const { figures, summary, tables } = cityStudy.report(rows, { quick: true });
  expect(figures.map(({ name }) => name)).toContain('city-load-aosi');
  for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
  expect(summary).toMatch(/Sensing rate × 300/);
  expect(summary).toMatch(/20 s after the cut/);
  expect(summary).not.toMatch(/NaN/);
  expect(tables[0].columns.aosi).toHaveLength(rows.length);
});
