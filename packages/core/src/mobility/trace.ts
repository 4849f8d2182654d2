import { InvalidInputError } from '../errors/index.js';
import type { Field, Mobility } from './mobility.js';

/**
 * Recorded positions of one kind of device, one entry per device and step that was seen, in any order. An entry whose position
 * is NaN says that the device is away from that step on, until its next one.
 */
export interface PositionTrace {
  /** Step, from 0. */
  readonly step: ArrayLike<number>;
  /** Number of the device within its kind, from 0. */
  readonly device: ArrayLike<number>;
  readonly xM: ArrayLike<number>;
  readonly yM: ArrayLike<number>;
}

function hasNaN(values: ArrayLike<number>): boolean {
  for (let at = 0; at < values.length; at++) if (Number.isNaN(values[at])) return true;
  return false;
}

/** Plays recorded positions; a missing one is the last known, and before the first one the first. */
export class TraceMobility implements Mobility {
  readonly moves = true;
  readonly mayBeAway: boolean;
  readonly #trace: PositionTrace;
  readonly #rows: number[];
  #next = 0;

  /**
   * @param devices how many devices need a position
   * @throws InvalidInputError if a device has no position at all
   */
  constructor(trace: PositionTrace, devices: number, kind: string) {
    this.#trace = trace;
    this.mayBeAway = hasNaN(trace.xM);
    this.#rows = Array.from({ length: trace.step.length }, (_, row) => row).sort(
      (a, b) => trace.step[a] - trace.step[b] || a - b,
    );
    const seen = new Set(Array.from(trace.device).filter((_, row) => !Number.isNaN(trace.xM[row])));
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
      if (Number.isNaN(xM[row])) continue;
      field.x[device[row]] = xM[row];
      field.y[device[row]] = yM[row];
    }
    this.#next = 0;
    field.away?.fill(0);
    this.move(field, 0);
  }

  move(field: Field, step: number): void {
    const { device, xM, yM, step: steps } = this.#trace;
    for (; this.#next < this.#rows.length; this.#next++) {
      const row = this.#rows[this.#next];
      if (steps[row] > step) break;
      const isAway = Number.isNaN(xM[row]);
      if (field.away !== undefined) field.away[device[row]] = isAway ? 1 : 0;
      if (isAway) continue;
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
