import { squaredDistance, type PartitionProblem } from './problem.js';

/**
 * A rule that labels a cell with the server of least slope_b · cost_b(cell) + offset_b, ties to the lower index. With
 * `airtime` the cost is f_b: the equilibrium (paper 001, eq. 14) has slope α_b and offset α_b Λρ / ψ_b. With `loss` it is
 * 1 / h_b: slope 1 and offset 0 give the best channel.
 */
export interface LabelRule {
  readonly cost: 'airtime' | 'loss';
  /** `[servers]`, ≥ 0. */
  readonly slope: Float64Array;
  /** `[servers]`. */
  readonly offset: Float64Array;
}

/** Cost in the rule's sense at squared distance `squaredM2`; grows with distance. */
function costAt(problem: PartitionProblem, rule: LabelRule, b: number, squaredM2: number): number {
  return rule.cost === 'airtime'
    ? problem.links.airtime(b, squaredM2)
    : problem.links.inverseGain(b, squaredM2);
}

/** Labels every cell by comparing all servers: the reference for {@link labelByTiles}. */
export function labelEveryCell(problem: PartitionProblem, rule: LabelRule, labels: Uint16Array): void {
  const { servers, cells, airtime } = problem;
  for (let cell = 0; cell < cells; cell++) {
    let best = Infinity;
    let winner = 0;
    for (let b = 0; b < servers; b++) {
      const cost =
        airtime !== null && rule.cost === 'airtime'
          ? airtime[cell * servers + b]
          : costAt(problem, rule, b, squaredDistance(problem, b, cell));
      const score = rule.slope[b] * cost + rule.offset[b];
      if (score < best) {
        best = score;
        winner = b;
      }
    }
    labels[cell] = winner;
  }
}

/** Tiles of at most this many cells are labelled cell by cell. */
const LEAF_CELLS = 32;
/** Bounds are widened by this much, relative, so that rounding never excludes a winner. */
const SLACK = 1e-11;

/**
 * The same labels as {@link labelEveryCell}, faster: cost grows with distance, so the nearest and the farthest point of a
 * tile bound every server's score in it; a server whose lower bound exceeds another's upper bound cannot win there. Tiles
 * with one server left are filled, others split in four.
 */
export function labelByTiles(problem: PartitionProblem, rule: LabelRule, labels: Uint16Array): void {
  new TilePass(problem, rule, labels).run();
}

class TilePass {
  /** Candidates of the tiles on the current path, one after the other. */
  readonly #candidates: Int32Array;
  readonly #low: Float64Array;
  /** Squared distances in x of a leaf's columns are shared by its rows; this holds one leaf's scores. */
  readonly #best = new Float64Array(LEAF_CELLS);

  constructor(
    readonly problem: PartitionProblem,
    readonly rule: LabelRule,
    readonly labels: Uint16Array,
  ) {
    const depth = 2 + Math.ceil(Math.log2(Math.max(problem.columns, problem.rows)));
    this.#candidates = new Int32Array(problem.servers * (depth + 1));
    this.#low = new Float64Array(problem.servers);
  }

  run(): void {
    const { servers, columns, rows } = this.problem;
    for (let b = 0; b < servers; b++) this.#candidates[b] = b;
    this.#tile(0, columns, 0, rows, 0, servers);
  }

  /** Cells [left, right) × [bottom, top); candidates stand at [from, to). */
  #tile(left: number, right: number, bottom: number, top: number, from: number, to: number): void {
    const kept = this.#keep(left, right, bottom, top, from, to);
    const candidates = this.#candidates;
    if (kept - to === 1) {
      const { labels, problem } = this;
      const winner = candidates[to];
      for (let row = bottom; row < top; row++) {
        labels.fill(winner, row * problem.columns + left, row * problem.columns + right);
      }
      return;
    }
    const width = right - left;
    const length = top - bottom;
    if (width * length <= LEAF_CELLS) {
      this.#leaf(left, right, bottom, top, to, kept);
      return;
    }
    const midColumn = width >= 2 ? left + (width >> 1) : right;
    const midRow = length >= 2 ? bottom + (length >> 1) : top;
    this.#tile(left, midColumn, bottom, midRow, to, kept);
    if (midColumn < right) this.#tile(midColumn, right, bottom, midRow, to, kept);
    if (midRow < top) {
      this.#tile(left, midColumn, midRow, top, to, kept);
      if (midColumn < right) this.#tile(midColumn, right, midRow, top, to, kept);
    }
  }

  /** Copies the candidates that can win somewhere in the tile behind `to`, in order; returns their end. */
  #keep(left: number, right: number, bottom: number, top: number, from: number, to: number): number {
    const { problem, rule } = this;
    const { links, cellWidthM, cellLengthM } = problem;
    const minX = (left + 0.5) * cellWidthM;
    const maxX = (right - 0.5) * cellWidthM;
    const minY = (bottom + 0.5) * cellLengthM;
    const maxY = (top - 0.5) * cellLengthM;
    let ceiling = Infinity;
    for (let at = from; at < to; at++) {
      const b = this.#candidates[at];
      const x = links.x[b];
      const y = links.y[b];
      const nearX = x < minX ? minX - x : x > maxX ? x - maxX : 0;
      const nearY = y < minY ? minY - y : y > maxY ? y - maxY : 0;
      const farX = Math.max(maxX - x, x - minX);
      const farY = Math.max(maxY - y, y - minY);
      const slope = rule.slope[b];
      const offset = rule.offset[b];
      const low = slope * costAt(problem, rule, b, nearX * nearX + nearY * nearY) + offset;
      this.#low[at - from] = low - SLACK * Math.abs(low);
      if (this.#low[at - from] > ceiling) continue; // the upper bound cannot matter either
      const high = slope * costAt(problem, rule, b, farX * farX + farY * farY) + offset;
      ceiling = Math.min(ceiling, high + SLACK * Math.abs(high));
    }
    let end = to;
    for (let at = from; at < to; at++) {
      if (this.#low[at - from] <= ceiling) this.#candidates[end++] = this.#candidates[at];
    }
    return end;
  }

  #leaf(left: number, right: number, bottom: number, top: number, from: number, to: number): void {
    const { problem, rule, labels } = this;
    const { columns, servers, airtime, links, cellWidthM, cellLengthM } = problem;
    const table = rule.cost === 'airtime' ? airtime : null;
    this.#best.fill(Infinity);
    for (let at = from; at < to; at++) {
      const b = this.#candidates[at];
      const slope = rule.slope[b];
      const offset = rule.offset[b];
      let index = 0;
      for (let row = bottom; row < top; row++) {
        const dy = (row + 0.5) * cellLengthM - links.y[b];
        for (let column = left; column < right; column++, index++) {
          const cell = row * columns + column;
          const dx = (column + 0.5) * cellWidthM - links.x[b];
          const cost =
            table !== null ? table[cell * servers + b] : costAt(problem, rule, b, dx * dx + dy * dy);
          const score = slope * cost + offset;
          if (score < this.#best[index]) {
            this.#best[index] = score;
            labels[cell] = b;
          }
        }
      }
    }
  }
}

/** Servers by best channel, paper 001's SNR baseline. */
export function bestChannelRule(servers: number): LabelRule {
  return { cost: 'loss', slope: new Float64Array(servers).fill(1), offset: new Float64Array(servers) };
}
