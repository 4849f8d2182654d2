import { setTimeout } from 'node:timers/promises';
import { InternalError } from '@metalore/core/errors';
import { Queue } from 'bullmq';
import type { Job } from 'bullmq';
import { version } from '../results/manifest.js';
import { note } from '../terminal/output.js';
import { reviveError } from '../work/plain-error.js';
import type { PendingTask, RunTasks } from '../work/pool.js';
import type { WorkerAnswer } from '../work/answer.js';
import { currentModules, type ModuleValue } from '../io/modules.js';
import { programHash } from './program.js';
import { connectRedis } from './redis.js';

/** What a worker is given. */
export interface TaskData {
  readonly name: string;
  readonly payload: unknown;
  /** The user's modules that it computes with. */
  readonly modules: readonly ModuleValue[];
}

/** Only workers of the same build compute: another might give other bytes. */
export const QUEUE = `metalore-${version}-${programHash().slice(0, 12)}`;

const KEEP_RESULT_S = 7 * 86_400;
/** Tasks that stand in the queue at a time; more would fill its memory and tell nobody anything. */
const WINDOW = 256;
/** Between two looks at what has become of them, ms; nothing new makes it longer. */
const LOOK_MS = 100;
const LOOK_AT_MOST_MS = 1000;

/**
 * Tasks on a Redis queue, computed by `metalore worker` on any number of machines. A task is a job named by its key, so a
 * task that is already waiting, running or done, for whomever, is not queued again. What has become of them is looked up, again
 * and again: a server that was away, restarted or emptied gets what it no longer knows once more.
 *
 * @param url `redis://host:port`
 * @throws InvalidInputError if nothing answers there
 */
export function onQueue(url: string, signal: AbortSignal): RunTasks {
  return async ({ name }, tasks, onResult) => {
    const connection = await connectRedis(url, note);
    const queue = new Queue<TaskData, WorkerAnswer>(QUEUE, { connection });
    // said by the connection itself
    queue.on('error', () => undefined);
    let isAborted = false;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener(
        'abort',
        () => {
          isAborted = true;
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
    aborted.catch(() => undefined);
    try {
      signal.throwIfAborted();
      await Promise.race([collect(new Outstanding(queue, name, tasks), onResult, () => isAborted), aborted]);
    } finally {
      // at once, also from a server that does not answer
      connection.disconnect();
    }
  };
}

async function collect(
  outstanding: Outstanding,
  onResult: (position: number, result: unknown) => unknown,
  isAborted: () => boolean,
): Promise<void> {
  let wait = LOOK_MS;
  while (!isAborted() && !outstanding.isEmpty) {
    const done = await outstanding.look();
    for (const { position, job, answer } of done) {
      if (isAborted()) return;
      if ('error' in answer) throw reviveError(answer.error);
      await onResult(position, answer.result);
      await job.remove();
    }
    wait = done.length > 0 ? LOOK_MS : Math.min(LOOK_AT_MOST_MS, 1.5 * wait);
    if (!outstanding.isEmpty) await setTimeout(wait);
  }
}

interface Done {
  readonly position: number;
  readonly job: Job<TaskData, WorkerAnswer>;
  readonly answer: WorkerAnswer;
}

/** Tasks of which some stand in the queue, and the rest will. */
class Outstanding {
  readonly #queue: Queue<TaskData, WorkerAnswer>;
  readonly #name: string;
  readonly #tasks: readonly PendingTask[];
  /** Positions of those that stand in the queue. */
  readonly #queued = new Set<number>();
  #next = 0;

  constructor(queue: Queue<TaskData, WorkerAnswer>, name: string, tasks: readonly PendingTask[]) {
    this.#queue = queue;
    this.#name = name;
    this.#tasks = tasks;
  }

  get isEmpty(): boolean {
    return this.#queued.size === 0 && this.#next === this.#tasks.length;
  }

  /** Fills the window, and takes out what is done. */
  async look(): Promise<Done[]> {
    while (this.#next < this.#tasks.length && this.#queued.size < WINDOW) {
      await this.#add(this.#next, true);
      this.#queued.add(this.#next++);
    }
    const looked = await Promise.all([...this.#queued].map((position) => this.#becameOf(position)));
    const lost = looked.filter(({ job }) => job === undefined);
    for (const { position } of lost) await this.#add(position, false);
    if (lost.length > 0) note(`the queue had lost ${lost.length} cells; they are put back`);
    const done = looked.flatMap(({ position, job, answer }) =>
      job && answer ? [{ position, job, answer }] : [],
    );
    for (const { position } of done) this.#queued.delete(position);
    return done;
  }

  async #becameOf(
    position: number,
  ): Promise<{ position: number; job?: Job<TaskData, WorkerAnswer>; answer?: WorkerAnswer }> {
    const job = (await this.#queue.getJob(this.#tasks[position].key)) as
      Job<TaskData, WorkerAnswer> | undefined;
    if (job === undefined) return { position };
    // a job is read as a whole: both are of the same moment
    if (job.failedReason && job.finishedOn !== undefined) {
      throw new InternalError(`a worker failed: ${job.failedReason}`);
    }
    return job.finishedOn === undefined ? { position, job } : { position, job, answer: job.returnvalue };
  }

  /** @param isFirst what failed for an earlier study is tried anew */
  async #add(position: number, isFirst: boolean): Promise<void> {
    const { key, payload } = this.#tasks[position];
    if (isFirst) {
      const earlier = await this.#queue.getJob(key);
      if (earlier !== undefined && (await earlier.isFailed())) await earlier.remove();
    }
    await this.#queue.add(
      this.#name,
      { name: this.#name, payload, modules: currentModules() },
      { jobId: key, removeOnComplete: { age: KEEP_RESULT_S }, removeOnFail: { age: KEEP_RESULT_S } },
    );
  }
}
