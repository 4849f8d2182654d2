import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { readCsv } from '../io/csv.js';
import type { CsvColumn } from '../io/csv.js';
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

/**
 * A mobility trace with measured link rates from a drive test (columns Timestamp as `YYYY.MM.DD_hh.mm.ss`, Longitude,
 * Latitude in degrees, DL_bitrate and UL_bitrate in kbit/s, `-` where missing), as in the UCC 5G data set. The phone is
 * `ue-0`; a step is a second; rows of one second are averaged; what is missing stays as last known. Base stations stand
 * where the phone was, on average, while their cell served it, and sensors along the way.
 *
 * @param options.direction which measured rate the link has; default `ul`, as what is simulated is an uplink
 * @param options.maxGapS longest time without a row within one drive, s; default 600
 * @throws InvalidInputError with file, line, column and value
 */
export function import5g(
  file: string,
  options: { skipBadRows?: boolean; direction?: LinkDirection; maxGapS?: number } = {},
): ImportedScenario {
  const { rows, lines, skipped } = readCsv(file, COLUMNS, options);
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
  if (problems.length > 0 && !options.skipBadRows)
    throw new InvalidInputError('CSV file', problems.slice(0, 20));
  const lost = new Set(strays.map(({ index }) => index));
  const located = placed.filter((_, index) => !lost.has(index));
  if (located.length === 0) {
    throw new InvalidInputError('CSV file', [{ path: file, message: 'has no row with a position' }]);
  }
  const projected = projectAround(
    located.map((row) => ({ latitude: row.Latitude, longitude: row.Longitude })),
  );
  const { widthM, heightM, points } = fitArea(projected, MARGIN_M);
  refuseGap(file, timed, options.maxGapS ?? MAX_GAP_S);
  const positions = new Map(located.map((row, index) => [row, points[index]]));
  const column = options.direction === 'dl' ? 'DL_bitrate' : 'UL_bitrate';
  // a phone that asks for nothing says nothing about what its link could do
  const rateOf = (row: (typeof timed)[number]) => (row.State === IDLE ? NaN : row[column]);
  const seconds = bySecond(timed.map((row) => ({ ...row, kbps: rateOf(row), position: positions.get(row) })));

  const idle = timed.filter((row) => row.State === IDLE).length;
  const measured = seconds.filter(({ kbps }) => !Number.isNaN(kbps));
  if (measured.length === 0) {
    throw new InvalidInputError('CSV file', [{ path: file, message: `has no measured ${column}` }]);
  }
  const meanMbps = measured.reduce((sum, { kbps }) => sum + kbps, 0) / measured.length / 1000;
  return {
    scenario: {
      name: '5g-trace',
      description: `One recorded drive with measured link rates (mean ${meanMbps.toFixed(2)} Mbit/s)`,
      episodeSteps: seconds[seconds.length - 1].step + 1,
      area: { widthM, heightM },
      cells: cellsOf(seconds),
      radio: { linkTrace: { file: 'links.csv' } },
      ues: {
        count: 1,
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
      `From a drive of ${seconds.length} measured seconds; ${column} is the rate of ue-0 over a cell's whole bandwidth.\n` +
      'Requests are sized to ask for a quarter of its mean.' +
      technologyText(timed.map((row) => row.NetworkMode)),
    skippedRows: skipped.length + problems.length,
    leftOut: idle > 0 ? { 'idle rows as measurements': idle } : {},
    files: {
      'positions.csv': csv('step,device,x,y', seconds, ({ step, position }) =>
        position === undefined ? undefined : `${step},ue-0,${position.xM},${position.yM}`,
      ),
      'links.csv': csv(
        'step,device,rateMbps',
        measured,
        ({ step, kbps }) => `${step},ue-0,${Number((kbps / 1000).toPrecision(9))}`,
      ),
    },
  };
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

function cellsOf(seconds: readonly Second[]): PlanePoint[] {
  const served = new Map<string, PlanePoint[]>();
  let total = 0;
  for (const { cell, position } of seconds) {
    if (position === undefined) continue;
    served.set(cell, [...(served.get(cell) ?? []), position]);
    total++;
  }
  const kept = [...served.values()].filter((places) => places.length >= MIN_CELL_SHARE * total);
  return (kept.length > 0 ? kept : [[...served.values()].flat()]).map(meanPosition);
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

function csv<Row>(head: string, rows: readonly Row[], line: (row: Row) => string | undefined): string {
  return `${[head, ...rows.flatMap((row) => line(row) ?? [])].join('\n')}\n`;
}
