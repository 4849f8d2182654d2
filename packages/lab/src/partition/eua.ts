import type { PartitionDocument } from '@metalore/core/partition';
import { fitArea, projectAround } from '../io/projection.js';
import { readPlaces } from '../io/sites.js';

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
 * One server per base-station site and one twin per user, from two files as {@link readPlaces} reads them. Servers alternate between the two kinds of paper 001, twins take the calibrated city's
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
    skippedRows: sites.skipped.length + users.skipped.length,
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
