import { runtimeS } from './instance.js';
import type { ProviderSimulator } from './simulator.js';

/** Steps that a task's are set against: the largest of the paper's scenario. */
const REFERENCE_STEPS = 250;

/** Numbers that describe a moment at so many providers. */
export function observationSize(providers: number): number {
  return 2 * providers + 2;
}

/** Their names: per provider its capacity over the largest and its free share, then the task's steps and run time. */
export function providerFeatures(providers: number): string[] {
  const pairs = Array.from({ length: providers }, (_, j) => [`capacity-${j}`, `free-${j}`]);
  return [...pairs.flat(), 'task-steps', 'task-runtime'];
}

/**
 * Writes what a policy observes when the next task has arrived (paper 002, second paper, V-B): (capacity_j / largest,
 * free_j / capacity_j) of every provider, t / 250 and its run time over that of 250 steps; zeros for the task after the last.
 */
export function observe(simulator: ProviderSimulator, target: Float64Array, offset: number): void {
  const { market, free, next, done } = simulator;
  const { capacity, instance } = market;
  let largest = 0;
  for (let j = 0; j < capacity.length; j++) if (capacity[j] > largest) largest = capacity[j];
  let at = offset;
  for (let j = 0; j < capacity.length; j++) {
    target[at++] = capacity[j] / largest;
    target[at++] = free[j] / capacity[j];
  }
  target[at++] = done ? 0 : market.steps[next] / REFERENCE_STEPS;
  target[at] = done ? 0 : market.runS[next] / runtimeS(instance.runtime, REFERENCE_STEPS);
}

/** Writes 1 for every provider with room for the next task, 0 for the others; 1 everywhere where none has room. */
export function maskFull(simulator: ProviderSimulator, mask: Uint8Array, offset: number): void {
  const { market, free, next, done } = simulator;
  const steps = done ? 0 : market.steps[next];
  let allowed = 0;
  for (let j = 0; j < free.length; j++) {
    mask[offset + j] = free[j] >= steps ? 1 : 0;
    allowed += mask[offset + j];
  }
  if (allowed === 0) mask.fill(1, offset, offset + free.length);
}
