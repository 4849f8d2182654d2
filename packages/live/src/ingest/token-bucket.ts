/**
 * Lets at most `rate()` a second through, messages or bytes, with a reserve of one tenth of a second; the others wait in order
 * of arrival, and so does whoever sends them, as nothing is acknowledged before. What is larger than the reserve passes when that
 * is full, and is paid for afterwards.
 */
export class TokenBucket {
  #tokens = 1;
  #refilled: number;
  readonly #waiting: { readonly amount: number; readonly pass: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param rate a second now, >= 0 */
  constructor(
    readonly rate: () => number,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#refilled = now();
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when this much may pass. */
  take(amount = 1): Promise<void> {
    if (this.#waiting.length === 0 && this.#passes(amount)) return Promise.resolve();
    return new Promise((pass) => {
      this.#waiting.push({ amount, pass });
      this.#timer ??= setTimeout(this.#drain, 5).unref();
    });
  }

  readonly #drain = (): void => {
    this.#timer = undefined;
    let passed = 0;
    while (passed < this.#waiting.length && this.#passes(this.#waiting[passed].amount)) passed++;
    for (const { pass } of this.#waiting.splice(0, passed)) pass();
    if (this.#waiting.length > 0) this.#timer = setTimeout(this.#drain, 5).unref();
  };

  #passes(amount: number): boolean {
    const now = this.now();
    const rate = this.rate();
    const reserve = Math.max(1, rate / 10);
    this.#tokens = Math.min(reserve, this.#tokens + ((now - this.#refilled) / 1000) * rate);
    this.#refilled = now;
    if (this.#tokens < Math.min(amount, reserve)) return false;
    this.#tokens -= amount;
    return true;
  }
}
