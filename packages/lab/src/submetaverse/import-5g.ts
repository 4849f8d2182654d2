import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { readCsv } from '../io/csv.js';
import type { CsvColumn, CsvRow } from '../io/csv.js';
import type { ImportedScenario } from './import-eua.js';
import { fitArea, projectAround, strayPlaces } from '../io/projection.js';
import type { PlanePoint } from '../io/projection.js';

const COLUMNS = {
  Timestamp: { type: 'text' },
  Longitude: { type: 'number', min: -180, max: 180, missing: '-' },
  Latitude: { type: 'number', min: -90, max: 90, missing: '-' },
  CellID: { type: 'text', missing: '-', optional: true },
  DL_bitrate: { type: 'number', min: 0, missing: '-' },
  UL_bitrate: { type: 'number', min: 0, missing: '-', optional: true },
  State: { type: 'text', missing: '-', optional: true },
  NetworkMode: { type: 'text', missing: '-', optional: true },
} as const satisfies Record<string, CsvColumn>;

export type LinkDirection = 'dl' | 'ul';

/** Everything measured in one second; several rows may share it. */
interface Second {
  readonly step: number;
  /** Mean of the rates of its rows, kbit/s; NaN if none was measured. */
  readonly kbps: number;
  readonly position: PlanePoint | undefined;
  readonly cell: string;
}

/** `State` of a phone that transfers nothing. */
const IDLE = 'I';
const MARGIN_M = 100;
const SENSORS = 15;
/** Small enough for sensors that lie a kilometre from their base station. */
const SENSOR_MBIT = 10;
/** A cell that served less than this share of the time gets no base station. */
const MIN_CELL_SHARE = 0.05;
/** Share of the mean measured rate that the UE asks for. */
const OFFERED_SHARE = 0.25;
const REQUEST_PROBABILITY = 0.7;
/** Longest time without a row within one drive, s. */
export const MAX_GAP_S = 600;

export interface DriveOptions {
  readonly skipBadRows?: boolean;
  /** Which measured rate the link has; default `ul`, as what is simulated is an uplink. */
  readonly direction?: LinkDirection;
  /** Longest time without a row within one drive, s; default 600. */
  readonly maxGapS?: number;
}

/**
 * A mobility trace with measured link rates from drive tests (columns Timestamp as `YYYY.MM.DD_hh.mm.ss`, Longitude,
 * Latitude in degrees, DL_bitrate and UL_bitrate in kbit/s, `-` where missing), as in the UCC 5G data set. Each file is a
 * phone: `ue-0`, `ue-1`, …, all from step 0 on; a step is a second; rows of one second are averaged; what is missing stays as
 * last known. Base stations stand where the phones were, on average, while their cell served them, which is kept second by
 * second, and sensors along the way.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export function import5g(files: string | readonly string[], options: DriveOptions = {}): ImportedScenario {
  const column = options.direction === 'dl' ? 'DL_bitrate' : 'UL_bitrate';
  const drives = [files].flat().map((file) => readDrive(file, options));
  const places = drives.flatMap(({ located }) =>
    located.map(({ Latitude, Longitude }) => ({ latitude: Latitude, longitude: Longitude })),
  );
  const [apart] = strayPlaces(places);
  if (apart !== undefined) {
    const path = drives.length > 1 ? 'drives' : drives[0].file;
    throw new InvalidInputError('CSV file', [
      { path, message: `${apart.message}; drives of one area belong together` },
    ]);
  }
  const { widthM, heightM, points } = fitArea(projectAround(places), MARGIN_M);
  const positions = new Map(
    drives.flatMap(({ located }) => located).map((row, index) => [row, points[index]]),
  );
  const phones = drives.map(({ timed }) =>
    bySecond(
      timed.map((row) => ({
        ...row,
        // a phone that asks for nothing says nothing about what its link could do
        kbps: row.State === IDLE ? NaN : row[column],
        position: positions.get(row),
      })),
    ),
  );
  const seconds = phones.flat();
  const isMeasured = ({ kbps }: Second): boolean => !Number.isNaN(kbps);
  phones.forEach((own, phone) => {
    if (own.some(isMeasured)) return;
    const message = `has no measured ${column}`;
    throw new InvalidInputError('CSV file', [{ path: drives[phone].file, message }]);
  });
  const measured = seconds.filter(isMeasured);
  const meanMbps = measured.reduce((sum, { kbps }) => sum + kbps, 0) / measured.length / 1000;
  const idle = drives.flatMap(({ timed }) => timed).filter((row) => row.State === IDLE).length;
  const { cells, numbers } = cellsOf(seconds);
  const rowsOf = (line: (second: Second, phone: number) => string | undefined) =>
    phones.flatMap((own, phone) => own.flatMap((second) => line(second, phone) ?? []));
  return {
    scenario: {
      name: '5g-trace',
      description: `${drives.length === 1 ? 'One recorded drive' : `${drives.length} recorded drives`} with measured link rates (mean ${meanMbps.toFixed(2)} Mbit/s)`,
      episodeSteps: Math.max(...seconds.map(({ step }) => step)) + 1,
      area: { widthM, heightM },
      cells,
      radio: { linkTrace: { file: 'links.csv' } },
      ues: {
        count: drives.length,
        mobility: { model: 'trace', file: 'positions.csv' },
        arrivals: { model: 'bernoulli', probability: REQUEST_PROBABILITY },
        meanSizeMbit: Number(Math.max(0.5, (OFFERED_SHARE * meanMbps) / REQUEST_PROBABILITY).toPrecision(2)),
      },
      sensors: {
        count: SENSORS,
        mobility: { model: 'static', positions: alongTheWay(seconds) },
        meanSizeMbit: SENSOR_MBIT,
      },
    },
    comment:
      `From ${seconds.length} measured seconds; ${column} is the rate of a phone over a cell's whole bandwidth.\n` +
      'Requests are sized to ask for a quarter of its mean.' +
      technologyText(drives.flatMap(({ timed }) => timed.map((row) => row.NetworkMode))),
    skippedRows: drives.reduce((sum, { skippedRows }) => sum + skippedRows, 0),
    leftOut: idle > 0 ? { 'idle rows as measurements': idle } : {},
    files: {
      'positions.csv': csv(
        'step,device,x,y',
        rowsOf(({ step, position }, phone) =>
          position === undefined ? undefined : `${step},ue-${phone},${position.xM},${position.yM}`,
        ),
      ),
      'links.csv': csv(
        'step,device,rateMbps,cell',
        rowsOf((second, phone) =>
          isMeasured(second)
            ? `${second.step},ue-${phone},${Number((second.kbps / 1000).toPrecision(9))},${numbers.get(second.cell) ?? ''}`
            : undefined,
        ),
      ),
    },
  };
}

type DriveRow = CsvRow<typeof COLUMNS> & { readonly second: number; readonly line: number };

/** Rows of one phone: those with a time, and those of them with a position. */
interface Drive {
  readonly file: string;
  readonly timed: readonly DriveRow[];
  readonly located: readonly DriveRow[];
  readonly skippedRows: number;
}

function readDrive(file: string, { skipBadRows = false, maxGapS = MAX_GAP_S }: DriveOptions): Drive {
  const { rows, lines, skipped } = readCsv(file, COLUMNS, { skipBadRows });
  const problems: Problem[] = [];
  const timed = rows.flatMap((row, index) => {
    const second = parseTimestamp(row.Timestamp);
    if (second !== undefined) return [{ ...row, second, line: lines[index] }];
    const message = `"${row.Timestamp}" is not of the form YYYY.MM.DD_hh.mm.ss`;
    problems.push({ path: `${file}:${lines[index]}:Timestamp`, message });
    return [];
  });
  const placed = timed.filter((row) => !Number.isNaN(row.Longitude) && !Number.isNaN(row.Latitude));
  const strays = strayPlaces(placed.map((row) => ({ latitude: row.Latitude, longitude: row.Longitude })));
  for (const { index, message } of strays) problems.push({ path: `${file}:${placed[index].line}`, message });
  if (problems.length > 0 && !skipBadRows) throw new InvalidInputError('CSV file', problems.slice(0, 20));
  const lost = new Set(strays.map(({ index }) => index));
  const located = placed.filter((_, index) => !lost.has(index));
  if (located.length === 0) {
    throw new InvalidInputError('CSV file', [{ path: file, message: 'has no row with a position' }]);
  }
  refuseGap(file, timed, maxGapS);
  return { file, timed, located, skippedRows: skipped.length + problems.length };
}

/** The share of the rows of each technology, the most frequent first; empty where the file does not say. */
function technologyText(modes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const mode of modes) if (mode !== '') counts.set(mode, (counts.get(mode) ?? 0) + 1);
  if (counts.size === 0) return '';
  const shares = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([mode, count]) => `${mode} ${((100 * count) / modes.length).toFixed(0)} %`);
  return `\nTechnology by rows: ${shares.join(', ')}.`;
}

/** @throws InvalidInputError naming the rows between which too much time passes: two drives, or a receiver's wrong date */
function refuseGap(
  file: string,
  rows: readonly { readonly second: number; readonly line: number; readonly Timestamp: string }[],
  maxGapS: number,
): void {
  const sorted = [...rows].sort((a, b) => a.second - b.second);
  for (let k = 1; k < sorted.length; k++) {
    const [before, after] = [sorted[k - 1], sorted[k]];
    const gapS = after.second - before.second;
    if (gapS <= maxGapS) continue;
    const message = `${after.Timestamp} comes ${gapS} s after ${before.Timestamp} of line ${before.line}; one drive has gaps of at most ${maxGapS} s`;
    throw new InvalidInputError('CSV file', [{ path: `${file}:${after.line}:Timestamp`, message }], {
      hint: `--max-gap ${gapS} plays the gap as idle steps; else divide the file there`,
    });
  }
}

/** Seconds since 1970; undefined if it is not a date. The time zone does not matter, only differences are used. */
function parseTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})\.(\d\d)\.(\d\d)_(\d\d)\.(\d\d)\.(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(milliseconds);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal ? milliseconds / 1000 : undefined;
}

interface TimedRow {
  readonly second: number;
  readonly kbps: number;
  readonly position: PlanePoint | undefined;
  readonly CellID: string;
}

function bySecond(rows: readonly TimedRow[]): Second[] {
  const groups = new Map<number, TimedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.second);
    if (group === undefined) groups.set(row.second, [row]);
    else group.push(row);
  }
  const times = [...groups.keys()].sort((a, b) => a - b);
  return times.map((time) => {
    const group = groups.get(time)!;
    const rates = group.map((row) => row.kbps).filter((kbps) => !Number.isNaN(kbps));
    return {
      step: time - times[0],
      kbps: rates.length === 0 ? NaN : rates.reduce((sum, kbps) => sum + kbps, 0) / rates.length,
      position: group.findLast((row) => row.position !== undefined)?.position,
      cell: group[group.length - 1].CellID,
    };
  });
}

/** Base stations, and the number of each by its CellID. */
function cellsOf(seconds: readonly Second[]): { cells: PlanePoint[]; numbers: ReadonlyMap<string, number> } {
  const served = new Map<string, PlanePoint[]>();
  let total = 0;
  for (const { cell, position } of seconds) {
    if (position === undefined) continue;
    const places = served.get(cell);
    if (places === undefined) served.set(cell, [position]);
    else places.push(position);
    total++;
  }
  const kept = [...served].filter(([, places]) => places.length >= MIN_CELL_SHARE * total);
  if (kept.length === 0) return { cells: [meanPosition([...served.values()].flat())], numbers: new Map() };
  return {
    cells: kept.map(([, places]) => meanPosition(places)),
    numbers: new Map(kept.map(([cell], number) => [cell, number])),
  };
}

function meanPosition(points: readonly PlanePoint[]): PlanePoint {
  const mean = (values: readonly number[]): number =>
    Math.round((100 * values.reduce((sum, value) => sum + value, 0)) / values.length) / 100;
  return { xM: mean(points.map(({ xM }) => xM)), yM: mean(points.map(({ yM }) => yM)) };
}

/** Positions of the trace at equal intervals of time. */
function alongTheWay(seconds: readonly Second[]): PlanePoint[] {
  const points = seconds.flatMap(({ position }) => (position === undefined ? [] : [position]));
  return Array.from(
    { length: SENSORS },
    (_, index) => points[Math.floor(((index + 0.5) / SENSORS) * points.length)],
  );
}

function csv(head: string, rows: readonly string[]): string {
  return `${[head, ...rows].join('\n')}\n`;
}
