import { InvalidInputError } from '../errors/index.js';
import { exp, log10 } from '../math/index.js';
import { dbmToMw, snr, spectralEfficiency } from '../radio/index.js';
import type { PartitionInstance } from './instance.js';
import { Links } from './links.js';

/** Largest table of airtimes that is kept in memory, entries; above it they are computed where they are needed. */
const MAX_TABLE = 1 << 23;

/** An instance as typed arrays. Cell (column, row) has index row · columns + column; its centre is its place. */
export interface PartitionProblem {
  readonly instance: PartitionInstance;
  readonly columns: number;
  readonly rows: number;
  /** Number of cells. */
  readonly cells: number;
  readonly servers: number;
  readonly twins: number;
  readonly cellWidthM: number;
  readonly cellLengthM: number;
  /** g: probability mass of the sensors, `[cells]`, sums to 1. */
  readonly mass: Float64Array;
  readonly links: Links;
  /** f_b of every cell, `[cells × servers]`, s/m³; null where it would be too large. */
  readonly airtime: Float64Array | null;
  /** Ψ_b, `[servers]`, cycle/s. */
  readonly computeHz: Float64Array;
  /** Λρ: cycles per second and m³. */
  readonly renderCycles: number;
  /** Q · QΔε in ms: T_b = scaleMs · α_b · ∫_{a_b} F_b g. */
  readonly scaleMs: number;
  /** Cell of every twin, `[twins]`. */
  readonly twinCell: Int32Array;
  /** τ^com_kb = D_k / r_kb, `[twins × servers]`, s (paper 001, eq. 6). */
  readonly uploadS: Float64Array;
  /** φ_kb, `[twins × servers]`, cycle/s; ∞ where server b cannot serve twin k in time. */
  readonly demandHz: Float64Array;
}

/**
 * Lays an instance out for the solvers.
 *
 * @throws InvalidInputError if the density has no mass inside the zone, or the path-loss model is random
 */
export function buildProblem(instance: PartitionInstance): PartitionProblem {
  const { zone, grid, servers, twins, constants } = instance;
  const { columns, rows } = grid;
  const cells = columns * rows;
  const cellWidthM = zone.widthM / columns;
  const cellLengthM = zone.heightM / rows;
  const links = new Links(instance);
  const uploadS = twinUploads(instance, links);
  return {
    instance,
    columns,
    rows,
    cells,
    servers: servers.length,
    twins: twins.length,
    cellWidthM,
    cellLengthM,
    mass: cellMass(instance),
    links,
    airtime:
      cells * servers.length <= MAX_TABLE
        ? airtimeTable(links, columns, rows, cellWidthM, cellLengthM, servers.length)
        : null,
    computeHz: Float64Array.from(servers, (server) => server.computeHz),
    renderCycles: constants.renderCyclesPerBit * constants.sensingBpsPerM3,
    scaleMs: constants.sensors * constants.sensors * constants.slotS * constants.sensorVolumeM3 * 1e3,
    twinCell: Int32Array.from(twins, ({ x, y }) => {
      const column = Math.min(columns - 1, Math.floor(x / cellWidthM));
      const row = Math.min(rows - 1, Math.floor(y / cellLengthM));
      return row * columns + column;
    }),
    uploadS,
    demandHz: twinDemand(instance, uploadS),
  };
}

/** f_b of cell `cell`, s/m³. */
export function airtimeAt(problem: PartitionProblem, b: number, cell: number): number {
  if (problem.airtime !== null) return problem.airtime[cell * problem.servers + b];
  return problem.links.airtime(b, squaredDistance(problem, b, cell));
}

/** Squared horizontal distance between the centre of a cell and server b, m². */
export function squaredDistance(problem: PartitionProblem, b: number, cell: number): number {
  const row = Math.floor(cell / problem.columns);
  const dx = (cell - row * problem.columns + 0.5) * problem.cellWidthM - problem.links.x[b];
  const dy = (row + 0.5) * problem.cellLengthM - problem.links.y[b];
  return dx * dx + dy * dy;
}

function airtimeTable(
  links: Links,
  columns: number,
  rows: number,
  cellWidthM: number,
  cellLengthM: number,
  servers: number,
): Float64Array {
  const table = new Float64Array(columns * rows * servers);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let b = 0; b < servers; b++) {
        const dx = (column + 0.5) * cellWidthM - links.x[b];
        const dy = (row + 0.5) * cellLengthM - links.y[b];
        table[at++] = links.airtime(b, dx * dx + dy * dy);
      }
    }
  }
  return table;
}

/** The density at the cells' centres, normalised over the zone. */
function cellMass({ zone, grid, density }: PartitionInstance): Float64Array {
  const { columns, rows } = grid;
  const mass = new Float64Array(columns * rows);
  const components =
    density.model === 'mixture'
      ? density.components
      : density.model === 'gaussian'
        ? [{ weight: 1, x: density.x, y: density.y, stdM: density.stdM }]
        : [];
  if (density.model === 'uniform') mass.fill(1);
  if (density.model === 'grid') {
    const { values } = density;
    const width = values[0].length;
    for (let cell = 0; cell < mass.length; cell++) {
      const row = Math.floor(((Math.floor(cell / columns) + 0.5) * values.length) / rows);
      mass[cell] = values[row][Math.floor((((cell % columns) + 0.5) * width) / columns)];
    }
  }
  for (const { weight, x, y, stdM } of components) {
    // a separable kernel: one exponential per row and column instead of one per cell
    const along = (count: number, extentM: number, mean: number) =>
      Float64Array.from({ length: count }, (_, index) => {
        const distance = (((index + 0.5) * extentM) / count - mean) / stdM;
        return exp(-0.5 * distance * distance) / stdM;
      });
    const inX = along(columns, zone.widthM, x);
    const inY = along(rows, zone.heightM, y);
    for (let cell = 0; cell < mass.length; cell++) {
      mass[cell] += weight * inX[cell % columns] * inY[Math.floor(cell / columns)];
    }
  }
  let total = 0;
  for (const value of mass) total += value;
  if (!(total > 0 && total < Infinity)) {
    throw new InvalidInputError('partition instance', [
      { path: 'density', message: `has no mass at any cell centre of the zone (sum ${total})` },
    ]);
  }
  for (let cell = 0; cell < mass.length; cell++) mass[cell] /= total;
  return mass;
}

/** D_k / r_kb with r_kb = W_k log2(1 + h_kb ζ_k / (N0 W_k)). */
function twinUploads({ servers, twins, constants }: PartitionInstance, links: Links): Float64Array {
  const noiseMwPerHz = dbmToMw(constants.noiseDbmPerHz);
  const uploads = new Float64Array(twins.length * servers.length);
  twins.forEach((twin, k) => {
    const powerDbm = 10 * log10(twin.powerW * 1e3);
    servers.forEach((server, b) => {
      const dx = twin.x - server.x;
      const dy = twin.y - server.y;
      const lossDb = links.lossDb(b, Math.sqrt(dx * dx + dy * dy));
      const ratio = snr(powerDbm, lossDb, noiseMwPerHz * twin.bandwidthHz);
      uploads[k * servers.length + b] = twin.dataBits / (twin.bandwidthHz * spectralEfficiency(ratio));
    });
  });
  return uploads;
}

/**
 * φ_kb = Γ_k D_k / (1/μ_k − D_k / r_kb) [cycle/s], the least computing power with which server b meets twin k's deadline
 * (paper 001, eqs. 6-9b).
 *
 * **Deviation**: line 9 of the paper's Algorithm 1, Γ_k / (μ_k D_k − 1 / r_kb), is dimensionally wrong.
 */
function twinDemand({ servers, twins }: PartitionInstance, uploadS: Float64Array): Float64Array {
  return uploadS.map((upload, at) => {
    const twin = twins[Math.floor(at / servers.length)];
    const leftS = twin.deadlineS - upload;
    return leftS > 0 ? (twin.cyclesPerBit * twin.dataBits) / leftS : Infinity;
  });
}
