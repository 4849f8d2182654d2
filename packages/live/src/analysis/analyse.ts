import { startKalman, update } from './kalman.js';
import { predictProperty, type Measured } from './predict.js';

/** What can be asked for on demand (paper 002, fourth of its four papers, section II: requests to the AI). */
export const ANALYSES = ['anomaly', 'forecast'] as const;
export type AnalysisKind = (typeof ANALYSES)[number];

/** The value that fits worst among the last ones. */
export interface AnomalyResult {
  /** How many values were looked at. */
  readonly values: number;
  /** Largest residual of the filter, standard deviations. */
  readonly score: number;
  /** When that value was measured, ms since 1970. */
  readonly at: number;
}

/** What a value is likely to be some time from now. */
export interface ForecastResult {
  readonly horizonS: number;
  readonly value: number;
  /** Null while too little is known. */
  readonly sd: number | null;
}

/** @returns undefined where there are fewer than two numbers */
export function findAnomaly(points: readonly Measured[]): AnomalyResult | undefined {
  const numbers = points.flatMap(({ t, value }) => (typeof value === 'number' ? [{ t, value }] : []));
  if (numbers.length < 2) return undefined;
  const state = startKalman(numbers[0].t / 1000, numbers[0].value);
  let worst = { score: 0, at: numbers[0].t };
  for (const { t, value } of numbers.slice(1)) {
    const score = update(state, t / 1000, value);
    if (Math.abs(score) > Math.abs(worst.score)) worst = { score, at: t };
  }
  return { values: numbers.length, ...worst };
}

/** @param now ms since 1970 @returns undefined where the last value is no number */
export function forecast(
  points: readonly Measured[],
  now: number,
  horizonS: number,
): ForecastResult | undefined {
  const predicted = predictProperty(points, 'kalman', now + horizonS * 1000);
  return predicted && { horizonS, value: predicted.value, sd: predicted.sd };
}
