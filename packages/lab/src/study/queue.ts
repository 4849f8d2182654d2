import { InternalError, InvalidInputError } from '@metalore/core/errors';
import { Queue, QueueEvents, Worker } from 'bullmq';
import type { ConnectionOptions, Job } from 'bullmq';
import { Piscina } from 'piscina';
import { version } from '../results/manifest.js';
import { reviveError } from '../work/plain-error.js';
import { workerFile } from '../work/pool.js';
import type { PendingTask, RunTasks } from '../work/pool.js';
import type { WorkerAnswer } from '../work/answer.js';

interface TaskData {
  readonly name: string;
  readonly payload: unknown;
}

/** Only workers of the same version compute: another might give other bytes. */
export const QUEUE = `metalore-${version}`;

/** A task that has outlived so many workers is taken for their murderer. */
const MAX_DEATHS = 5;
const KEEP_RESULT_S = 7 * 86_400;
const CONNECT_MS = 5000;

/**
 * Tasks on a Redis queue, computed by `metalore worker` on any number of machines. A task is a job named by its key, so a
 * task that is already waiting, running or done, for whomever, is not queued again.
 *
 * @param url `redis://host:port`
 * @throws InvalidInputError if nothing answers there
 */
export function onQueue(url: string, signal: AbortSignal): RunTasks {
  return async ({ name }, tasks, onResult) => {
    const queue = new Queue<TaskData, WorkerAnswer>(QUEUE, { connection: await connectionTo(url) });
    const events = new QueueEvents(QUEUE, { connection: await connectionTo(url) });
    queue.setMaxListeners(0); // every task listens for its end
    events.setMaxListeners(0);
    let handedOver = Promise.resolve();
    try {
      await events.waitUntilReady();
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      const all = tasks.map(async (task, position) => {
        const { job, answer } = await answerOf(queue, events, name, task);
        if ('error' in answer) throw reviveError(answer.error);
        handedOver = handedOver.then(() => onResult(position, answer.result));
        await handedOver;
        await job.remove();
      });
      signal.throwIfAborted();
      await Promise.race([Promise.all(all), aborted]);
    } finally {
      await handedOver.catch(() => undefined);
      await Promise.all([queue.close(), events.close()]);
    }
  };
}

async function answerOf(
  queue: Queue<TaskData, WorkerAnswer>,
  events: QueueEvents,
  name: string,
  task: PendingTask,
): Promise<{ job: Job<TaskData, WorkerAnswer>; answer: WorkerAnswer }> {
  const earlier = await queue.getJob(task.key);
  if (earlier !== undefined && (await earlier.isFailed())) await earlier.remove();
  const job = await queue.add(
    name,
    { name, payload: task.payload },
    { jobId: task.key, removeOnComplete: { age: KEEP_RESULT_S }, removeOnFail: { age: KEEP_RESULT_S } },
  );
  try {
    const answer: WorkerAnswer = await job.waitUntilFinished(events);
    return { job, answer };
  } catch (cause) {
    throw new InternalError(`a worker failed: ${(cause as Error).message}`, { cause });
  }
}

/** How a worker serves a queue. */
export interface ServeOptions {
  /** Tasks at a time, each on a thread of its own, so that a long one does not keep the process from saying that it lives. */
  readonly threads: number;
  /** A worker that has not said for so long that it lives is taken for dead, and its task is given to another; ms. */
  readonly leaseMs: number;
  /** Called when it is listening. */
  readonly onReady: () => void;
  readonly onTask: (key: string, seconds: number) => void;
  /** Told what goes wrong between worker and queue; it goes on trying, and a task cut off is given out again. */
  readonly onTrouble: (message: string) => void;
}

/** Computes tasks of a queue until `signal`, then finishes what it has begun. */
export async function serveQueue(url: string, signal: AbortSignal, options: ServeOptions): Promise<void> {
  const { threads, leaseMs } = options;
  const connection = await connectionTo(url);
  const pool = new Piscina({
    filename: workerFile(),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
  });
  const worker = new Worker<TaskData, WorkerAnswer>(
    QUEUE,
    async (job) => {
      const start = performance.now();
      const answer = (await pool.run(job.data)) as WorkerAnswer;
      options.onTask(job.id ?? '', (performance.now() - start) / 1000);
      return answer;
    },
    {
      connection,
      concurrency: threads,
      lockDuration: Math.round(leaseMs),
      stalledInterval: Math.round(leaseMs / 3),
      maxStalledCount: MAX_DEATHS,
    },
  );
  worker.on('error', (error) => options.onTrouble(error.message));
  await worker.waitUntilReady();
  options.onReady();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await worker.close();
  await pool.destroy();
}

/** @throws InvalidInputError unless it is the address of a Redis server that answers */
async function connectionTo(url: string): Promise<ConnectionOptions> {
  const refuse = (message: string, cause?: unknown) =>
    new InvalidInputError('queue', [{ path: url, message }], { cause });
  if (!/^rediss?:\/\/[^/]/.test(url)) throw refuse('is not an address of the form redis://host:port');
  const { Redis } = await import('ioredis');
  const probe = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason = '';
  probe.on('error', (error: Error) => (reason = error.message));
  try {
    await probe.connect();
    await probe.ping();
  } catch (cause) {
    throw refuse(`no Redis server answers there (${reason || (cause as Error).message})`, cause);
  } finally {
    probe.disconnect();
  }
  return { url, maxRetriesPerRequest: null };
}
