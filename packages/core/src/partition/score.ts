import { airtimeAt, type PartitionProblem } from './problem.js';

/** What one server carries under a partition. */
export interface ServerShare {
  /** T_b, ms (paper 001, eq. 5 with α_b entering once, times the number of sensors). */
  readonly subSyncMs: number;
  /** α_b: probability mass of the region. */
  readonly mass: number;
  readonly areaKm2: number;
  /** Number of digital twins hosted. */
  readonly twins: number;
  /** ψ_b = Ψ_b − Σ φ_kb, what is left for rendering, cycle/s; ≤ 0 where the server is overloaded. */
  readonly computeLeftHz: number;
}

/** The value of a partition. */
export interface Score {
  /** J = (1/B) Σ T_b, ms; ∞ where a server is overloaded. */
  readonly objectiveMs: number;
  readonly perServer: readonly ServerShare[];
}

/** The sums over regions from which every T_b follows. */
export interface Shares {
  /** α_b, `[servers]`. */
  readonly mass: Float64Array;
  /** ∫_{a_b} f_b g, `[servers]`, s/m³. */
  readonly airtime: Float64Array;
  /** ψ_b, `[servers]`, cycle/s. */
  readonly computeLeftHz: Float64Array;
}

/** T_b / scaleMs = α_b (∫ f_b g + Λρ α_b / ψ_b); ∞ for ψ_b ≤ 0. */
export function subSync(renderCycles: number, mass: number, airtime: number, computeLeftHz: number): number {
  if (!(computeLeftHz > 0)) return Infinity;
  return mass * (airtime + (renderCycles * mass) / computeLeftHz);
}

/** Servers of the twins when every twin lives with its cell. */
export function twinsOfLabels(problem: PartitionProblem, labels: Uint16Array): Uint16Array {
  return Uint16Array.from(problem.twinCell, (cell) => labels[cell]);
}

/** Sums of a partition over its regions. */
export function measure(problem: PartitionProblem, labels: Uint16Array, twinServers: Uint16Array): Shares {
  const mass = new Float64Array(problem.servers);
  const airtime = new Float64Array(problem.servers);
  for (let cell = 0; cell < problem.cells; cell++) {
    const b = labels[cell];
    const g = problem.mass[cell];
    if (g === 0) continue;
    mass[b] += g;
    airtime[b] += g * airtimeAt(problem, b, cell);
  }
  return { mass, airtime, computeLeftHz: computeLeft(problem, twinServers) };
}

/** ψ_b = Ψ_b − Σ_{k in b} φ_kb, cycle/s. */
export function computeLeft(problem: PartitionProblem, twinServers: Uint16Array): Float64Array {
  const left = problem.computeHz.slice();
  for (let k = 0; k < problem.twins; k++) {
    const b = twinServers[k];
    left[b] -= problem.demandHz[k * problem.servers + b];
  }
  return left;
}

/**
 * Scores a partition exactly (paper 001, eq. 9a).
 *
 * @param labels server of every cell, `[cells]`
 * @param twinServers server of every twin, `[twins]`; default: that of the twin's cell
 */
export function scorePartition(
  problem: PartitionProblem,
  labels: Uint16Array,
  twinServers: Uint16Array = twinsOfLabels(problem, labels),
): Score {
  const { mass, airtime, computeLeftHz } = measure(problem, labels, twinServers);
  const cellKm2 = (problem.cellWidthM * problem.cellLengthM) / 1e6;
  const cellsOf = new Float64Array(problem.servers);
  for (let cell = 0; cell < problem.cells; cell++) cellsOf[labels[cell]]++;
  const twinsOf = new Float64Array(problem.servers);
  for (const b of twinServers) twinsOf[b]++;
  const perServer = Array.from({ length: problem.servers }, (_, b) => ({
    subSyncMs: problem.scaleMs * subSync(problem.renderCycles, mass[b], airtime[b], computeLeftHz[b]),
    mass: mass[b],
    areaKm2: cellsOf[b] * cellKm2,
    twins: twinsOf[b],
    computeLeftHz: computeLeftHz[b],
  }));
  const total = perServer.reduce((sum, share) => sum + share.subSyncMs, 0);
  return { objectiveMs: total / problem.servers, perServer };
}
