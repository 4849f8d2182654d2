import { MetaloreError } from '@metalore/core/errors';

/** Ctrl-C or a polite kill. The command line exits with 130, as shells expect. */
export class InterruptedError extends MetaloreError {
  override readonly code = 'interrupted';
}

/** If `error` is an interruption, one that also says what became of the work; otherwise `error` itself. */
export function interruptedBy(error: unknown, remark: () => string): unknown {
  return error instanceof InterruptedError ? new InterruptedError(`${error.message}: ${remark()}`) : error;
}

/**
 * Runs `work` with a signal that is aborted by SIGINT or SIGTERM. A second Ctrl-C ends the process at once.
 *
 * @throws InterruptedError as soon as `work` has ended after such a signal
 */
export async function withInterrupt<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new InterruptedError('interrupted'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    if (!(error instanceof InterruptedError)) controller.signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
