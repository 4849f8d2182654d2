import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { readGpsRows, type GpsColumns, type GpsRows } from './gps-rows.js';
import { devicesCsv, type ImportedTracks, type TrackImportOptions } from './import-fcd.js';
import { RowReport } from './report.js';
import { PositionSpool } from './spool.js';
import { trackScenario } from './track-scenario.js';

export interface GpsOptions extends TrackImportOptions, GpsColumns {
  /** Longest time between two positions over which a device is taken to have gone straight, s; it is away for longer ones. */
  readonly maxGapS: number;
  /** A position that would have been reached faster than this, m/s, is a jump of the receiver. */
  readonly maxSpeedMps: number;
}

/** Steps of an episode at most: a week of seconds is 604,800. */
const MAX_STEPS = 10_000_000;

/**
 * Imports a log of positions into a folder: `positions.csv`, and `devices.csv` with the ids behind the numbers. Between two
 * positions a device goes straight; of several in one step the last counts.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export async function importGps(file: string, dir: string, options: GpsOptions): Promise<ImportedTracks> {
  const report = new RowReport(options.skipBadRows);
  const rows = await readGpsRows(file, options, report);
  if (rows.device.length === 0) {
    throw new InvalidInputError('CSV file', [{ path: file, message: 'has no position' }]);
  }
  const span = spanOf(rows);
  const steps = Math.floor((span[1] - span[0]) / options.stepS + 1e-6) + 1;
  if (steps > MAX_STEPS) {
    const message = `${steps} steps of ${options.stepS} s from the first position to the last; at most ${MAX_STEPS}`;
    throw new InvalidInputError('CSV file', [{ path: file, message }], { hint: '--step makes them longer' });
  }
  const spool = await PositionSpool.open();
  try {
    const { ids } = rows;
    for (const track of byDevice(rows)) {
      writeTrack(track, rows, span[0], steps, spool, options, report);
      await spool.drain();
    }
    const { scenario, corner } = trackScenario(spool.bounds, ids.length, options);
    const places = await spool.writeCsv(path.join(dir, 'positions.csv'), corner);
    await writeFile(path.join(dir, 'devices.csv'), devicesCsv(ids));
    return {
      scenario: { ...scenario, episodeSteps: steps },
      comment: `From ${path.basename(file)}: ${ids.length} devices; where base stations and sensors are, it does not say.`,
      counts: report.counts(),
      span,
      places,
    };
  } finally {
    await spool.close();
  }
}

function spanOf({ seconds }: GpsRows): [number, number] {
  return seconds.reduce<[number, number]>(
    ([first, last], time) => [Math.min(first, time), Math.max(last, time)],
    [Infinity, -Infinity],
  );
}

/** Rows of each device, in order of time; of equal times in order of the file. */
function* byDevice({ ids, device, seconds }: GpsRows): Generator<number[]> {
  const rows: number[][] = ids.map(() => []);
  device.forEach((number, row) => rows[number].push(row));
  for (const own of rows) yield own.sort((a, b) => seconds[a] - seconds[b] || a - b);
}

interface Sample {
  readonly step: number;
  readonly seconds: number;
  readonly x: number;
  readonly y: number;
}

function writeTrack(
  track: readonly number[],
  { device, seconds, x, y }: GpsRows,
  startS: number,
  steps: number,
  spool: PositionSpool,
  { stepS, maxGapS, maxSpeedMps }: GpsOptions,
  report: RowReport,
): void {
  const number = device[track[0]];
  const samples: Sample[] = [];
  for (const row of track) {
    const sample = {
      step: Math.floor((seconds[row] - startS) / stepS + 1e-6),
      seconds: seconds[row],
      x: x[row],
      y: y[row],
    };
    const before = samples.at(-1);
    if (before !== undefined && isJump(before, sample, maxSpeedMps)) {
      report.leaveOut(`faster than ${maxSpeedMps} m/s`);
      continue;
    }
    if (before?.step === sample.step) {
      samples.pop();
      report.leaveOut('several in one step');
    }
    samples.push(sample);
  }
  report.used += samples.length;
  const away = (step: number) => spool.add(step, number, NaN, NaN);
  if (samples[0].step > 0) away(0);
  samples.forEach((sample, at) => {
    spool.add(sample.step, number, sample.x, sample.y);
    const next = samples[at + 1] as Sample | undefined;
    if (next === undefined) {
      if (sample.step + 1 < steps) away(sample.step + 1);
    } else if (next.seconds - sample.seconds > maxGapS) {
      if (sample.step + 1 < next.step) away(sample.step + 1);
    } else walk(sample, next, startS, stepS, (step, east, north) => spool.add(step, number, east, north));
  });
}

function isJump(from: Sample, to: Sample, maxSpeedMps: number): boolean {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  // clocks of receivers have whole seconds
  return distance > maxSpeedMps * Math.max(to.seconds - from.seconds, 1);
}

/** The steps between two samples, each where a device that goes straight is when the step begins. */
function walk(
  from: Sample,
  to: Sample,
  startS: number,
  stepS: number,
  add: (step: number, x: number, y: number) => void,
): void {
  for (let step = from.step + 1; step < to.step; step++) {
    const part = (startS + step * stepS - from.seconds) / (to.seconds - from.seconds);
    add(step, from.x + part * (to.x - from.x), from.y + part * (to.y - from.y));
  }
}
