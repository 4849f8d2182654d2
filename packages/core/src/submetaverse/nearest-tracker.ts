import type { Field } from '../mobility/index.js';
import type { PointGrid } from './point-grid.js';

/**
 * The point nearest to each of many moving devices. Whoever has moved by less than half of how much nearer the nearest
 * point was than the next one still has the same nearest point: most questions are answered without a search.
 */
export class NearestTracker {
  readonly #grid: PointGrid;
  readonly #field: Field;
  /** Per device: the answer of its last search, where it was then, and the square of how far it may move from there. */
  readonly #point: Int32Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #reachSquare: Float64Array;

  constructor(grid: PointGrid, field: Field) {
    const devices = field.x.length;
    this.#grid = grid;
    this.#field = field;
    this.#point = new Int32Array(devices);
    this.#x = new Float64Array(devices);
    this.#y = new Float64Array(devices);
    this.#reachSquare = new Float64Array(devices);
  }

  /** Forgets all answers, as the points have changed. */
  reset(): void {
    this.#reachSquare.fill(0);
  }

  /** Number of the point nearest to a device; −1 without points. */
  nearest(device: number): number {
    const dx = this.#field.x[device] - this.#x[device];
    const dy = this.#field.y[device] - this.#y[device];
    if (dx * dx + dy * dy >= this.#reachSquare[device]) this.#search(device);
    return this.#point[device];
  }

  #search(device: number): void {
    const grid = this.#grid;
    const x = this.#field.x[device];
    const y = this.#field.y[device];
    this.#point[device] = grid.nearest(x, y);
    this.#x[device] = x;
    this.#y[device] = y;
    // A little less than half of the difference, so that no rounding error can change the answer.
    const reach = 0.4999 * (Math.sqrt(grid.nextSquare) - Math.sqrt(grid.nearestSquare)) - 1e-9;
    this.#reachSquare[device] = reach > 0 ? reach * reach : 0;
  }
}
