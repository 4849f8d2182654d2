import { setTimeout } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { Piscina } from 'piscina';
import { workerFile } from '../work/pool.js';
import type { WorkerAnswer } from '../work/answer.js';
import { QUEUE, type TaskData } from './queue.js';
import { connectRedis } from './redis.js';

/** A task that has outlived so many workers is taken for their murderer. */
const MAX_DEATHS = 5;
/** What is begun may end within this time after Ctrl-C, ms; what does not is given to another worker. */
const GRACE_MS = 1200;

/** How a worker serves a queue. */
export interface ServeOptions {
  /** Tasks at a time, each on a thread of its own, so that a long one does not keep the process from saying that it lives. */
  readonly threads: number;
  /** A worker that has not said for so long that it lives is taken for dead, and its task is given to another; ms. */
  readonly leaseMs: number;
  /** Called when it is listening. */
  readonly onReady: () => void;
  readonly onTask: (key: string, seconds: number, failed: boolean) => void;
  /** Told what goes wrong between worker and queue; it goes on trying, and a task cut off is given out again. */
  readonly onTrouble: (message: string) => void;
}

/** Computes tasks of a queue until `signal`; what it has begun and cannot end in a second is given out again. */
export async function serveQueue(url: string, signal: AbortSignal, options: ServeOptions): Promise<void> {
  const { threads, leaseMs } = options;
  const connection = await connectRedis(url, options.onTrouble);
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
      options.onTask(job.id ?? '', (performance.now() - start) / 1000, 'error' in answer);
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
  worker.on('error', () => undefined); // the connection says what is wrong with it
  await worker.waitUntilReady();
  options.onReady();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([worker.close(), setTimeout(GRACE_MS)]);
  await Promise.race([worker.close(true), setTimeout(100)]);
  connection.disconnect();
  await Promise.race([pool.destroy(), setTimeout(300)]);
}
