import { InvalidInputError } from '@metalore/core/errors';
import { openText } from '../../io/open-text.js';
import { readXml } from './fcd-xml.js';
import type { RowReport } from './report.js';

/** Told of what an FCD file holds, in its order; `where` says file and line. */
export interface FcdListener {
  /** @param time s */
  timestep(time: number, where: () => string): void;
  /** @param kind `vehicle` or `person` */
  place(kind: string, id: string, x: number, y: number, where: () => string): void;
  /** Called between chunks of the file; the file waits for it. */
  drain(): Promise<void>;
}

/** Elements of a time step that have a position. */
const KINDS = ['vehicle', 'person', 'container'];

/**
 * Reads a floating car data file of SUMO, as XML (`fcd-output`) or as the `;`-separated table that its xml2csv makes of it.
 *
 * @throws InvalidInputError with file, line and attribute or column
 */
export async function readFcd(file: string, listener: FcdListener, report: RowReport): Promise<void> {
  const isTable = /\.csv(\.gz)?$/i.test(file);
  await (isTable ? readTable(file, listener, report) : readElements(file, listener, report));
}

async function readElements(file: string, listener: FcdListener, report: RowReport): Promise<void> {
  let inStep = false;
  await readXml(file, ['time', 'id', 'x', 'y'], {
    close(name) {
      if (name === 'timestep') inStep = false;
    },
    open(name, [time, id, x, y], where) {
      if (name === 'timestep') {
        inStep = true;
        const seconds = numberOf(time);
        if (Number.isNaN(seconds)) throw brokenTime(where(), time);
        listener.timestep(seconds, where);
      } else if (KINDS.includes(name)) {
        if (!inStep) {
          const message = `<${name}> stands outside a <timestep>`;
          throw new InvalidInputError('FCD file', [{ path: where(), message }]);
        }
        row(report, listener, name, id, x, y, where);
      }
    },
    drain: () => listener.drain(),
  });
}

function brokenTime(where: string, value: string | undefined): InvalidInputError {
  const message = value === undefined ? 'is missing' : `"${value}" is not a number`;
  return new InvalidInputError('FCD file', [{ path: `${where}:time`, message }]);
}

function numberOf(text: string | undefined): number {
  const value = Number(text);
  // nothing but spaces is 0 as well
  return !Number.isFinite(value) || (value === 0 && text!.trim() === '') ? NaN : value;
}

function row(
  report: RowReport,
  listener: FcdListener,
  kind: string,
  id: string | undefined,
  xText: string | undefined,
  yText: string | undefined,
  where: () => string,
): void {
  report.read++;
  const [x, y] = [numberOf(xText), numberOf(yText)];
  if (id === undefined || id === '') report.broken({ path: `${where()}:id`, message: 'is missing' });
  else if (Number.isNaN(x)) report.broken({ path: `${where()}:x`, message: said(xText) });
  else if (Number.isNaN(y)) report.broken({ path: `${where()}:y`, message: said(yText) });
  else listener.place(kind, id, x, y, where);
}

const said = (text: string | undefined) => (text === undefined ? 'is missing' : `"${text}" is not a number`);

/** Rows have no quotes and no line breaks inside: ids of SUMO may hold neither. */
async function readTable(file: string, listener: FcdListener, report: RowReport): Promise<void> {
  let columns: Columns | undefined;
  let rest = '';
  let line = 0;
  let time = NaN;
  const read = (text: string) => {
    line++;
    if (text.trim() === '') return;
    const fields = text.split(';');
    if (columns === undefined) columns = findColumns(file, fields);
    else time = tableRow(file, line, fields, columns, time, listener, report);
  };
  for await (const chunk of openText(file)) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop()!;
    for (const text of lines) read(text);
    await listener.drain();
  }
  if (rest !== '') read(rest);
  if (columns === undefined) {
    throw new InvalidInputError('FCD file', [{ path: file, message: 'is empty, a header was expected' }]);
  }
}

interface Columns {
  readonly time: number;
  readonly width: number;
  /** Per kind: its columns. */
  readonly kinds: readonly { kind: string; id: number; x: number; y: number }[];
}

function findColumns(file: string, head: readonly string[]): Columns {
  const time = head.indexOf('timestep_time');
  const kinds = KINDS.map((kind) => ({
    kind,
    id: head.indexOf(`${kind}_id`),
    x: head.indexOf(`${kind}_x`),
    y: head.indexOf(`${kind}_y`),
  })).filter(({ id, x, y }) => id >= 0 && x >= 0 && y >= 0);
  if (time < 0 || kinds.length === 0) {
    const message =
      `no columns "timestep_time" and "vehicle_id", "vehicle_x", "vehicle_y", divided by ";"; the header has ` +
      head.slice(0, 12).join('; ');
    throw new InvalidInputError('FCD file', [{ path: `${file}:1`, message }]);
  }
  return { time, width: head.length, kinds };
}

/** @returns the time of the row */
function tableRow(
  file: string,
  line: number,
  fields: readonly string[],
  { time: timeColumn, width, kinds }: Columns,
  before: number,
  listener: FcdListener,
  report: RowReport,
): number {
  const where = () => `${file}:${line}`;
  if (fields.length !== width) {
    report.read++;
    report.broken({ path: where(), message: `${fields.length} fields, the header has ${width}` });
    return before;
  }
  const time = numberOf(fields[timeColumn]);
  if (Number.isNaN(time)) {
    report.read++;
    report.broken({ path: `${where()}:timestep_time`, message: `"${fields[timeColumn]}" is not a number` });
    return before;
  }
  if (time !== before) listener.timestep(time, where);
  // a step without anybody is a row with a time alone; vehicles and persons may stand in one row
  for (const { kind, id, x, y } of kinds)
    if (fields[id] !== '') row(report, listener, kind, fields[id], fields[x], fields[y], where);
  return time;
}
