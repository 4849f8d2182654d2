import { exp, log } from '../math/index.js';
import { Maximiser } from './maximise.js';
import { airtimeAt, type PartitionProblem } from './problem.js';

/** Widths ε of the softened minimum, relative to F, from one ascent to the next. */
const WIDTHS = [1e-2, 1e-3, 1e-4] as const;
const MAX_STEPS = 80;
const MIN_GAIN = 1e-12;
/** A server shares a cell where the softened minimum gives it this much of it. */
const LEAST_SHARE = 1e-3;
/** Largest problem in which any two servers may share cells, cells × servers; above it only those on one mast do. */
const MAX_ENTRIES = 1 << 19;

/** Labels the cells by the hard rule at the weights w. */
type HardLabels = (logWeights: Float64Array, labels: Uint16Array) => unknown;

/** Whether two servers stand at one place: the rule then often has no preference between them anywhere. */
export function hasSharedMasts(problem: PartitionProblem): boolean {
  return coSited(problem).some((group) => group.length > 1);
}

/**
 * The equilibrium of eq. 14 where servers tie on cells of mass, such as equal sectors on one mast. D(w) has a kink there:
 * no w alone says who gets the tied cells, a split of them by mass does. The concave D is climbed with its minimum
 * softened by ε,
 *
 *     D_ε(w) = −ε ∫ ln Σ_b (e^{w_b} F_b)^{−1/ε} g − Σ e^{w_b},
 *
 * for ever smaller ε (the entropic regularisation of optimal transport), which gives w and the share of every tied cell.
 * Cells tied between the same servers are then cut by their bearing from the first of them, as sectors of a mast are, so
 * that every server gets the mass that it is due up to one cell.
 *
 * @param computeLeftHz ψ, `[servers]`, cycle/s
 * @param start w to begin from
 * @returns w, and the largest |α_b − e^{w_b}| of the labels
 */
export function shareTies(
  problem: PartitionProblem,
  computeLeftHz: Float64Array,
  start: Float64Array,
  hardLabels: HardLabels,
  lower: number,
  labels: Uint16Array,
): { logWeights: Float64Array; residual: number } {
  const soft = new SoftDual(problem, computeLeftHz, hardLabels);
  let point = start;
  for (const width of WIDTHS) {
    soft.width = width;
    const maximiser = new Maximiser(problem.servers, {
      evaluate: (weights, gradient) => soft.run(weights, gradient),
      curvature: (weights, diagonal) => {
        for (let b = 0; b < problem.servers; b++) diagonal[b] = Math.max(exp(weights[b]), 1e-6);
      },
      lower,
      maxStep: 2,
    });
    ({ point } = maximiser.run(point, 1e-9, MIN_GAIN, MAX_STEPS));
  }
  const groups = soft.tied(point, labels);
  for (const group of groups.values()) cutByBearing(problem, group, labels);
  return { logWeights: point, residual: residualOf(problem, point, labels) };
}

/** Cells tied between the same servers, and the mass that each of them is due. */
interface TiedCells {
  readonly servers: readonly number[];
  readonly cells: number[];
  readonly due: Float64Array;
}

class SoftDual {
  width: number = WIDTHS[0];
  readonly #everyone: readonly number[];
  /** By the server that wins a cell, who may share it; undefined where anybody may. */
  readonly #coSited: readonly (readonly number[])[] | undefined;
  readonly #slope: Float64Array;
  readonly #offset: Float64Array;
  /** ln of e^{w_b} F_b, then the share, of the rivals at the cell that was looked at last. */
  readonly #share: Float64Array;
  readonly #winners: Uint16Array;

  constructor(
    readonly problem: PartitionProblem,
    readonly computeLeftHz: Float64Array,
    readonly hardLabels: HardLabels,
  ) {
    const { servers, cells } = problem;
    this.#everyone = Array.from({ length: servers }, (_, b) => b);
    this.#coSited = cells * servers <= MAX_ENTRIES ? undefined : coSited(problem);
    this.#slope = new Float64Array(servers);
    this.#offset = new Float64Array(servers);
    this.#share = new Float64Array(servers);
    this.#winners = new Uint16Array(this.#coSited === undefined ? 0 : cells);
  }

  /** D_ε(w); `gradient` becomes the softened α(w) − e^w. */
  run(logWeights: Float64Array, gradient: Float64Array): number {
    const { problem } = this;
    let value = this.#prepare(logWeights);
    for (let b = 0; b < problem.servers; b++) gradient[b] = -this.#slope[b];
    for (let cell = 0; cell < problem.cells; cell++) {
      const g = problem.mass[cell];
      if (g === 0) continue;
      const rivals = this.#rivals(cell);
      value += g * this.#shares(cell, rivals);
      for (const b of rivals) gradient[b] += g * this.#share[b];
    }
    return value;
  }

  /** Labels every cell by its largest share; the tied cells by who shares them. */
  tied(logWeights: Float64Array, labels: Uint16Array): Map<string, TiedCells> {
    const { problem } = this;
    const groups = new Map<string, TiedCells>();
    this.#prepare(logWeights);
    for (let cell = 0; cell < problem.cells; cell++) {
      const rivals = this.#rivals(cell);
      this.#shares(cell, rivals);
      labels[cell] = rivals.reduce((best, b) => (this.#share[b] > this.#share[best] ? b : best));
      const servers = rivals.filter((b) => this.#share[b] > LEAST_SHARE);
      if (servers.length < 2) continue;
      const key = servers.join(' ');
      let group = groups.get(key);
      if (group === undefined) {
        group = { servers, cells: [], due: new Float64Array(problem.servers) };
        groups.set(key, group);
      }
      group.cells.push(cell);
      for (const b of servers) group.due[b] += problem.mass[cell] * this.#share[b];
    }
    return groups;
  }

  /** Sets slopes, offsets and, where only one mast's servers share, winners; returns −Σ e^{w_b}. */
  #prepare(logWeights: Float64Array): number {
    const { problem } = this;
    let value = 0;
    for (let b = 0; b < problem.servers; b++) {
      this.#slope[b] = exp(logWeights[b]);
      this.#offset[b] = (this.#slope[b] * problem.renderCycles) / this.computeLeftHz[b];
      value -= this.#slope[b];
    }
    if (this.#coSited !== undefined) this.hardLabels(logWeights, this.#winners);
    return value;
  }

  #rivals(cell: number): readonly number[] {
    return this.#coSited === undefined ? this.#everyone : this.#coSited[this.#winners[cell]];
  }

  /** The softened minimum of ln F_b + w_b at a cell; fills the shares of its rivals. */
  #shares(cell: number, rivals: readonly number[]): number {
    const share = this.#share;
    let least = Infinity;
    for (const b of rivals) {
      share[b] = log(this.#slope[b] * airtimeAt(this.problem, b, cell) + this.#offset[b]);
      if (share[b] < least) least = share[b];
    }
    let sum = 0;
    for (const b of rivals) {
      share[b] = exp((least - share[b]) / this.width);
      sum += share[b];
    }
    for (const b of rivals) share[b] /= sum;
    return least - this.width * log(sum);
  }
}

/** Gives the cells, in the order of their bearing from the first server, to one server after the other by what it is due. */
function cutByBearing(
  problem: PartitionProblem,
  { servers, cells, due }: TiedCells,
  labels: Uint16Array,
): void {
  const { columns, cellWidthM, cellLengthM, links } = problem;
  const [first] = servers;
  const bearing = (cell: number) => {
    const row = Math.floor(cell / columns);
    const dx = (cell - row * columns + 0.5) * cellWidthM - links.x[first];
    const dy = (row + 0.5) * cellLengthM - links.y[first];
    // grows with the angle as atan2 does, the same bits everywhere
    const ratio = dy / (Math.abs(dx) + Math.abs(dy) || 1);
    return dx < 0 ? (dy < 0 ? -2 : 2) - ratio : ratio;
  };
  const order = cells
    .map((cell) => ({ cell, angle: bearing(cell) }))
    .sort((left, right) => left.angle - right.angle || left.cell - right.cell);
  let at = 0;
  let left = due[servers[0]];
  for (const { cell } of order) {
    const g = problem.mass[cell];
    // the middle of a cell decides on which side of a cut it lies
    while (left < g / 2 && at < servers.length - 1) left += due[servers[++at]];
    labels[cell] = servers[at];
    left -= g;
  }
}

function residualOf(problem: PartitionProblem, logWeights: Float64Array, labels: Uint16Array): number {
  const mass = new Float64Array(problem.servers);
  for (let cell = 0; cell < problem.cells; cell++) mass[labels[cell]] += problem.mass[cell];
  return mass.reduce((most, share, b) => Math.max(most, Math.abs(share - exp(logWeights[b]))), 0);
}

/** For every server those that stand where it stands, itself included. */
function coSited({ servers, links, instance }: PartitionProblem): number[][] {
  const groups = new Map<string, number[]>();
  for (let b = 0; b < servers; b++) {
    const place = `${links.x[b]} ${links.y[b]} ${instance.servers[b].heightM}`;
    groups.set(place, [...(groups.get(place) ?? []), b]);
  }
  return Array.from({ length: servers }, (_, b) =>
    groups.get(`${links.x[b]} ${links.y[b]} ${instance.servers[b].heightM}`)!,
  );
}
