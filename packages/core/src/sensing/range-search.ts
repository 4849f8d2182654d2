import type { Power, ScanGrid } from './power.js';

/**
 * The range of largest power in a direction, without looking at all of them. Between two ranges that are known,
 * {@link Power.ascent} cannot leave a cone of the slope {@link Power.steepness} over the way of the steering vector; what the
 * two cones rule out is left out.
 */
export class RangeSearch {
  /** Sum of squares at the range that the last {@link RangeSearch.run} found. */
  squares = 0;
  readonly #power: Power;
  readonly #grid: ScanGrid;
  /** 1 where the least ascent has the largest power, −1 where the largest has. */
  readonly #sign: number;
  /** Sums of squares and signed ascents of the ranges that were looked at. */
  readonly #sums: Float64Array;
  readonly #values: Float64Array;
  #first = 0;
  #best = 0;

  constructor(power: Power, grid: ScanGrid) {
    this.#power = power;
    this.#grid = grid;
    this.#sign = power.inverse ? 1 : -1;
    this.#sums = new Float64Array(grid.ranges.length);
    this.#values = new Float64Array(grid.ranges.length);
  }

  /**
   * @param bin number of the direction
   * @param guess number of a range to look at first
   * @returns number of the range
   */
  run(bin: number, guess: number): number {
    const last = this.#values.length - 1;
    this.#first = bin * this.#values.length;
    this.#best = guess;
    this.#look(guess);
    if (guess !== 0) this.#look(0);
    if (guess !== last && last !== 0) this.#look(last);
    this.#between(0, guess);
    this.#between(guess, last);
    this.squares = this.#sums[this.#best];
    return this.#best;
  }

  #look(k: number): void {
    const { re, im, positions } = this.#grid;
    const sum = this.#power.squares(re, im, (this.#first + k) * positions.length);
    const value = this.#sign * this.#power.ascent(sum);
    this.#sums[k] = sum;
    this.#values[k] = value;
    const best = this.#values[this.#best];
    if (value < best || (value === best && k < this.#best)) this.#best = k;
  }

  /** Looks for something better between two ranges that were looked at. */
  #between(low: number, high: number): void {
    if (high - low < 2) return;
    const { way } = this.#grid;
    const length = this.#power.steepness * (way[this.#first + high] - way[this.#first + low]);
    if ((this.#values[low] + this.#values[high] - length) / 2 >= this.#values[this.#best]) return;
    const middle = (low + high) >> 1;
    this.#look(middle);
    this.#between(low, middle);
    this.#between(middle, high);
  }
}
