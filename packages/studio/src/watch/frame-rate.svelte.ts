const WINDOW_MS = 1000;

/** Frames drawn in the last second. */
class FrameRate {
  /** Frames a second; 0 while nothing moves. */
  value = $state(0);
  #since = 0;
  #frames = 0;

  count(now: number): void {
    const elapsed = now - this.#since;
    this.#frames++;
    if (elapsed < WINDOW_MS) return;
    if (elapsed < 2 * WINDOW_MS) this.value = Math.round((this.#frames * 1000) / elapsed);
    this.#since = now;
    this.#frames = 0;
  }
}

export const frameRate = new FrameRate();
