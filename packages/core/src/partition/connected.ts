import { airtimeAt, type PartitionProblem } from './problem.js';
import type { MoveFilter } from './descent.js';
import type { Shares } from './score.js';

/**
 * Makes every region connected over the four neighbours: of each server's pieces the heaviest stays, and the cells of the
 * others join, from their edges inwards, the neighbouring region where they cost least at the margin.
 *
 * @param labels changed in place
 * @param shares sums of the partition, for the marginal costs
 */
export function connectRegions(problem: PartitionProblem, labels: Uint16Array, shares: Shares): void {
  const { servers, cells, renderCycles } = problem;
  const pieces = findPieces(problem, labels);
  const kept = new Int32Array(servers).fill(-1);
  pieces.weight.forEach((weight, piece) => {
    const b = pieces.label[piece];
    if (kept[b] < 0 || weight > pieces.weight[kept[b]]) kept[b] = piece;
  });
  const loose = new Uint8Array(cells);
  let remaining = 0;
  for (let cell = 0; cell < cells; cell++) {
    if (kept[labels[cell]] === pieces.ofCell[cell]) continue;
    loose[cell] = 1;
    remaining++;
  }
  const marginal = (b: number, cell: number) => {
    const left = Math.max(shares.computeLeftHz[b], 1e-3 * problem.computeHz[b]);
    return (
      shares.mass[b] * airtimeAt(problem, b, cell) +
      shares.airtime[b] +
      (2 * renderCycles * shares.mass[b]) / left
    );
  };
  const around = new Int32Array(4);
  while (remaining > 0) {
    // one ring at a time, decided from the labels before it
    const joined: [cell: number, label: number][] = [];
    for (let cell = 0; cell < cells; cell++) {
      if (loose[cell] === 0) continue;
      let best = -1;
      for (let at = neighbours(problem, cell, around) - 1; at >= 0; at--) {
        if (loose[around[at]] === 1) continue;
        const b = labels[around[at]];
        if (best < 0 || marginal(b, cell) < marginal(best, cell)) best = b;
      }
      if (best >= 0) joined.push([cell, best]);
    }
    for (const [cell, label] of joined) {
      labels[cell] = label;
      loose[cell] = 0;
    }
    remaining -= joined.length;
  }
}

/** Number of pieces, over the four neighbours, that every server's region consists of, `[servers]`. */
export function countPieces(problem: PartitionProblem, labels: Uint16Array): number[] {
  const counts = new Array<number>(problem.servers).fill(0);
  for (const b of findPieces(problem, labels).label) counts[b]++;
  return counts;
}

/**
 * Whether a cell can leave its region without cutting it in two: its region's cells among the eight around it hang
 * together there (the cell is a simple point). Sufficient, so some harmless moves are refused.
 */
export function keepsConnected({ columns, rows }: PartitionProblem, labels: Uint16Array): MoveFilter {
  return (cell) => {
    const own = labels[cell];
    const row = Math.floor(cell / columns);
    const column = cell - row * columns;
    const isOwn = (dx: number, dy: number) => {
      const x = column + dx;
      const y = row + dy;
      return x >= 0 && x < columns && y >= 0 && y < rows && labels[y * columns + x] === own;
    };
    // runs of own cells along the ring that touch the cell by a side
    let runs = 0;
    for (let side = 0; side < 4; side++) {
      const [dx, dy] = RING[2 * side];
      if (!isOwn(dx, dy)) continue;
      const [cornerX, cornerY] = RING[2 * side + 1];
      const [nextX, nextY] = RING[(2 * side + 2) % 8];
      if (!(isOwn(cornerX, cornerY) && isOwn(nextX, nextY))) runs++;
    }
    // a closed ring of eight own cells has no end to count
    return runs <= 1;
  };
}

const RING: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

interface Pieces {
  /** Piece of every cell. */
  ofCell: Int32Array;
  /** Server of every piece. */
  label: number[];
  /** Mass of every piece; cells without mass count a little, so that larger pieces win among them. */
  weight: number[];
}

function findPieces(problem: PartitionProblem, labels: Uint16Array): Pieces {
  const { cells, mass } = problem;
  const ofCell = new Int32Array(cells).fill(-1);
  const label: number[] = [];
  const weight: number[] = [];
  const stack = new Int32Array(cells);
  const around = new Int32Array(4);
  for (let start = 0; start < cells; start++) {
    if (ofCell[start] >= 0) continue;
    const piece = label.length;
    let total = 0;
    let depth = 0;
    stack[depth++] = start;
    ofCell[start] = piece;
    while (depth > 0) {
      const cell = stack[--depth];
      total += mass[cell] + 1e-12;
      for (let at = neighbours(problem, cell, around) - 1; at >= 0; at--) {
        const other = around[at];
        if (ofCell[other] >= 0 || labels[other] !== labels[start]) continue;
        ofCell[other] = piece;
        stack[depth++] = other;
      }
    }
    label.push(labels[start]);
    weight.push(total);
  }
  return { ofCell, label, weight };
}

/** Fills `around` with the up to four neighbours of a cell; returns their number. */
function neighbours({ columns, cells }: PartitionProblem, cell: number, around: Int32Array): number {
  const column = cell % columns;
  let count = 0;
  if (column > 0) around[count++] = cell - 1;
  if (column < columns - 1) around[count++] = cell + 1;
  if (cell >= columns) around[count++] = cell - columns;
  if (cell + columns < cells) around[count++] = cell + columns;
  return count;
}
