/**
 * A level with a slope, followed by a Kalman filter whose noise is learned from its own residuals: the process noise is in
 * fixed proportion to the measurement noise, so only one scale is unknown. Predictions between updates, and the residual
 * that shows injected data (paper 002, fourth, section II-D), come from the same filter. Times in s.
 */
export interface KalmanState {
  t: number;
  level: number;
  slope: number;
  /** Covariance of level and slope, in units of the measurement variance: p00, p01, p11. */
  p00: number;
  p01: number;
  p11: number;
  /** Measurement variance, and residuals it was learned from. */
  variance: number;
  count: number;
}

/** What a filter says of a moment. */
export interface Prediction {
  readonly value: number;
  /** Standard deviation of a measurement then. */
  readonly sd: number;
}

/** Variance of the slope's random walk, per s³, over the measurement's: how fast a trend may turn. */
const SLOPE_NOISE = 1e-3;
/** Share of the newest residual in the learned variance once many are known. */
const FORGETTING = 0.02;
/** Residuals beyond this many standard deviations teach nothing: an outlier must not make its like look normal. */
const OUTLIER = 4;

export function startKalman(t: number, value: number): KalmanState {
  return { t, level: value, slope: 0, p00: 1, p01: 0, p11: 1, variance: 0, count: 0 };
}

/** Level and covariance after `dt` seconds without a measurement. */
function propagated({ level, slope, p00, p01, p11 }: KalmanState, dt: number) {
  return {
    level: level + slope * dt,
    p00: p00 + 2 * dt * p01 + dt * dt * p11 + (SLOPE_NOISE * dt ** 3) / 3,
    p01: p01 + dt * p11 + (SLOPE_NOISE * dt ** 2) / 2,
    p11: p11 + SLOPE_NOISE * dt,
  };
}

/** The value at `t` and how sure it is. */
export function predict(state: KalmanState, t: number): Prediction {
  const ahead = propagated(state, Math.max(0, t - state.t));
  return { value: ahead.level, sd: Math.sqrt(state.variance * (ahead.p00 + 1)) };
}

/**
 * Takes a measurement in.
 *
 * @param t s, not before the last one
 * @returns the residual in standard deviations; 0 while the variance is not yet known
 */
export function update(state: KalmanState, t: number, value: number): number {
  const { level, p00, p01, p11 } = propagated(state, Math.max(0, t - state.t));
  const s = p00 + 1;
  const residual = value - level;
  const normalised = (residual * residual) / s;
  const score = state.variance > 0 && state.count >= 8 ? residual / Math.sqrt(state.variance * s) : 0;
  state.t = t;
  if (Math.abs(score) <= OUTLIER) {
    state.count++;
    state.variance += (normalised - state.variance) * Math.max(1 / state.count, FORGETTING);
  }
  // An outlier moves the level as far as the border does, so that a lasting change is followed at last.
  const weight = Math.abs(score) > OUTLIER ? OUTLIER / Math.abs(score) : 1;
  const k0 = p00 / s;
  const k1 = p01 / s;
  state.level = level + k0 * residual * weight;
  state.slope += k1 * residual * weight;
  state.p00 = p00 - k0 * p00;
  state.p01 = p01 - k0 * p01;
  state.p11 = p11 - k1 * p01;
  return score;
}
