import { InvalidInputError, type Problem } from '@metalore/core/errors';
import { readCsv } from './csv.js';
import { readText } from './documents.js';
import type { Place } from './projection.js';

/** Places of a file, each with its line. */
export interface ReadPlaces {
  readonly places: readonly Place[];
  readonly lines: readonly number[];
  readonly skipped: readonly Problem[];
  /** Rows that were read and are no place of their own, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

const DEGREES = {
  LATITUDE: { type: 'number', min: -90, max: 90 },
  LONGITUDE: { type: 'number', min: -180, max: 180 },
} as const;

/** What OpenCellID's files begin their rows with; they have no header. */
const RADIOS = ['GSM', 'UMTS', 'LTE', 'NR', 'CDMA', 'NBIOT'];
const OPEN_CELL_ID =
  'radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal'.split(',');

/**
 * Reads base-station sites or users: CSV with columns LATITUDE and LONGITUDE (degrees, WGS 84) as in the EUA data sets, or a
 * file of OpenCellID, which has no header and a row per cell. Cells of one mast, which are its sectors, are one site there.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export function readPlaces(file: string, options: { skipBadRows?: boolean } = {}): ReadPlaces {
  const [first = ''] = readText(file).split(/\r?\n/, 1);
  const places = RADIOS.includes(first.split(',')[0].trim())
    ? readOpenCellId(file, options)
    : readHeaded(file, options);
  if (places.places.length === 0)
    throw new InvalidInputError('CSV file', [{ path: file, message: 'has no rows' }]);
  return places;
}

function readHeaded(file: string, options: { skipBadRows?: boolean }): ReadPlaces {
  const { rows, lines, skipped } = readCsv(file, DEGREES, options);
  return {
    places: rows.map(({ LATITUDE, LONGITUDE }) => ({ latitude: LATITUDE, longitude: LONGITUDE })),
    lines,
    skipped,
    leftOut: {},
  };
}

function readOpenCellId(file: string, options: { skipBadRows?: boolean }): ReadPlaces {
  const columns = {
    radio: { type: 'text' },
    lon: { type: 'number', min: -180, max: 180 },
    lat: { type: 'number', min: -90, max: 90 },
  } as const;
  const { rows, lines, skipped } = readCsv(file, columns, { ...options, header: OPEN_CELL_ID });
  const masts = new Map<string, number>();
  rows.forEach(({ lon, lat }, row) => {
    const mast = `${lon.toFixed(5)} ${lat.toFixed(5)}`; // a metre
    if (!masts.has(mast)) masts.set(mast, row);
  });
  const kept = [...masts.values()];
  const sectors = rows.length - kept.length;
  return {
    places: kept.map((row) => ({ latitude: rows[row].lat, longitude: rows[row].lon })),
    lines: kept.map((row) => lines[row]),
    skipped,
    leftOut: sectors > 0 ? { 'further cells of a mast': sectors } : {},
  };
}
