/** Deliveries over which the shortest one counts. */
const WINDOW = 256;

/**
 * How far a device's clock stands from ours, estimated from the shortest of its last deliveries: received − measured is
 * delay minus offset, and the delay is smallest there. One way alone cannot tell the two apart: the estimate is too low by
 * the shortest delay.
 */
export interface ClockOffset {
  /** min(received − measured) of the running and of the last full window, ms. */
  shortest: number;
  before: number;
  count: number;
}

export function newClockOffset(): ClockOffset {
  return { shortest: Infinity, before: Infinity, count: 0 };
}

export function observeDelivery(offset: ClockOffset, delayMs: number): void {
  if (offset.count === WINDOW) {
    offset.before = offset.shortest;
    offset.shortest = Infinity;
    offset.count = 0;
  }
  offset.shortest = Math.min(offset.shortest, delayMs);
  offset.count++;
}

/** ms by which the device's clock is ahead of ours (negative: behind), at least; NaN before the first delivery. */
export function offsetMs({ shortest, before }: ClockOffset): number {
  const delay = Math.min(shortest, before);
  return delay === Infinity ? NaN : 0 - delay;
}
