/** Numbers of a state: x, y, m, and their velocities, m/step. */
const SIZE = 4;
/** Squared standard deviations beyond which a number is an outlier: few snapshots at times show a direction that is none. */
const GATE = 9;

/**
 * A Kalman filter for a target that moves in a plane with nearly constant velocity: white acceleration of spectral density
 * `accelerationM2` (m² per step³) drives it, and each measurement is a direction and a range from a known place. What lies
 * beyond three standard deviations of what is expected is left out.
 */
export class PositionFilter {
  /** Step of the last measurement; −1 before the first. */
  step = -1;
  readonly #state = new Float64Array(SIZE);
  readonly #covariance = new Float64Array(SIZE * SIZE);
  readonly #gain = new Float64Array(SIZE);
  readonly #scratch = new Float64Array(SIZE * SIZE);

  /** @param speedMps standard deviation of each part of the first velocity, m/step */
  constructor(
    readonly accelerationM2: number,
    readonly speedMps: number,
  ) {}

  /** Position expected at `step`, m, not before that of the last measurement. */
  predict(step: number): readonly [x: number, y: number] {
    const elapsed = step - this.step;
    const [x, y, vx, vy] = this.#state;
    return [x + elapsed * vx, y + elapsed * vy];
  }

  /**
   * Takes in a measured position. One that is older than the last is left out.
   *
   * @param bearing direction from the sensor to the target, rad
   * @param alongM standard deviation along that direction @param acrossM and across it
   */
  measure(step: number, x: number, y: number, bearing: number, alongM: number, acrossM: number): void {
    if (step < this.step) return;
    if (this.step === -1) this.#begin(step, x, y, alongM + acrossM);
    this.#advance(step);
    const [cosine, sine] = [Math.cos(bearing), Math.sin(bearing)];
    this.#correct(cosine, sine, cosine * x + sine * y, alongM * alongM);
    this.#correct(-sine, cosine, cosine * y - sine * x, acrossM * acrossM);
  }

  /** Variances of x and y, m². */
  get variances(): readonly [x: number, y: number] {
    return [this.#covariance[0], this.#covariance[SIZE + 1]];
  }

  #begin(step: number, x: number, y: number, spreadM: number): void {
    this.step = step;
    this.#state.set([x, y, 0, 0]);
    // wide: the first measurement decides
    const far = 1e4 * spreadM * spreadM;
    const speed = this.speedMps * this.speedMps;
    [far, far, speed, speed].forEach((value, k) => (this.#covariance[k * SIZE + k] = value));
  }

  /** x ← F x, P ← F P Fᵀ + Q. */
  #advance(step: number): void {
    const t = step - this.step;
    this.step = step;
    if (t === 0) return;
    const [state, p, next] = [this.#state, this.#covariance, this.#scratch];
    for (let k = 0; k < 2; k++) state[k] += t * state[k + 2];
    const at = (row: number, column: number): number => p[row * SIZE + column];
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const [v, w] = [row < 2, column < 2];
        next[row * SIZE + column] =
          at(row, column) +
          (v ? t * at(row + 2, column) : 0) +
          (w ? t * at(row, column + 2) : 0) +
          (v && w ? t * t * at(row + 2, column + 2) : 0);
      }
    }
    const q = this.accelerationM2;
    for (let k = 0; k < 2; k++) {
      next[k * SIZE + k] += (q * t * t * t) / 3;
      next[k * SIZE + k + 2] += (q * t * t) / 2;
      next[(k + 2) * SIZE + k] += (q * t * t) / 2;
      next[(k + 2) * SIZE + k + 2] += q * t;
    }
    p.set(next);
  }

  /** One number that is a product of the position: z = a x + b y + noise. */
  #correct(a: number, b: number, z: number, variance: number): void {
    const [state, p, gain] = [this.#state, this.#covariance, this.#gain];
    for (let k = 0; k < SIZE; k++) gain[k] = a * p[k * SIZE] + b * p[k * SIZE + 1];
    const spread = a * gain[0] + b * gain[1] + variance;
    const error = z - a * state[0] - b * state[1];
    if (error * error > GATE * spread) return;
    for (let k = 0; k < SIZE; k++) state[k] += (gain[k] / spread) * error;
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        p[row * SIZE + column] -= (gain[row] * gain[column]) / spread;
      }
    }
  }
}
