/** Things by small numbers, which jobs carry; a number that was given back is given out again. */
export class Slots<Item> {
  readonly #items: (Item | undefined)[] = [];
  readonly #free: number[] = [];

  /** Number of items kept. */
  get size(): number {
    return this.#items.length - this.#free.length;
  }

  put(item: Item): number {
    const slot = this.#free.pop() ?? this.#items.length;
    this.#items[slot] = item;
    return slot;
  }

  peek(slot: number): Item {
    return this.#items[slot] as Item;
  }

  take(slot: number): Item {
    const item = this.#items[slot] as Item;
    this.#items[slot] = undefined;
    this.#free.push(slot);
    return item;
  }

  *values(): Iterable<Item> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }
}
