import { InvalidInputError, MetaloreError, type Problem } from '@metalore/core/errors';

/** An error as plain data, as it crosses from a worker to the page. */
export interface PlainError {
  readonly what: string;
  readonly problems: readonly Problem[];
}

/** Every error of ours with its problems; others with their message. */
export function plainError(error: unknown): PlainError {
  if (error instanceof InvalidInputError) return { what: error.what, problems: error.problems };
  if (error instanceof MetaloreError) {
    return {
      what: error.message,
      problems: [{ path: (error.path ?? '').replace(/^--/, ''), message: error.message }],
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { what: message, problems: [{ path: '', message }] };
}

/** What a worker's answer throws on the page's side. */
export class WorkerError extends Error {
  constructor(readonly plain: PlainError) {
    super(plain.what);
  }
}
