import { InvalidInputError } from '../errors/index.js';
import type { Field, Mobility } from './mobility.js';

/** Recorded positions of one kind of device, one entry per device and step that was seen, in any order. */
export interface PositionTrace {
  /** Step, from 0. */
  readonly step: ArrayLike<number>;
  /** Number of the device within its kind, from 0. */
  readonly device: ArrayLike<number>;
  readonly xM: ArrayLike<number>;
  readonly yM: ArrayLike<number>;
}

/** Plays recorded positions; a missing one is the last known, and before the first one the first. */
export class TraceMobility implements Mobility {
  readonly moves = true;
  readonly #trace: PositionTrace;
  readonly #rows: number[];
  #next = 0;

  /**
   * @param devices how many devices need a position
   * @throws InvalidInputError if a device has no position at all
   */
  constructor(trace: PositionTrace, devices: number, kind: string) {
    this.#trace = trace;
    this.#rows = Array.from({ length: trace.step.length }, (_, row) => row).sort(
      (a, b) => trace.step[a] - trace.step[b] || a - b,
    );
    const seen = new Set(Array.from(trace.device));
    const missing = Array.from({ length: devices }, (_, device) => device).filter(
      (device) => !seen.has(device),
    );
    if (missing.length > 0) {
      const names = missing.slice(0, 5).map((device) => `${kind}-${device}`);
      throw new InvalidInputError('recorded positions', [
        {
          path: `${kind}s`,
          message: `no position for ${names.join(', ')}${missing.length > 5 ? ', …' : ''}`,
        },
      ]);
    }
  }

  reset(field: Field): void {
    const { device, xM, yM } = this.#trace;
    for (let at = this.#rows.length - 1; at >= 0; at--) {
      const row = this.#rows[at];
      field.x[device[row]] = xM[row];
      field.y[device[row]] = yM[row];
    }
    this.#next = 0;
    this.move(field, 0);
  }

  move(field: Field, step: number): void {
    const { device, xM, yM, step: steps } = this.#trace;
    for (; this.#next < this.#rows.length; this.#next++) {
      const row = this.#rows[this.#next];
      if (steps[row] > step) break;
      field.x[device[row]] = xM[row];
      field.y[device[row]] = yM[row];
    }
  }

  snapshot(): number[] {
    return [this.#next];
  }

  restore(state: readonly number[]): void {
    this.#next = state[0];
  }
}
