/**
 * Weights whose sums stand in a complete binary tree, so that one is drawn in proportion to its weight, or changed, in
 * O(log n) (Schaul et al. 2016, appendix B.2.1).
 */
export class SumTree {
  /** Leaves: the next power of two. */
  readonly #leaves: number;
  /** Node k has the children 2k and 2k + 1; the root is 1, the first leaf `#leaves`. */
  readonly #sums: Float64Array;

  constructor(readonly capacity: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(capacity));
    this.#sums = new Float64Array(2 * this.#leaves);
  }

  get total(): number {
    return this.#sums[1];
  }

  get(index: number): number {
    return this.#sums[this.#leaves + index];
  }

  /** Sums are added up anew from below, so that rounding does not accumulate. */
  set(index: number, weight: number): void {
    const sums = this.#sums;
    let node = this.#leaves + index;
    sums[node] = weight;
    while (node > 1) {
      node >>>= 1;
      sums[node] = sums[2 * node] + sums[2 * node + 1];
    }
  }

  /** @returns the index whose part of [0, total) holds `point`; never one of weight 0 while another has more */
  find(point: number): number {
    const sums = this.#sums;
    let node = 1;
    let rest = point;
    while (node < this.#leaves) {
      node *= 2;
      if (rest < sums[node] || sums[node + 1] === 0) continue;
      rest -= sums[node];
      node++;
    }
    return node - this.#leaves;
  }
}
