import type { ComputationQueue } from './computation-queue.js';
import type { DeviceKind } from './devices.js';
import type { Metrics } from './metrics.js';
import type { RewardOptions } from './reward.js';

/** What observation features read at the end of a step: the state of all cells, each addressed by its number. */
export interface CellState {
  readonly cells: number;
  /** Steps done in this episode. */
  readonly step: number;
  /** The scenario of the current phase. */
  readonly scenario: {
    readonly episodeSteps: number;
    readonly reward: RewardOptions;
  };
  readonly metrics: Metrics;
  /** The request queues at the MEC servers. */
  readonly requests: ComputationQueue;
  /** The update queues at the MEC servers. */
  readonly updates: ComputationQueue;
  /** Mbit that a cell's active devices of a kind have created and not yet sent. */
  uplinkMbit(kind: DeviceKind, cell: number): number;
  /** Age of the oldest job that a device of a kind has not sent, mean over a cell's connected devices, steps; 0 of those without. */
  uplinkAgeSteps(kind: DeviceKind, cell: number): number;
  /** By how much sensor data is older (or newer) than the requests at the head of the queue that it would serve now, mean, steps. */
  headMismatchSteps(cell: number, side: 'older' | 'newer'): number;
  /** Age of what the twin knows of a sensor, mean over the sensors connected to a cell, steps; of the unknown: steps done. */
  twinAgeSteps(cell: number): number;
  /** Units a step that a cell's devices of a kind have created on average so far; by their mean load where they have one. */
  offeredUnits(kind: DeviceKind, cell: number): number;
  /** Number of a cell's active devices of a kind with service. */
  connected(kind: DeviceKind, cell: number): number;
}
