import { InvalidInputError } from '@metalore/core/errors';
import type { ScenarioInput } from '@metalore/core/scenario';
import { fitArea, projectAround, strayPlaces } from '../io/projection.js';
import { readPlaces } from '../io/sites.js';

export interface ImportedScenario {
  readonly scenario: ScenarioInput;
  /** Lines for the top of the scenario file. */
  readonly comment: string;
  /** Broken rows left out. */
  readonly skippedRows: number;
  /** Other rows left out, by reason. */
  readonly leftOut?: Readonly<Record<string, number>>;
  /** Further files, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A scenario with one cell per base-station site and one UE per user, from two files as {@link readPlaces} reads them: a local transverse Mercator projection, with metres from the
 * south-west corner.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export function importEua(
  sitesFile: string,
  usersFile: string,
  options: { skipBadRows?: boolean } = {},
): ImportedScenario {
  const sites = readPlaces(sitesFile, options);
  const users = readPlaces(usersFile, options);
  const places = [...sites.places, ...users.places];
  const [stray] = strayPlaces(places);
  if (stray !== undefined) {
    const isSite = stray.index < sites.places.length;
    const line = isSite ? sites.lines[stray.index] : users.lines[stray.index - sites.places.length];
    const path = `${isSite ? sitesFile : usersFile}:${line}`;
    throw new InvalidInputError('CSV file', [{ path, message: stray.message }]);
  }
  const projected = projectAround(places);
  const { widthM, heightM, points } = fitArea(projected, MARGIN_M);
  const cells = points.slice(0, sites.places.length);
  const ues = points.slice(sites.places.length);
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
    leftOut: sites.leftOut,
    files: {},
  };
}

/** Free ground around the outermost site or user. */
const MARGIN_M = 50;
