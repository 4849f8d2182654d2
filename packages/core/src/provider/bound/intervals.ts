import type { Market } from '../market.js';

/**
 * When tasks run beside one another if none is lost. Used steps only grow at arrivals, so capacity has to be kept only at the
 * last arrival before the next departure: a _peak_. Task i would run at the peaks `first[i]` … `last[i]`.
 */
export interface Intervals {
  readonly peaks: number;
  /** `Int32Array [m]` */
  readonly first: Int32Array;
  /** `Int32Array [m]` */
  readonly last: Int32Array;
}

/** Peaks of a market, any task at any provider. A task is gone from its end on: end ≤ now. */
export function intervalsOf({ tasks, atS, runS }: Market): Intervals {
  const ends = atS.map((time, task) => time + runS[task]).sort();
  const first = new Int32Array(tasks);
  const last = new Int32Array(tasks);
  const times: number[] = [];
  let departed = 0;
  for (let task = 0; task < tasks; task++) {
    first[task] = times.length;
    const next = task + 1 < tasks ? atS[task + 1] : Infinity;
    while (ends[departed] <= atS[task]) departed++;
    if (ends[departed] <= next) times.push(atS[task]);
  }
  for (let task = 0; task < tasks; task++) {
    last[task] = countBelow(times, atS[task] + runS[task]) - 1;
  }
  return { peaks: times.length, first, last };
}

/** How many of ascending values lie below a limit. */
function countBelow(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
