/**
 * What the common digital twin knows of each sensor: the step in which its newest processed update was created. With an
 * inter-cell delay every cell has its own view, which the others' updates reach later.
 */
export class Twin {
  /** `Int32Array [views × sensors]`, −1 without any update. One view without delay, one per cell with it. */
  readonly #newest: Int32Array;
  /** Updates on their way to the other cells, in the order of their arrival: due step, sensor, created, origin. */
  #onTheWay: number[] = [];

  constructor(
    readonly sensors: number,
    readonly cells: number,
    readonly delaySteps: number,
  ) {
    this.#newest = new Int32Array((delaySteps > 0 ? cells : 1) * sensors).fill(-1);
  }

  reset(): void {
    this.#newest.fill(-1);
    this.#onTheWay = [];
  }

  /** Step of creation of the newest update of `sensor` that `cell` sees; −1 if none. */
  newest(cell: number, sensor: number): number {
    return this.#newest[(this.delaySteps > 0 ? cell * this.sensors : 0) + sensor];
  }

  /** Takes in an update that `cell` processed in `step`. */
  commit(cell: number, sensor: number, created: number, step: number): void {
    this.#learn(this.delaySteps > 0 ? cell : 0, sensor, created);
    if (this.delaySteps > 0 && this.cells > 1) {
      this.#onTheWay.push(step + this.delaySteps, sensor, created, cell);
    }
  }

  /** Delivers what is due at the beginning of `step`. */
  deliver(step: number): void {
    const queue = this.#onTheWay;
    let at = 0;
    for (; at < queue.length && queue[at] <= step; at += 4) {
      for (let cell = 0; cell < this.cells; cell++) {
        if (cell !== queue[at + 3]) this.#learn(cell, queue[at + 1], queue[at + 2]);
      }
    }
    if (at > 0) queue.splice(0, at);
  }

  #learn(view: number, sensor: number, created: number): void {
    const at = view * this.sensors + sensor;
    if (created > this.#newest[at]) this.#newest[at] = created;
  }

  snapshot(): number[][] {
    return [[...this.#newest], [...this.#onTheWay]];
  }

  restore([newest, onTheWay]: readonly number[][]): void {
    this.#newest.set(newest);
    this.#onTheWay = [...onTheWay];
  }
}
