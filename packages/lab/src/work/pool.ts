import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InternalError, InvalidInputError } from '@metalore/core/errors';
import { Piscina } from 'piscina';
import { currentModules } from '../io/modules.js';
import { reviveError } from './plain-error.js';
import type { WorkerAnswer } from './answer.js';
import type { Task } from './task.js';

/** One thing to do. Where work runs on a queue, `key` is its name there: the same key is the same result. */
export interface PendingTask<Payload = unknown> {
  readonly key: string;
  readonly payload: Payload;
}

/**
 * Runs tasks somewhere, in any order and several at a time, and hands over each result as it comes.
 *
 * @param onResult called once a task, one call at a time, with the task's position; awaited before the next
 * @param mayBegin asked when there is room for a task; false: it is left out. On a queue there is always room.
 * @throws what the first failing task threw; results handed over until then stay valid
 */
export type RunTasks = <Payload>(
  task: Task<Payload>,
  tasks: readonly PendingTask<Payload>[],
  onResult: (position: number, result: unknown) => Promise<void> | void,
  mayBegin?: (position: number) => Promise<boolean>,
) => Promise<void>;

/**
 * @param option as typed; without it every core but at most 8
 * @throws InvalidInputError unless it is an integer from 1 to 256
 */
export function workerCount(option: string | undefined): number {
  if (option === undefined) return Math.min(8, availableParallelism());
  const count = Number(option);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new InvalidInputError('option', [
      { path: '--workers', message: `"${option}" is not an integer from 1 to 256` },
    ]);
  }
  return count;
}

/**
 * Worker threads, also for one worker: this thread then hears Ctrl-C and shows progress.
 *
 * @param options.light all tasks together take a second or two: one worker, or a single task, then stays in this thread,
 *   which saves starting another
 */
export function runHere(workers: number, signal: AbortSignal, options: { light?: boolean } = {}): RunTasks {
  return async (task, tasks, onResult, mayBegin) => {
    const threads = Math.min(workers, tasks.length);
    const stays = threads === 0 || (threads === 1 && options.light === true);
    await (stays ? inline(signal) : inThreads(threads, signal))(task, tasks, onResult, mayBegin);
  };
}

/** Tasks one after the other in this thread. */
export function inline(signal: AbortSignal): RunTasks {
  return async (task, tasks, onResult, mayBegin = always) => {
    signal.throwIfAborted();
    for (const [position, { payload }] of tasks.entries()) {
      await setImmediate(); // lets Ctrl-C be heard between two tasks
      signal.throwIfAborted();
      if (await mayBegin(position)) await onResult(position, await task.run(payload));
    }
  };
}

const always = () => Promise.resolve(true);

/** Tasks on worker threads of this machine, which run the compiled program. */
export function inThreads(threads: number, signal: AbortSignal): RunTasks {
  return async (task, tasks, onResult, mayBegin = always) => {
    const pool = new Piscina({
      filename: workerFile(),
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
    });
    setMaxListeners(0, signal); // one listener a thread is no leak
    let handedOver = Promise.resolve();
    let next = 0;
    const runOneByOne = async () => {
      for (let position = next++; position < tasks.length; position = next++) {
        signal.throwIfAborted();
        if (!(await mayBegin(position))) continue;
        const { payload } = tasks[position];
        const request = { name: task.name, payload, modules: currentModules() };
        const answer = (await pool.run(request, { signal })) as WorkerAnswer;
        if ('error' in answer) throw reviveError(answer.error);
        handedOver = handedOver.then(() => onResult(position, answer.result));
        await handedOver;
      }
    };
    try {
      await Promise.all(Array.from({ length: threads }, runOneByOne));
    } catch (error) {
      signal.throwIfAborted(); // piscina has its own word for being stopped
      throw error;
    } finally {
      await pool.destroy();
      await handedOver.catch(() => undefined);
    }
  };
}

/** The compiled entry point of worker threads. */
export function workerFile(): string {
  const file = fileURLToPath(new URL('../registry/worker-thread.js', import.meta.url)).replace(
    /([\\/])src([\\/]registry[\\/]worker-thread\.js)$/,
    '$1dist$2',
  );
  if (!existsSync(file))
    throw new InternalError(`worker threads run the compiled program: npm run build (${file})`);
  return file;
}
