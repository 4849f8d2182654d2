import { SingleBar } from 'cli-progress';

/** How far something has come. */
export interface Progress {
  /** @param count units done since the last call */
  advance(count?: number): void;
  /** Removes the bar. Safe to call more than once. */
  stop(): void;
}

const SILENT_MS = 2000;

/**
 * A bar with an estimate on standard error. Nothing is shown when standard error is not a terminal, nor in the first two
 * seconds, so that short work leaves no trace.
 *
 * @param total units of work; 0 when unknown, which shows nothing
 */
export function startProgress(
  label: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  if (!stream.isTTY || total <= 0) return { advance: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% {value}/{total} {eta_formatted} left`,
    stream,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 100,
  });
  const start = Date.now();
  let done = 0;
  let shown = false;
  return {
    advance(count = 1) {
      done += count;
      if (shown) bar.update(done);
      else if (Date.now() - start >= SILENT_MS && done < total) {
        bar.start(total, done);
        shown = true;
      }
    },
    stop() {
      if (shown) bar.stop();
      shown = false;
    },
  };
}
