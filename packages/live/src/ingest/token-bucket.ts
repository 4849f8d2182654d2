/**
 * Lets at most `rate()` messages a second through, with a reserve of one tenth of a second; the others wait in order of
 * arrival, and so does whoever sends them, as nothing is acknowledged before.
 */
export class TokenBucket {
  #tokens = 1;
  #refilled: number;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param rate messages a second now, >= 0 */
  constructor(
    readonly rate: () => number,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#refilled = now();
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when a message may pass. */
  take(): Promise<void> {
    if (this.#waiting.length === 0 && this.#refill() >= 1) {
      this.#tokens--;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#timer ??= setTimeout(this.#drain, 5).unref();
    });
  }

  readonly #drain = (): void => {
    this.#timer = undefined;
    const passing = Math.min(Math.floor(this.#refill()), this.#waiting.length);
    this.#tokens -= passing;
    for (const resolve of this.#waiting.splice(0, passing)) resolve();
    if (this.#waiting.length > 0) this.#timer = setTimeout(this.#drain, 5).unref();
  };

  #refill(): number {
    const now = this.now();
    const rate = this.rate();
    this.#tokens = Math.min(Math.max(1, rate / 10), this.#tokens + ((now - this.#refilled) / 1000) * rate);
    this.#refilled = now;
    return this.#tokens;
  }
}
