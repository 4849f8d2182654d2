import { BarrierBlocks, BOUND_VARIABLE, CONS, CURVED, VARS } from './blocks.js';

const TRIANGLE = 15;
const DIAGONAL = [0, 2, 5, 9, 14] as const;

/** Weights of a block's total time, band share and edge cycles in an objective or a Lagrangian. */
export interface BlockWeights {
  omega: number;
  band: number;
  cycles: number;
}

/**
 * The Newton matrix of the barrier problem, block by block: H = ∇²(Lagrangian) + Σ (z/s)∇g∇gᵀ, factorised by Cholesky
 * (with a multiple of its diagonal added where the products with x make it indefinite).
 */
export class BlockNewton {
  readonly #h = new Float64Array(TRIANGLE);
  readonly #factor: Float64Array;

  constructor(
    readonly blocks: BarrierBlocks,
    capacity: number,
  ) {
    this.#factor = new Float64Array(capacity * TRIANGLE);
  }

  /** ∇(ω T + weights·resources) of a block into `out`. */
  objectiveGradient(block: number, weights: BlockWeights, out: Float64Array): void {
    const { grad, band, cycles, curve, varMask } = this.blocks;
    const g = block * 15;
    for (let i = 0; i < VARS; i++) out[i] = weights.omega * grad[g + i];
    out[3] += weights.band * band[block];
    out[2] += weights.cycles * cycles[block];
    if (varMask[block] & 1) out[0] += weights.cycles * curve[block * 14 + 12];
  }

  /** Assembles and factorises the block's matrix. */
  factorise(block: number, weights: BlockWeights): void {
    const h = this.#h;
    const { blocks } = this;
    const { z, slack, grad } = blocks;
    this.#curvature(block, weights);
    const cons = blocks.conMask[block];
    const s = block * CONS;
    const deadline = blocks.problem.deadline[blocks.device[block]];
    for (let c = 0; c < CURVED; c++) {
      if (!(cons & (1 << c))) continue;
      let weight = z[s + c] / slack[s + c];
      if (c === 0) weight /= deadline * deadline;
      const g = block * 15 + c * VARS;
      for (let i = 0, k = 0; i < VARS; i++) {
        const scaled = weight * grad[g + i];
        for (let j = 0; j <= i; j++) h[k++] += scaled * grad[g + j];
      }
    }
    for (let c = CURVED; c < CONS; c++) {
      if (cons & (1 << c)) h[DIAGONAL[BOUND_VARIABLE[c - CURVED]]] += z[s + c] / slack[s + c];
    }
    const vars = blocks.varMask[block];
    for (let i = 0; i < VARS; i++) if (!(vars & (1 << i))) h[DIAGONAL[i]] = 1;
    this.#cholesky(block);
  }

  /** ∇² of the Lagrangian into the lower triangle `h` (rows x, ln r, ln f, y, z). */
  #curvature(block: number, weights: BlockWeights): void {
    const { blocks } = this;
    const { problem, curve, z } = blocks;
    const h = this.#h;
    h.fill(0);
    const device = blocks.device[block];
    const c = block * 14;
    const s = block * CONS;
    const cons = blocks.conMask[block];
    const vars = blocks.varMask[block];
    const time = weights.omega + (cons & 1 ? z[s] / problem.deadline[device] : 0);
    h[5] = time * curve[c + 3] + weights.cycles * blocks.cycles[block];
    if (!(vars & 8)) return;
    const air = time + (cons & 4 ? z[s + 2] / problem.slowest[device] : 0);
    const energy = cons & 2 ? z[s + 1] / problem.energy[device] : 0;
    h[2] = time * curve[c + 2] + energy * curve[c + 8];
    h[9] = air * curve[c + 4] + energy * curve[c + 9] + weights.band * blocks.band[block];
    h[13] = air * curve[c + 5] + energy * curve[c + 10];
    h[14] = air * curve[c + 6] + energy * curve[c + 11];
    if (!(vars & 1)) return;
    const x = blocks.v[block * VARS];
    h[1] = time * curve[c] + energy * curve[c + 7];
    h[3] = time * curve[c + 1] + weights.cycles * curve[c + 12];
    // ∂²(x q)/∂x∂y = ∂q/∂y, kept as x·∂q/∂y in the gradient
    const g = block * 15;
    const unscaled = (energy * problem.energy[device]) / x;
    h[6] = unscaled * blocks.grad[g + 8];
    h[10] = unscaled * blocks.grad[g + 9];
  }

  #cholesky(block: number): void {
    let shift = 0;
    for (let attempt = 0; attempt < 40; attempt++) {
      if (this.#tryCholesky(block * TRIANGLE, shift)) return;
      shift = shift === 0 ? 1e-6 : shift * 4;
    }
  }

  #tryCholesky(at: number, shift: number): boolean {
    const h = this.#h;
    const l = this.#factor;
    for (let i = 0; i < VARS; i++) {
      const row = (i * (i + 1)) / 2;
      for (let j = 0; j < i; j++) {
        const other = at + (j * (j + 1)) / 2;
        let sum = h[row + j];
        for (let k = 0; k < j; k++) sum -= l[at + row + k] * l[other + k];
        l[at + row + j] = sum * l[other + j];
      }
      const diagonal = h[row + i];
      let pivot = diagonal * (1 + shift);
      for (let k = 0; k < i; k++) pivot -= l[at + row + k] * l[at + row + k];
      if (!(pivot > 1e-13 * diagonal)) return false;
      l[at + row + i] = 1 / Math.sqrt(pivot); // the diagonal is kept inverted
    }
    return true;
  }

  /** Solves H w = b in place, with b at `offset` of `w`. */
  solve(block: number, w: Float64Array, offset: number): void {
    const l = this.#factor;
    const at = block * TRIANGLE;
    const w0 = w[offset] * l[at];
    const w1 = (w[offset + 1] - l[at + 1] * w0) * l[at + 2];
    const w2 = (w[offset + 2] - l[at + 3] * w0 - l[at + 4] * w1) * l[at + 5];
    const w3 = (w[offset + 3] - l[at + 6] * w0 - l[at + 7] * w1 - l[at + 8] * w2) * l[at + 9];
    const w4 =
      (w[offset + 4] - l[at + 10] * w0 - l[at + 11] * w1 - l[at + 12] * w2 - l[at + 13] * w3) * l[at + 14];
    const x4 = w4 * l[at + 14];
    const x3 = (w3 - l[at + 13] * x4) * l[at + 9];
    const x2 = (w2 - l[at + 12] * x4 - l[at + 8] * x3) * l[at + 5];
    const x1 = (w1 - l[at + 11] * x4 - l[at + 7] * x3 - l[at + 4] * x2) * l[at + 2];
    const x0 = (w0 - l[at + 10] * x4 - l[at + 6] * x3 - l[at + 3] * x2 - l[at + 1] * x1) * l[at];
    w[offset] = x0;
    w[offset + 1] = x1;
    w[offset + 2] = x2;
    w[offset + 3] = x3;
    w[offset + 4] = x4;
  }
}
