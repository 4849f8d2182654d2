import { InvalidInputError } from '@metalore/core/errors';
import type { PartitionDocument } from '@metalore/core/partition';
import { readCsv } from '../io/csv.js';
import { readText } from '../io/documents.js';
import { fitArea, projectAround } from '../io/projection.js';
import type { Place } from '../io/projection.js';

/** A partition instance from real sites and users. */
export interface ImportedPartition {
  readonly document: PartitionDocument;
  /** Lines for the top of the file. */
  readonly comment: string;
  /** Broken rows left out. */
  readonly skippedRows: number;
}

/** Free ground around the outermost site or user, m. */
const MARGIN_M = 50;
/** Cells along the longer side. */
const CELLS = 200;

/**
 * One server per base-station site and one twin per user, from two CSV files with latitude and longitude (degrees,
 * WGS 84) as in the EUA data sets. Servers alternate between the two kinds of paper 001, twins take the calibrated city's
 * three types in turn; where sensors are, the files do not say: their density is uniform.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export function euaPartitionInstance(
  sitesFile: string,
  usersFile: string,
  options: { skipBadRows?: boolean } = {},
): ImportedPartition {
  const sites = readPlaces(sitesFile, options);
  const users = readPlaces(usersFile, options);
  const area = fitArea(projectAround([...sites.places, ...users.places]), MARGIN_M);
  const servers = area.points.slice(0, sites.places.length);
  const twins = area.points.slice(sites.places.length);
  const cellM = Math.max(area.widthM, area.heightM) / CELLS;
  return {
    document: {
      kind: 'partition',
      name: 'eua',
      zone: { widthM: area.widthM, heightM: area.heightM },
      servers: servers.map(({ xM, yM }, b) => ({ x: xM, y: yM, heightM: 25, ...KINDS[b % KINDS.length] })),
      density: { model: 'uniform' },
      twins: twins.map(({ xM, yM }, k) => ({ x: xM, y: yM, ...TYPES[k % TYPES.length] })),
      pathLoss: { model: 'log-distance', exponent: 2.55 },
      grid: { columns: Math.ceil(area.widthM / cellM), rows: Math.ceil(area.heightM / cellM) },
    },
    comment:
      `${servers.length} sites as servers, ${twins.length} users as twins (WGS 84, projected to metres from the ` +
      'south-west corner).\nComputing power, bandwidth and twin types are those of scenarios/city.yaml in turn; the ' +
      'density is an assumption.',
    skippedRows: sites.skippedRows + users.skippedRows,
  };
}

const KINDS = [
  { computeHz: 8e9, bandwidthHz: 10e6 },
  { computeHz: 16e9, bandwidthHz: 20e6 },
];

const TYPES = [
  { deadlineS: 0.1, powerW: 0.1, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 },
  { deadlineS: 0.01, powerW: 0.2, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 },
  { deadlineS: 0.001, powerW: 0.3, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 },
];

/** The data sets write LATITUDE in one file and Latitude in the other. */
function readPlaces(
  file: string,
  options: { skipBadRows?: boolean },
): { places: Place[]; skippedRows: number } {
  const head = readText(file)
    .split(/\r?\n/, 1)[0]
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''));
  const nameOf = (column: string) =>
    head.find((name) => name.toLowerCase() === column) ?? column.toUpperCase();
  const latitude = nameOf('latitude');
  const longitude = nameOf('longitude');
  const { rows, skipped } = readCsv(
    file,
    {
      [latitude]: { type: 'number', min: -90, max: 90 },
      [longitude]: { type: 'number', min: -180, max: 180 },
    } as const,
    options,
  );
  if (rows.length === 0) throw new InvalidInputError('CSV file', [{ path: file, message: 'has no rows' }]);
  const places = rows.map((row) => ({ latitude: row[latitude], longitude: row[longitude] }));
  return { places, skippedRows: skipped.length };
}
