import { runHere } from '../work/pool.js';
import type { RunTasks } from '../work/pool.js';
import { redisUrl } from './options.js';

/** Where cells are computed: this thread, worker threads, or workers on a queue. @param queue of `--queue [url]` */
export async function placeOfWork(
  queue: string | true | undefined,
  workers: number,
  place?: { light: boolean },
): Promise<(signal: AbortSignal) => RunTasks> {
  if (queue === undefined) return (signal) => runHere(workers, signal, place);
  const url = redisUrl('--queue', queue);
  const { onQueue } = await import('../study/queue.js');
  return (signal) => onQueue(url, signal);
}
