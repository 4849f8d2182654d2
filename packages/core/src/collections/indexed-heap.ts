/**
 * Minimum heap of item numbers 0 … capacity − 1, ordered by (key, number), that knows where each item is, so any item can
 * be re-keyed or removed in O(log n). Allocates only when made.
 */
export class IndexedHeap {
  readonly #items: Int32Array;
  readonly #position: Int32Array;
  readonly #key: Float64Array;
  #size = 0;

  /** @param capacity items are numbered below this */
  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
    this.#position = new Int32Array(capacity).fill(-1);
    this.#key = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  has(item: number): boolean {
    return this.#position[item] >= 0;
  }

  /** Item with the smallest (key, number); −1 if there is none. */
  peek(): number {
    return this.#size === 0 ? -1 : this.#items[0];
  }

  /** Adds the item, or gives it another key. */
  set(item: number, key: number): void {
    let at = this.#position[item];
    if (at < 0) {
      at = this.#size++;
      this.#key[item] = key;
      this.#up(item, at);
      return;
    }
    const old = this.#key[item];
    this.#key[item] = key;
    if (key < old) this.#up(item, at);
    else if (key > old) this.#down(item, at);
  }

  /** Removes and returns {@link peek}. */
  pop(): number {
    const item = this.peek();
    if (item >= 0) this.remove(item);
    return item;
  }

  remove(item: number): void {
    const at = this.#position[item];
    if (at < 0) return;
    this.#position[item] = -1;
    const last = this.#items[--this.#size];
    if (at === this.#size) return;
    if (this.#isLess(last, item)) this.#up(last, at);
    else this.#down(last, at);
  }

  keyOf(item: number): number {
    return this.#key[item];
  }

  #isLess(a: number, b: number): boolean {
    const keyA = this.#key[a];
    const keyB = this.#key[b];
    return keyA < keyB || (keyA === keyB && a < b);
  }

  #up(item: number, at: number): void {
    const items = this.#items;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = items[parentAt];
      if (!this.#isLess(item, parent)) break;
      items[at] = parent;
      this.#position[parent] = at;
      at = parentAt;
    }
    items[at] = item;
    this.#position[item] = at;
  }

  #down(item: number, at: number): void {
    const items = this.#items;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= this.#size) break;
      if (childAt + 1 < this.#size && this.#isLess(items[childAt + 1], items[childAt])) childAt++;
      const child = items[childAt];
      if (!this.#isLess(child, item)) break;
      items[at] = child;
      this.#position[child] = at;
      at = childAt;
    }
    items[at] = item;
    this.#position[item] = at;
  }
}
