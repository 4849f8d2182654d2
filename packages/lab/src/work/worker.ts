import { MetaloreError } from '@metalore/core/errors';
import { plainError } from './plain-error.js';
import type { PlainError } from './plain-error.js';
import { runTask } from './tasks.js';
import type { TaskName } from './tasks.js';

/** What a worker thread answers: a class does not survive the way between threads, so errors travel as plain data. */
export type WorkerAnswer = { readonly result: unknown } | { readonly error: PlainError };

/** Entry point of worker threads. */
export default async function work(request: { name: TaskName; payload: unknown }): Promise<WorkerAnswer> {
  try {
    return { result: await runTask(request.name, request.payload) };
  } catch (error) {
    if (error instanceof MetaloreError) return { error: plainError(error) };
    throw error;
  }
}
