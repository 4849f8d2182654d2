import { exp, log } from '../math/index.js';
import { labelByTiles, type LabelRule } from './label.js';
import { Maximiser } from './maximise.js';
import { airtimeAt, type PartitionProblem } from './problem.js';
import { hasSharedMasts, shareTies } from './ties.js';

/** An equilibrium of paper 001's eq. 14 for fixed ψ. */
export interface Equilibrium {
  /** w = ln α, `[servers]`. */
  readonly logWeights: Float64Array;
  /** Server of every cell, `[cells]`. */
  readonly labels: Uint16Array;
  /** D(w) after every accepted step, never falling. */
  readonly values: readonly number[];
  /** Largest |α_b − e^{w_b}|. */
  readonly residual: number;
  /** Whether the residual is no more than the grid's cells, which have mass, leave open. */
  readonly balanced: boolean;
}

/** Smallest weight a server can get: e^−40 of the mass. */
const MIN_LOG_WEIGHT = -40;
/** Residuals up to so many times the heaviest cell's mass are the grid's. */
const GRAIN = 2;
/** Largest change of a log weight in one step: a factor of e² in α. */
const MAX_STEP = 2;

/**
 * The partition in which α_b F_b(ω) <= α_j F_j(ω) on a_b and α_b is the mass of a_b, for fixed ψ > 0.
 *
 * With w = ln α it is the maximiser of the concave D(w) = ∫ min_b (ln F_b + w_b) g − Σ e^{w_b}, whose supergradient is
 * α_b(w) − e^{w_b}; it exists and is unique. Ascent is L-BFGS with backtracking on D. Buffers, and what was learnt of the
 * curvature, are kept from one ψ to the next.
 *
 * **Deviation**: the paper iterates (14) directly, which falls into a two-cycle (method `paper`).
 */
export class EquilibriumSolver {
  readonly #evaluation: DualEvaluation;
  readonly #maximiser: Maximiser;
  readonly #grain: number;
  readonly #sharedMasts: boolean;
  readonly #scratch: Float64Array;

  constructor(readonly problem: PartitionProblem) {
    this.#evaluation = new DualEvaluation(problem);
    this.#grain = GRAIN * problem.mass.reduce((most, g) => Math.max(most, g), 0);
    this.#sharedMasts = hasSharedMasts(problem);
    this.#scratch = new Float64Array(problem.servers);
    this.#maximiser = new Maximiser(problem.servers, {
      evaluate: (point, gradient) => this.#evaluation.run(point, gradient),
      // Hessian of −Σ e^w: the first step is the paper's undamped iteration, then backtracking shortens it
      curvature: (point, diagonal) => {
        for (let b = 0; b < problem.servers; b++) diagonal[b] = Math.max(exp(point[b]), 1e-6);
      },
      lower: MIN_LOG_WEIGHT,
      maxStep: MAX_STEP,
    });
  }

  /**
   * @param computeLeftHz ψ, `[servers]`, all > 0
   * @param start w to begin from, `[servers]`
   * @param limits where it ends
   * @param limits.minGain the ascent stops when a step raises D by less; the grid's cells have mass, so the residual does not
   * vanish
   * @param limits.final the last solve: where it ends off balance, servers tie on many cells, and share them ({@link shareTies});
   * between servers on one mast this is done in every solve
   */
  solve(
    computeLeftHz: Float64Array,
    start: Float64Array,
    { minGain = 1e-8, maxSteps = 100, final = false }: SolveLimits = {},
  ): Equilibrium {
    this.#evaluation.computeLeftHz = computeLeftHz;
    const { point, values, residual } = this.#maximiser.run(start, 1e-9, minGain, maxSteps);
    const labels = new Uint16Array(this.problem.cells);
    this.#evaluation.run(point, this.#scratch, labels);
    const found = { logWeights: point, labels, values, residual, balanced: residual <= this.#grain };
    if (found.balanced || !(this.#sharedMasts || final)) return found;
    const shared = shareTies(
      this.problem,
      computeLeftHz,
      point,
      (weights, into) => this.#evaluation.run(weights, this.#scratch, into),
      MIN_LOG_WEIGHT,
      labels,
    );
    return { ...found, ...shared, balanced: shared.residual <= this.#grain };
  }
}

interface SolveLimits {
  readonly minGain?: number;
  readonly maxSteps?: number;
  readonly final?: boolean;
}

/** The rule by which the weights w label cells: slope e^w, offset e^w Λρ / ψ. */
export function equilibriumRule(
  problem: PartitionProblem,
  computeLeftHz: Float64Array,
  logWeights: Float64Array,
): LabelRule {
  const slope = Float64Array.from(logWeights, exp);
  const offset = slope.map((weight, b) => (weight * problem.renderCycles) / computeLeftHz[b]);
  return { cost: 'airtime', slope, offset };
}

/** Evaluates D and its supergradient; its buffers are made once. */
class DualEvaluation {
  readonly #slope: Float64Array;
  readonly #offset: Float64Array;
  readonly #labels: Uint16Array | undefined;

  /** ψ, `[servers]`, cycle/s. */
  computeLeftHz: Float64Array;

  constructor(readonly problem: PartitionProblem) {
    this.computeLeftHz = problem.computeHz;
    this.#slope = new Float64Array(problem.servers);
    this.#offset = new Float64Array(problem.servers);
    if (problem.airtime === null) this.#labels = new Uint16Array(problem.cells);
  }

  /** D(w); `gradient` becomes α(w) − e^w, `labels` (where given) the partition. */
  run(logWeights: Float64Array, gradient: Float64Array, labels?: Uint16Array): number {
    const { problem } = this;
    const slope = this.#slope;
    const offset = this.#offset;
    let value = 0;
    for (let b = 0; b < problem.servers; b++) {
      slope[b] = exp(logWeights[b]);
      offset[b] = (slope[b] * problem.renderCycles) / this.computeLeftHz[b];
      gradient[b] = -slope[b];
      value -= slope[b];
    }
    return problem.airtime !== null
      ? value + this.#fromTable(problem.airtime, gradient, labels)
      : value + this.#fromTiles(gradient, labels ?? this.#labels!);
  }

  #fromTable(table: Float64Array, gradient: Float64Array, labels: Uint16Array | undefined): number {
    const { servers, cells, mass } = this.problem;
    const slope = this.#slope;
    const offset = this.#offset;
    let value = 0;
    let at = 0;
    for (let cell = 0; cell < cells; cell++) {
      let best = slope[0] * table[at] + offset[0];
      let winner = 0;
      for (let b = 1; b < servers; b++) {
        const score = slope[b] * table[at + b] + offset[b];
        if (score < best) {
          best = score;
          winner = b;
        }
      }
      at += servers;
      if (labels !== undefined) labels[cell] = winner;
      const g = mass[cell];
      if (g === 0) continue;
      gradient[winner] += g;
      value += g * log(best);
    }
    return value;
  }

  #fromTiles(gradient: Float64Array, labels: Uint16Array): number {
    const { problem } = this;
    const { cells, mass } = problem;
    labelByTiles(problem, { cost: 'airtime', slope: this.#slope, offset: this.#offset }, labels);
    let value = 0;
    for (let cell = 0; cell < cells; cell++) {
      const g = mass[cell];
      if (g === 0) continue;
      const b = labels[cell];
      gradient[b] += g;
      value += g * log(this.#slope[b] * airtimeAt(problem, b, cell) + this.#offset[b]);
    }
    return value;
  }
}
