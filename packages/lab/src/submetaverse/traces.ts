import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { withChanges } from '@metalore/core/document';
import type { Scenario } from '@metalore/core/scenario';
import { Regions, type KindTraces, type RegionLabels, type Traces } from '@metalore/core/submetaverse';
import { readCsv } from '../io/csv.js';
import { readBytes } from '../io/documents.js';
import { decodeNpy } from '../io/npy.js';
import type { CsvColumn } from '../io/csv.js';
import { note } from '../terminal/output.js';

type Kind = 'ue' | 'sensor';
const KINDS: readonly Kind[] = ['ue', 'sensor'];

interface ReadOptions {
  readonly skipBadRows?: boolean;
}

/** Numeric columns of one kind of device, with the device's number in `device`. */
interface KindRows {
  readonly device: Int32Array;
  /** Line of every row in the file. */
  readonly lines: Int32Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

const STEP: CsvColumn = { type: 'integer', min: 0, max: 2 ** 31 - 1 };
const FILES = {
  positions: {
    step: STEP,
    device: { type: 'text' },
    x: { type: 'number', missing: '' },
    y: { type: 'number', missing: '' },
  },
  arrivals: {
    step: STEP,
    device: { type: 'text' },
    sizeMbit: { type: 'number', min: Number.MIN_VALUE },
    loadUnits: { type: 'number', min: Number.MIN_VALUE },
  },
  links: {
    step: STEP,
    device: { type: 'text' },
    rateMbps: { type: 'number', min: 0 },
    cell: { type: 'integer', min: 0, missing: '', optional: true },
  },
} as const satisfies Record<string, Record<string, CsvColumn>>;

type TraceFile = keyof typeof FILES;

/**
 * Reads recorded data and divides it by kind of device; devices are called `ue-0`, `ue-1`, …, `sensor-0`, ….
 *
 * @throws InvalidInputError with file, line, column and value
 */
function readTrace(file: string, content: TraceFile, options: ReadOptions): Record<Kind, KindRows> {
  const { rows, lines, skipped } = readCsv(file, FILES[content] as Record<string, CsvColumn>, options);
  if (skipped.length > 0)
    note(`${file}: ${skipped.length} broken rows left out, the first: ${describe(skipped[0])}`);
  const problems: Problem[] = [];
  const kinds: (Kind | '')[] = [];
  const numbers: number[] = [];
  rows.forEach((row, index) => {
    const match = /^(ue|sensor)-(0|[1-9]\d{0,6})$/.exec(String(row.device));
    if (match === null && !options.skipBadRows) {
      const message = `"${row.device}" is not a device; expected ue-0, ue-1, …, sensor-0, …`;
      problems.push({ path: `${file}:${lines[index]}:device`, message });
    }
    kinds.push((match?.[1] ?? '') as Kind | '');
    numbers.push(Number(match?.[2] ?? -1));
  });
  const twice = content === 'arrivals' ? [] : duplicates(file, rows, lines);
  if (options.skipBadRows) {
    for (const { index } of twice) kinds[index] = '';
    if (twice.length > 0)
      note(`${file}: ${twice.length} repeated rows left out, the first: ${describe(twice[0])}`);
  } else problems.push(...twice);
  if (problems.length > 0) throw new InvalidInputError('recorded data', problems.slice(0, 20));
  const rowsOf = (kind: Kind): KindRows => {
    const chosen = rows.flatMap((row, index) =>
      kinds[index] === kind ? [{ row, number: numbers[index], line: lines[index] }] : [],
    );
    const columns = Object.keys(FILES[content]).filter((name) => name !== 'device');
    return {
      device: Int32Array.from(chosen, ({ number }) => number),
      lines: Int32Array.from(chosen, ({ line }) => line),
      columns: Object.fromEntries(
        columns.map((name) => [name, Float64Array.from(chosen, ({ row }) => Number(row[name]))]),
      ),
    };
  };
  return { ue: rowsOf('ue'), sensor: rowsOf('sensor') };
}

/** Rows that say a second time where a device was, or what its link could do, in a step. */
function duplicates(
  file: string,
  rows: readonly Readonly<Record<string, string | number>>[],
  lines: readonly number[],
): (Problem & { readonly index: number })[] {
  const seen = new Map<string, number>();
  return rows.flatMap(({ step, device }, index) => {
    const key = `${step} ${device}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, lines[index]);
    const message = `step ${step} of ${device} stands in line ${first} already`;
    return first === undefined ? [] : [{ path: `${file}:${lines[index]}`, message, index }];
  });
}

function describe(problem: Problem): string {
  return `${problem.path}: ${problem.message}`;
}

function toKindTraces(content: TraceFile, { device, columns }: KindRows): KindTraces {
  const step = columns.step;
  if (content === 'positions') return { positions: { step, device, xM: columns.x, yM: columns.y } };
  if (content === 'links') return { links: { step, device, rateMbps: columns.rateMbps, cell: columns.cell } };
  return { arrivals: { step, device, sizeMbit: columns.sizeMbit, loadUnits: columns.loadUnits } };
}

/** What a scenario's trace models name: a file, the kinds of device it is for, what it records. */
interface TraceField {
  readonly kinds: readonly Kind[];
  readonly content: TraceFile;
  readonly file: string;
}

function traceFields(scenario: Scenario): TraceField[] {
  const fields: TraceField[] = [];
  for (const kind of KINDS) {
    const { mobility, arrivals } = scenario[`${kind}s`];
    if (mobility.model === 'trace') {
      fields.push({ kinds: [kind], content: 'positions', file: mobility.file });
    }
    if (arrivals.model === 'trace') {
      fields.push({ kinds: [kind], content: 'arrivals', file: arrivals.file });
    }
  }
  const { linkTrace } = scenario.radio;
  if (linkTrace) fields.push({ kinds: KINDS, content: 'links', file: linkTrace.file });
  return fields;
}

/**
 * Reads the recorded data that a scenario's trace models name.
 *
 * @param folder what relative file names are relative to: the scenario file's folder
 * @throws InvalidInputError for missing and broken files, and for devices that the scenario does not have
 */
export function readTraces(scenario: Scenario, folder: string, options: ReadOptions = {}): Traces {
  const traces: Record<Kind, KindTraces> = { ue: {}, sensor: {} };
  const read = new Map<string, Record<Kind, KindRows>>();
  for (const { kinds, content, file } of traceFields(scenario)) {
    const resolved = path.resolve(folder, file);
    const key = `${content}\n${resolved}`;
    if (!read.has(key)) read.set(key, readTrace(resolved, content, options));
    for (const kind of kinds) {
      const rows = read.get(key)![kind];
      refuseUnknownDevices(rows, kind, scenario, file);
      if (content === 'positions') refuseStrays(rows, kind, scenario, file);
      if (content === 'links') refuseUnknownCells(rows, scenario, file);
      if (content === 'arrivals') noteLate(rows, kind, scenario, file);
      if (content === 'links' && rows.device.length === 0) continue;
      traces[kind] = { ...traces[kind], ...toKindTraces(content, rows) };
    }
  }
  const regions = regionsFile(scenario, folder);
  return regions === undefined ? traces : { ...traces, regions: readRegions(regions, scenario) };
}

/** Files that the trace models of a scenario name, and that of its regions, each once, in a fixed order. */
export function traceFiles(scenario: Scenario, folder: string): string[] {
  const files = traceFields(scenario).map(({ file }) => path.resolve(folder, file));
  const regions = regionsFile(scenario, folder);
  return [...new Set(regions === undefined ? files : [...files, regions])];
}

/** Where the recorded data of a scenario lies, and what it was. */
export interface Recorded {
  readonly folder: string;
  /** Of all files, one after the other. */
  readonly sha256: string;
}

/** The recorded data that a scenario plays, for a cell or a job: empty where it plays none. */
export function recordedData(scenario: Scenario, folder: string): { readonly recorded?: Recorded } {
  const files = traceFiles(scenario, folder);
  if (files.length === 0) return {};
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return { recorded: { folder: path.resolve(folder), sha256: hash.digest('hex') } };
}

function regionsFile({ association }: Scenario, folder: string): string | undefined {
  const { model, file } = association;
  return model === 'regions' && file !== undefined ? path.resolve(folder, file) : undefined;
}

/** @throws InvalidInputError with the file, and the place and value of a label that is no cell */
function readRegions(file: string, { area, cells }: Scenario): RegionLabels {
  const labels = decodeNpy(readBytes(file), file);
  try {
    new Regions(labels, area, cells.length);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map(({ path: at, message }) => ({ path: `${file}:${at}`, message }));
    throw new InvalidInputError('regions', problems);
  }
  return labels;
}

function refuseUnknownDevices({ device }: KindRows, kind: Kind, scenario: Scenario, file: string): void {
  const count = scenario[`${kind}s`].count;
  const highest = highestNumber(device);
  if (highest < count) return;
  throw new InvalidInputError(
    'recorded data',
    [{ path: file, message: `${kind}-${highest} is recorded, but the scenario has ${kind}s.count ${count}` }],
    { hint: `--set ${kind}s.count=${highest + 1}` },
  );
}

/**
 * Positions in the area, or none: a row without x and y says that the device is away.
 *
 * @throws InvalidInputError with the line of the first that is neither
 */
function refuseStrays(
  { device, lines, columns: { x, y } }: KindRows,
  kind: Kind,
  { area }: Scenario,
  file: string,
) {
  const inside = (value: number, extent: number) => value >= 0 && value <= extent;
  for (let row = 0; row < device.length; row++) {
    const isAway = Number.isNaN(x[row]) && Number.isNaN(y[row]);
    if (isAway || (inside(x[row], area.widthM) && inside(y[row], area.heightM))) continue;
    const place = `(${x[row]}, ${y[row]})`;
    const message = Number.isNaN(x[row] + y[row])
      ? `x and y of ${kind}-${device[row]}: one of them is missing; both are where the device is away`
      : `${kind}-${device[row]} stands at ${place}, outside the area of ${area.widthM} m × ${area.heightM} m`;
    throw new InvalidInputError('recorded data', [{ path: `${file}:${lines[row]}`, message }]);
  }
}

/** @throws InvalidInputError with the line of the first that names a cell which the scenario does not have */
function refuseUnknownCells({ lines, columns: { cell } }: KindRows, { cells }: Scenario, file: string): void {
  const row = cell.findIndex((number) => number >= cells.length);
  if (row < 0) return;
  const message = `${cell[row]} is no cell; expected 0 to ${cells.length - 1}, or nothing`;
  throw new InvalidInputError('recorded data', [{ path: `${file}:${lines[row]}:cell`, message }]);
}

/** Says how many recorded jobs lie behind the last step of an episode, where they are not played. */
function noteLate({ columns }: KindRows, kind: Kind, { episodeSteps }: Scenario, file: string): void {
  const late = columns.step.filter((step) => step >= episodeSteps).length;
  if (late === 0) return;
  const last = columns.step.reduce((most, step) => Math.max(most, step), 0);
  note(
    `${file}: ${late} of ${columns.step.length} jobs of ${kind}s come after step ${episodeSteps - 1}, the last of an episode, and are not played; --set episodeSteps=${last + 1} plays them all`,
  );
}

function highestNumber(device: Int32Array): number {
  return device.reduce((highest, number) => Math.max(highest, number), -1);
}

/**
 * The changes of a scenario that make it play the recordings in a folder (`--replay`): `positions.csv`, `arrivals.csv` or
 * both. Recorded positions say how many devices there are; a kind without recorded positions keeps its mobility model. With
 * `arrivals.csv` both kinds play it: a device without rows creates nothing.
 *
 * @throws InvalidInputError if the folder holds neither file, or a file is broken
 */
export function replayScenario(scenario: Scenario, folder: string, options: ReadOptions = {}): unknown {
  const positionsFile = path.resolve(folder, 'positions.csv');
  const arrivalsFile = path.resolve(folder, 'arrivals.csv');
  const linksFile = path.resolve(folder, 'links.csv');
  if (!existsSync(positionsFile) && !existsSync(arrivalsFile)) {
    const message = 'holds neither positions.csv nor arrivals.csv';
    throw new InvalidInputError('recorded data', [{ path: folder, message }]);
  }
  const changes: Record<string, unknown> = {};
  if (existsSync(positionsFile)) {
    const positions = readTrace(positionsFile, 'positions', options);
    for (const kind of KINDS) {
      const recorded = highestNumber(positions[kind].device) + 1;
      if (recorded === 0) continue;
      const { count } = scenario[`${kind}s`];
      if (recorded !== count) note(`${kind}s.count is ${recorded} as recorded, not ${count}`);
      changes[`${kind}s.count`] = recorded;
      changes[`${kind}s.mobility`] = { model: 'trace', file: positionsFile };
    }
  }
  if (existsSync(arrivalsFile)) {
    for (const kind of KINDS) changes[`${kind}s.arrivals`] = { model: 'trace', file: arrivalsFile };
  }
  if (existsSync(linksFile)) changes['radio.linkTrace'] = { file: linksFile };
  return withChanges(scenario, changes);
}

/** Whether every position and every job of a scenario is recorded, so that all episodes are the same. */
export function isFullyRecorded(scenario: Scenario): boolean {
  return KINDS.every(
    (kind) =>
      scenario[`${kind}s`].mobility.model === 'trace' && scenario[`${kind}s`].arrivals.model === 'trace',
  );
}
