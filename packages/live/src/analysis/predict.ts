import { predict, startKalman, update } from './kalman.js';

/** How a value is predicted between updates. */
export const PREDICTORS = ['hold', 'linear', 'kalman'] as const;
export type Predictor = (typeof PREDICTORS)[number];

/** A measured value. */
export interface Measured {
  /** ms since 1970 */
  readonly t: number;
  readonly value: unknown;
}

/** A predicted value. */
export interface PredictedValue {
  readonly value: number;
  /** Standard deviation, growing with age; null while too little is known. */
  readonly sd: number | null;
  readonly ageS: number;
}

/**
 * What a property is likely to be at a time, from its last values.
 *
 * hold: the last value; its uncertainty is that of a random walk with the steps that were seen. linear: the line through
 * the last two values, with the errors that such lines made before. kalman: a level with a slope.
 *
 * @param points in order of time
 * @param at ms since 1970
 * @returns undefined if the last value is no number
 */
export function predictProperty(
  points: readonly Measured[],
  model: Predictor,
  at: number,
): PredictedValue | undefined {
  const numbers = points.filter(
    (point): point is { t: number; value: number } => typeof point.value === 'number',
  );
  const last = numbers.at(-1);
  if (last === undefined || last !== points.at(-1)) return undefined;
  const ageS = (at - last.t) / 1000;
  const ahead = Math.max(0, ageS);
  if (model === 'kalman') {
    const state = startKalman(numbers[0].t / 1000, numbers[0].value);
    for (const { t, value } of numbers.slice(1)) update(state, t / 1000, value);
    const { value, sd } = predict(state, at / 1000);
    return { value, sd: state.count < 2 ? null : sd, ageS };
  }
  const errors = model === 'hold' ? holdErrors(numbers) : linearErrors(numbers);
  const sd = errors.length < 2 ? null : Math.sqrt(mean(errors) * ahead);
  return { value: model === 'hold' ? last.value : lineAt(numbers, ahead), sd, ageS };
}

/** Squared steps over their lengths, per s. */
function holdErrors(points: readonly { t: number; value: number }[]): number[] {
  const errors: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const dt = (points[i].t - points[i - 1].t) / 1000;
    if (dt > 0) errors.push((points[i].value - points[i - 1].value) ** 2 / dt);
  }
  return errors;
}

/** Squared errors of lines through two values at the third, per s. */
function linearErrors(points: readonly { t: number; value: number }[]): number[] {
  const errors: number[] = [];
  for (let i = 2; i < points.length; i++) {
    const dt = (points[i].t - points[i - 1].t) / 1000;
    if (dt > 0) errors.push((points[i].value - lineAt(points.slice(i - 2, i), dt)) ** 2 / dt);
  }
  return errors;
}

/** The line through the last two values, `ahead` seconds after the last one. */
function lineAt(points: readonly { t: number; value: number }[], ahead: number): number {
  const [before, last] = points.length < 2 ? [points[0], points[0]] : points.slice(-2);
  const dt = (last.t - before.t) / 1000;
  return dt > 0 ? last.value + ((last.value - before.value) / dt) * ahead : last.value;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
