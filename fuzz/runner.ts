import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { TARGETS } from './targets.js';
import type { Finding, WorkerTask } from './worker.js';

/** An input that takes longer hangs, ms. */
const HANG_MS = 2000;
const MEMORY_MB = 1500;

/** A worker that is begun again where it hangs or falls. */
export class Runner {
  readonly progress = new Int32Array(new SharedArrayBuffer(4 * (TARGETS.length + 2)));
  readonly #begun = new Float64Array(new SharedArrayBuffer(8));
  #worker: Worker;

  constructor(
    readonly seed: number,
    readonly number: number,
    readonly workers: number,
    readonly targets: readonly number[],
    readonly note: (finding: Finding) => void,
  ) {
    this.#worker = this.#start();
  }

  /** Ends an input that takes too long, and goes on with the next. */
  async look(): Promise<void> {
    if (Atomics.load(this.progress, TARGETS.length + 1) === 0 || Date.now() - this.#begun[0] < HANG_MS)
      return;
    await this.#worker.terminate();
    this.#skip('hang', `longer than ${HANG_MS} ms`);
    this.#worker = this.#start();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #start(): Worker {
    const { seed, number, workers, targets, progress } = this;
    const task: WorkerTask = { seed, number, workers, targets, progress, begun: this.#begun };
    const worker = new Worker(fileURLToPath(new URL('worker.js', import.meta.url)), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    worker.on('message', this.note);
    worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#skip(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', inspect(error));
      this.#worker = this.#start();
    });
    return worker;
  }

  #skip(kind: Finding['kind'], message: string): void {
    const target = this.progress[TARGETS.length];
    const input = this.progress[target] * this.workers + this.number;
    this.note({ kind, message, target, input });
    this.progress[target]++;
    Atomics.store(this.progress, TARGETS.length + 1, 0);
  }
}
