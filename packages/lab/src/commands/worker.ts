import { availableParallelism } from 'node:os';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { note } from '../terminal/output.js';
import { InterruptedError, withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';

/** `metalore worker`: computes cells of studies that were started with `--queue`. */
export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('Compute cells of studies that run with --queue, until Ctrl-C')
    .requiredOption('--redis <url>', 'the queue: redis://host:port')
    .option('--workers <n>', `worker threads (default: one per core, here ${availableParallelism()})`)
    .option(
      '--lease <seconds>',
      'a worker silent for so long is taken for dead, and its cell given to another',
      '15',
    )
    .action(work);
}

async function work(options: { redis: string; workers?: string; lease: string }): Promise<void> {
  const threads = workerCount(options.workers);
  const lease = Number(options.lease);
  if (!(lease >= 1 && lease <= 3600)) {
    throw new InvalidInputError('option', [
      { path: '--lease', message: `"${options.lease}" is not a number of seconds from 1 to 3600` },
    ]);
  }
  const { serveQueue } = await import('../study/queue.js');
  let done = 0;
  try {
    await withInterrupt((signal) =>
      serveQueue(options.redis, signal, {
        threads,
        leaseMs: 1000 * lease,
        onReady: () => note(`worker ready: ${threads} thread${threads === 1 ? '' : 's'} on ${options.redis}`),
        onTrouble: (message) => note(`trouble with the queue: ${message}`),
        onTask: (key, seconds) => note(`${++done}: ${key.slice(0, 12)} in ${seconds.toFixed(1)} s`),
      }),
    );
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    note(`worker ended after ${done} cells`);
  }
}
