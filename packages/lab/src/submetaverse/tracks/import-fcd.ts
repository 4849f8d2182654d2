import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { ScenarioInput } from '@metalore/core/scenario';
import { projectionAt, type PlanePoint } from '../../io/projection.js';
import { readFcd } from './fcd.js';
import { RowReport, type ImportCounts } from './report.js';
import { PositionSpool, type Place } from './spool.js';
import { trackScenario, type TrackScenarioOptions } from './track-scenario.js';

export interface TrackImportOptions extends TrackScenarioOptions {
  readonly skipBadRows: boolean;
}

export interface FcdOptions extends TrackImportOptions {
  /** x and y are longitude and latitude (`--fcd-output.geo`). */
  readonly geo: boolean;
}

/** An import that has been written to a folder, but for its scenario file. */
export interface ImportedTracks {
  readonly scenario: ScenarioInput;
  readonly comment: string;
  readonly counts: ImportCounts;
  /** First and last time of the recording, s. */
  readonly span: readonly [number, number];
  /** Where devices were, for a map. */
  readonly places: readonly Place[];
}

/**
 * Imports floating car data of SUMO into a folder: `positions.csv`, and `devices.csv` with the ids behind the numbers.
 * Vehicles that are not in a time step are away; of several time steps in one step the last counts.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export async function importFcd(file: string, dir: string, options: FcdOptions): Promise<ImportedTracks> {
  const report = new RowReport(options.skipBadRows);
  const spool = await PositionSpool.open();
  try {
    const steps = new StepWriter(spool, options.stepS, report, options.geo);
    await readFcd(file, steps, report);
    steps.finish();
    if (spool.bounds.positions === 0) {
      throw new InvalidInputError('FCD file', [{ path: file, message: 'has no vehicle with a position' }]);
    }
    const { scenario, corner } = trackScenario(spool.bounds, steps.ids.length, options);
    const places = await spool.writeCsv(path.join(dir, 'positions.csv'), corner);
    await writeFile(path.join(dir, 'devices.csv'), devicesCsv(steps.ids));
    return {
      scenario,
      comment: `From ${path.basename(file)} of SUMO: ${steps.ids.length} devices; where base stations and sensors are, it does not say.`,
      counts: report.counts(),
      span: steps.span,
      places,
    };
  } finally {
    await spool.close();
  }
}

/** The ids behind the numbers of devices. */
export function devicesCsv(ids: readonly string[]): string {
  const quoted = (id: string) => (/[",\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  return `device,id\n${ids.map((id, number) => `ue-${number},${quoted(id)}\n`).join('')}`;
}

/** Numbers by device that grow by doubling. */
class Column {
  values = new Float64Array(256);

  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const values = new Float64Array(2 * this.values.length);
      values.set(this.values);
      this.values = values;
    }
    this.values[at] = value;
  }
}

/** Divides time steps into steps of the scenario, and says who has come and who has gone. */
class StepWriter {
  readonly ids: string[] = [];
  span: [number, number] = [NaN, NaN];
  readonly #numbers = new Map<string, number>();
  /** Who was there in the step before, who in the last time step that was complete, and who in the one being read. */
  #there: number[] = [];
  #now: number[] = [];
  #seen: number[] = [];
  /** Per device: its last position, and the time step in which it was seen last. */
  readonly #x = new Column();
  readonly #y = new Column();
  readonly #seenIn = new Column();
  #timestep = 0;
  #step = 0;
  #time = -Infinity;
  #project: ((longitude: number, latitude: number) => PlanePoint) | undefined;

  constructor(
    readonly spool: PositionSpool,
    readonly stepS: number,
    readonly report: RowReport,
    readonly geo: boolean,
  ) {}

  timestep(time: number, where: () => string): void {
    if (time < this.#time) {
      const message = `${time} comes after ${this.#time}; time steps are in ascending order`;
      throw new InvalidInputError('FCD file', [{ path: `${where()}:time`, message }]);
    }
    this.#endTimestep();
    if (Number.isNaN(this.span[0])) this.span[0] = time;
    this.span[1] = this.#time = time;
    const step = Math.floor((time - this.span[0]) / this.stepS + 1e-6);
    if (step !== this.#step) this.#endStep(step);
  }

  place(kind: string, id: string, x: number, y: number, where: () => string): void {
    const name = kind === 'vehicle' ? id : `${kind} ${id}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.ids.length;
      this.#numbers.set(name, number);
      this.ids.push(name);
      this.#seenIn.set(number, -1);
      if (this.#step > 0) this.spool.add(0, number, NaN, NaN);
    }
    if (this.#seenIn.values[number] === this.#timestep) {
      this.report.broken({ path: `${where()}:id`, message: `"${id}" stands in this time step already` });
      return;
    }
    this.report.used++;
    this.#seenIn.values[number] = this.#timestep;
    this.#seen.push(number);
    const { xM, yM } = this.geo ? this.#projected(x, y, where) : { xM: x, yM: y };
    this.#x.set(number, xM);
    this.#y.set(number, yM);
  }

  #projected(longitude: number, latitude: number, where: () => string): PlanePoint {
    if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) {
      const message = `(${longitude}, ${latitude}) is no longitude and latitude; expected degrees`;
      throw new InvalidInputError('FCD file', [{ path: `${where()}:x`, message }]);
    }
    this.#project ??= projectionAt({ longitude, latitude });
    return this.#project(longitude, latitude);
  }

  #endTimestep(): void {
    // who is missing in the last time step of a step has gone in that step
    [this.#now, this.#seen] = [this.#seen, this.#now];
    this.#seen.length = 0;
    this.#timestep++;
  }

  #endStep(next: number): void {
    const { spool } = this;
    for (const number of this.#now) {
      spool.add(this.#step, number, this.#x.values[number], this.#y.values[number]);
    }
    for (const number of this.#there)
      if (this.#seenIn.values[number] !== this.#timestep - 1) spool.add(this.#step, number, NaN, NaN);
    [this.#there, this.#now] = [this.#now, this.#there];
    this.#now.length = 0;
    this.#step = next;
  }

  async drain(): Promise<void> {
    await this.spool.drain();
  }

  finish(): void {
    this.#endTimestep();
    this.#endStep(this.#step);
  }
}
