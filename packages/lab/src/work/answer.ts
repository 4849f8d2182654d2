import { MetaloreError } from '@metalore/core/errors';
import { blamed } from '../io/modules.js';
import { plainError } from './plain-error.js';
import type { PlainError } from './plain-error.js';

/** What a worker thread answers: a class does not survive the way between threads, so errors travel as plain data. */
export type WorkerAnswer = { readonly result: unknown } | { readonly error: PlainError };

/** The answer to a request: what `work` gives, or the error that it throws on purpose or that a user's module made. */
export async function answerOf(work: () => unknown): Promise<WorkerAnswer> {
  try {
    return { result: await work() };
  } catch (thrown) {
    const error = blamed(thrown);
    if (error instanceof MetaloreError) return { error: plainError(error) };
    throw error;
  }
}
