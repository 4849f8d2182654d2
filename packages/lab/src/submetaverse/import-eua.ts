import { InvalidInputError } from '@metalore/core/errors';
import type { ScenarioInput } from '@metalore/core/scenario';
import { readCsv } from '../io/csv.js';
import type { CsvColumn } from '../io/csv.js';
import { fitArea, projectAround, strayPlaces } from '../io/projection.js';

const DEGREES = {
  LATITUDE: { type: 'number', min: -90, max: 90 },
  LONGITUDE: { type: 'number', min: -180, max: 180 },
} as const satisfies Record<string, CsvColumn>;

export interface ImportedScenario {
  readonly scenario: ScenarioInput;
  /** Lines for the top of the scenario file. */
  readonly comment: string;
  /** Broken rows left out. */
  readonly skippedRows: number;
  /** Further files, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A scenario with one cell per base-station site and one UE per user, from two CSV files with columns LATITUDE and
 * LONGITUDE (degrees, WGS 84), as in the EUA data sets: a local transverse Mercator projection, with metres from the
 * south-west corner.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export function importEua(
  sitesFile: string,
  usersFile: string,
  options: { skipBadRows?: boolean } = {},
): ImportedScenario {
  const sites = readCsv(sitesFile, DEGREES, options);
  const users = readCsv(usersFile, DEGREES, options);
  for (const [file, { rows }] of [[sitesFile, sites] as const, [usersFile, users] as const]) {
    if (rows.length === 0) throw new InvalidInputError('CSV file', [{ path: file, message: 'has no rows' }]);
  }
  const toPoint = ({ LATITUDE, LONGITUDE }: { LATITUDE: number; LONGITUDE: number }) => ({
    latitude: LATITUDE,
    longitude: LONGITUDE,
  });
  const places = [...sites.rows, ...users.rows].map(toPoint);
  const [stray] = strayPlaces(places);
  if (stray !== undefined) {
    const isSite = stray.index < sites.rows.length;
    const line = isSite ? sites.lines[stray.index] : users.lines[stray.index - sites.rows.length];
    const path = `${isSite ? sitesFile : usersFile}:${line}`;
    throw new InvalidInputError('CSV file', [{ path, message: stray.message }]);
  }
  const projected = projectAround(places);
  const { widthM, heightM, points } = fitArea(projected, MARGIN_M);
  const cells = points.slice(0, sites.rows.length);
  const ues = points.slice(sites.rows.length);
  return {
    scenario: {
      name: 'eua',
      description: `${cells.length} base-station sites and ${ues.length} users at their recorded positions`,
      area: { widthM, heightM },
      cells,
      ues: { count: ues.length, mobility: { model: 'static', positions: ues } },
      // As many sensors per UE as in the paper.
      sensors: { count: Math.round(1.5 * ues.length) },
    },
    comment: `From ${cells.length} sites and ${ues.length} users (WGS 84, projected to metres from the south-west corner).`,
    skippedRows: sites.skipped.length + users.skipped.length,
    files: {},
  };
}

/** Free ground around the outermost site or user. */
const MARGIN_M = 50;
