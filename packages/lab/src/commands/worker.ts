import { availableParallelism } from 'node:os';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { note } from '../terminal/output.js';
import { InterruptedError, interruptedBy, withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';
import { redisUrl } from './options.js';

interface WorkerOptions {
  redis?: string;
  workers?: string;
  lease: string;
}

/** How often a worker says how much it does, ms. */
const REPORT_MS = 60_000;

/** `metalore worker`: computes cells of studies that were started with `--queue`. */
export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('Compute cells of studies that run with --queue, until Ctrl-C')
    .option('--redis <url>', 'the queue: redis://host:port, rediss:// for TLS (default: $REDIS_URL)')
    .option('--workers <n>', `worker threads (default: one per core, here ${availableParallelism()})`)
    .option(
      '--lease <seconds>',
      'a worker silent for so long is taken for dead, and its cell given to another',
      '15',
    )
    .action(work);
}

async function work(options: WorkerOptions): Promise<void> {
  const url = redisUrl('--redis', options.redis);
  const threads = workerCount(options.workers);
  const lease = Number(options.lease);
  if (!(lease >= 1 && lease <= 3600)) {
    throw new InvalidInputError('option', [
      { path: '--lease', message: `"${options.lease}" is not a number of seconds from 1 to 3600` },
    ]);
  }
  const { serveQueue } = await import('../study/serve-queue.js');
  const { shownUrl } = await import('../study/redis.js');
  const count = { done: 0, failed: 0, reported: 0, since: Date.now() };
  const report = setInterval(() => {
    const seconds = (Date.now() - count.since) / 1000;
    const rate = (count.done - count.reported) / seconds;
    note(`${count.done} cells, ${count.failed} with errors; ${rate.toFixed(2)} a second since the last word`);
    Object.assign(count, { reported: count.done, since: Date.now() });
  }, REPORT_MS);
  report.unref();
  try {
    await withInterrupt((signal) =>
      serveQueue(url, signal, {
        threads,
        leaseMs: 1000 * lease,
        onReady: () => note(`worker ready: ${threads} thread${threads === 1 ? '' : 's'} on ${shownUrl(url)}`),
        onTrouble: note,
        onTask: (key, seconds, failed) => {
          count.done++;
          if (failed) count.failed++;
          note(
            `${count.done}: ${key.slice(0, 12)} in ${seconds.toFixed(1)} s${failed ? ', with an error' : ''}`,
          );
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw interruptedBy(error, () => `worker ended after ${count.done} cells`);
  } finally {
    clearInterval(report);
  }
}
