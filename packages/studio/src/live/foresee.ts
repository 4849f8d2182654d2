import { predict, startKalman, update } from '@metalore/live/kalman';

/** What a value is likely to be at a time, ms since 1970. */
export interface Foreseen {
  readonly t: number;
  readonly value: number;
  /** Standard deviation. */
  readonly sd: number;
}

/** How far beyond the present, ms, and in how many moments. */
const AHEAD_MS = 10_000;
const MOMENTS = 24;
/** Values after which a filter knows how uncertain it is. */
const LEARNED = 8;

/** From the last value to a little beyond the present, by the server's own Kalman filter; empty where too little is known. */
export function foresee(
  points: readonly { readonly t: number; readonly value: number }[],
  now: number,
): Foreseen[] {
  const [first, ...rest] = points;
  if (first === undefined || rest.length < LEARNED) return [];
  const state = startKalman(first.t / 1000, first.value);
  for (const { t, value } of rest) update(state, t / 1000, value);
  const last = points[points.length - 1].t;
  const step = (Math.max(now, last) + AHEAD_MS - last) / MOMENTS;
  return Array.from({ length: MOMENTS }, (_, k) => {
    const t = last + (k + 1) * step;
    return { t, ...predict(state, t / 1000) };
  });
}
