/** A concave function and what is known of its curvature. */
export interface Concave {
  /** Value at a point; fills the (super)gradient. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  /** A positive diagonal to start the inverse Hessian from. */
  curvature(point: Float64Array, diagonal: Float64Array): void;
  /** Coordinates are kept at or above this. */
  readonly lower: number;
  /** No coordinate changes by more than this in one step. */
  readonly maxStep: number;
}

/** Where an ascent ended. */
export interface Maximum {
  readonly point: Float64Array;
  /** Values after every accepted step, strictly rising. */
  readonly values: number[];
  /** Largest component of the gradient, absolute. */
  readonly residual: number;
}

const MEMORY = 8;
const MAX_HALVINGS = 12;

/** Ascent by L-BFGS with backtracking (Nocedal and Wright, algorithm 7.4); every accepted step raises the value. */
export class Maximiser {
  readonly #steps: Float64Array[] = [];
  readonly #changes: Float64Array[] = [];
  readonly #products: number[] = [];
  readonly #direction: Float64Array;
  readonly #diagonal: Float64Array;

  constructor(
    readonly size: number,
    readonly target: Concave,
  ) {
    this.#direction = new Float64Array(size);
    this.#diagonal = new Float64Array(size);
  }

  /** Ascends until no gradient component exceeds `tolerance` or a step raises the value by less than `minGain`. */
  run(start: Float64Array, tolerance: number, minGain: number, maxSteps: number): Maximum {
    const { size, target } = this;
    let point = start.map((value) => Math.max(value, target.lower));
    let gradient = new Float64Array(size);
    let value = target.evaluate(point, gradient);
    const values = [value];
    let trial = new Float64Array(size);
    let trialGradient = new Float64Array(size);
    for (let step = 0; step < maxSteps && largest(gradient) > tolerance; step++) {
      let slope = this.#ascent(point, gradient);
      if (!(slope > 0)) {
        this.#forget();
        slope = this.#ascent(point, gradient);
      }
      let length = 1;
      let accepted = false;
      for (let halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
        for (let at = 0; at < size; at++) {
          trial[at] = Math.max(target.lower, point[at] + length * this.#direction[at]);
        }
        const trialValue = target.evaluate(trial, trialGradient);
        if (trialValue > value + 1e-4 * length * slope) {
          value = trialValue;
          accepted = true;
          break;
        }
      }
      if (!accepted) {
        if (this.#steps.length === 0) break;
        this.#forget(); // once more along the scaled gradient
        continue;
      }
      this.#remember(point, trial, gradient, trialGradient);
      [point, trial] = [trial, point];
      [gradient, trialGradient] = [trialGradient, gradient];
      values.push(value);
      if (value - values[values.length - 2] < minGain) break;
    }
    return { point, values, residual: largest(gradient) };
  }

  /** Fills the direction of ascent; returns its product with the gradient. */
  #ascent(point: Float64Array, gradient: Float64Array): number {
    const direction = this.#direction;
    const count = this.#steps.length;
    const weights = new Float64Array(count);
    direction.set(gradient);
    for (let pair = count - 1; pair >= 0; pair--) {
      weights[pair] = dot(this.#steps[pair], direction) / this.#products[pair];
      add(direction, -weights[pair], this.#changes[pair]);
    }
    this.target.curvature(point, this.#diagonal);
    let scale = 1;
    if (count > 0) {
      // s·y / y·D⁻¹y, the curvature met in the last step relative to the diagonal's
      const change = this.#changes[count - 1];
      let denominator = 0;
      for (let at = 0; at < this.size; at++) denominator += (change[at] * change[at]) / this.#diagonal[at];
      scale = this.#products[count - 1] / denominator;
    }
    for (let at = 0; at < this.size; at++) direction[at] *= scale / this.#diagonal[at];
    for (let pair = 0; pair < count; pair++) {
      const correction = dot(this.#changes[pair], direction) / this.#products[pair];
      add(direction, weights[pair] - correction, this.#steps[pair]);
    }
    if (count === 0) {
      // component by component, which keeps it a direction of ascent
      const { maxStep } = this.target;
      for (let at = 0; at < this.size; at++) {
        direction[at] = Math.max(-maxStep, Math.min(maxStep, direction[at]));
      }
    } else {
      const excess = largest(direction) / this.target.maxStep;
      if (excess > 1) for (let at = 0; at < this.size; at++) direction[at] /= excess;
    }
    return dot(direction, gradient);
  }

  #remember(from: Float64Array, to: Float64Array, before: Float64Array, after: Float64Array): void {
    const step = to.map((value, at) => value - from[at]);
    const change = before.map((value, at) => value - after[at]); // of −gradient
    const product = dot(step, change);
    if (!(product > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change)))) return;
    this.#steps.push(step);
    this.#changes.push(change);
    this.#products.push(product);
    if (this.#steps.length > MEMORY) {
      this.#steps.shift();
      this.#changes.shift();
      this.#products.shift();
    }
  }

  #forget(): void {
    this.#steps.length = 0;
    this.#changes.length = 0;
    this.#products.length = 0;
  }
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at] * right[at];
  return sum;
}

function add(target: Float64Array, factor: number, other: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] += factor * other[at];
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
