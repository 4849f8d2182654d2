/** Requests that the cloud answers, by cell, in the order in which they came. */
export class CloudRequests {
  /** Per cell: job and due step, in turn. */
  readonly #cells: number[][];

  constructor(cells: number) {
    this.#cells = Array.from({ length: cells }, () => []);
  }

  add(cell: number, job: number, dueStep: number): void {
    this.#cells[cell].push(job, dueStep);
  }

  /** Requests of a cell that are not completed. */
  count(cell: number): number {
    return this.#cells[cell].length / 2;
  }

  /** The jobs of a cell, in order. */
  jobs(cell: number): number[] {
    return this.#cells[cell].filter((_, at) => at % 2 === 0);
  }

  /** Offers each request that is due to `complete`, and keeps those that it refuses. */
  take(cell: number, step: number, complete: (job: number) => boolean): void {
    const queue = this.#cells[cell];
    let kept = 0;
    for (let at = 0; at < queue.length; at += 2) {
      const [job, due] = [queue[at], queue[at + 1]];
      if (due <= step && complete(job)) continue;
      queue[kept++] = job;
      queue[kept++] = due;
    }
    queue.length = kept;
  }

  clear(): void {
    for (const queue of this.#cells) queue.length = 0;
  }

  snapshot(): number[][] {
    return this.#cells.map((queue) => [...queue]);
  }

  restore(state: readonly (readonly number[])[]): void {
    this.#cells.forEach((queue, cell) => {
      queue.length = 0;
      queue.push(...state[cell]);
    });
  }
}
