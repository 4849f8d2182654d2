/** Who has most room: a tournament over free steps, an update O(log n), ties to the lowest number. */
export class FreeTree {
  readonly #free: Float64Array;
  /** Winners of the pairs, the final at 1; the leaves begin at `#leaves`. */
  readonly #winner: Int32Array;
  readonly #leaves: number;

  /** @param free what is compared; {@link update} is told of every change of an entry */
  constructor(free: Float64Array) {
    this.#free = free;
    let leaves = 1;
    while (leaves < free.length) leaves *= 2;
    this.#leaves = leaves;
    this.#winner = new Int32Array(2 * leaves).fill(-1);
    free.forEach((_value, index) => (this.#winner[leaves + index] = index));
    this.rebuild();
  }

  /** Number with the largest entry, the lowest of equal ones. */
  get most(): number {
    return this.#winner[1];
  }

  /** Plays all matches again. */
  rebuild(): void {
    for (let node = this.#leaves - 1; node >= 1; node--) this.#play(node);
  }

  update(index: number): void {
    for (let node = (this.#leaves + index) >> 1; node >= 1; node >>= 1) this.#play(node);
  }

  #play(node: number): void {
    const left = this.#winner[2 * node];
    const right = this.#winner[2 * node + 1];
    this.#winner[node] = right < 0 || this.#free[left] >= this.#free[right] ? left : right;
  }
}
