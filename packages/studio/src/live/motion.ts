import { predict, startKalman, update, type KalmanState } from '@metalore/live/kalman';
import type { Place } from './place.js';

/** Where a thing probably is, between its updates. */
export interface Predicted extends Place {
  /** Radius of the halo: two standard deviations, m. */
  readonly radiusM: number;
}

/** Places after which a filter knows something of how a thing moves. */
const LEARNED = 3;
/** Standard deviations that the halo shows. */
const SHOWN_SD = 2;

/** How things move, by the server's own Kalman filter on each coordinate. */
export class Motions {
  readonly #states = new Map<string, readonly [KalmanState, KalmanState]>();

  /** @param t when the place was measured, ms since 1970 */
  observe(id: string, t: number, { xM, yM }: Place): void {
    const known = this.#states.get(id);
    if (known === undefined) this.#states.set(id, [startKalman(t / 1000, xM), startKalman(t / 1000, yM)]);
    else if (t / 1000 > known[0].t) {
      update(known[0], t / 1000, xM);
      update(known[1], t / 1000, yM);
    }
  }

  /** @param now ms since 1970; @returns undefined while too little is known, or where nothing moves */
  predict(id: string, now: number): Predicted | undefined {
    const [x, y] = this.#states.get(id) ?? [];
    if (x === undefined || y === undefined || x.count < LEARNED || x.variance + y.variance === 0) {
      return undefined;
    }
    const [east, north] = [predict(x, now / 1000), predict(y, now / 1000)];
    return { xM: east.value, yM: north.value, radiusM: SHOWN_SD * Math.max(east.sd, north.sd) };
  }

  forget(id: string): void {
    this.#states.delete(id);
  }

  clear(): void {
    this.#states.clear();
  }
}
