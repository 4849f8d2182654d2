import type { ComputationQueue } from './computation-queue.js';
import type { DeviceKind } from './devices.js';
import type { Metrics } from './metrics.js';

/** What observation features read at the end of a step: the state of all cells, each addressed by its number. */
export interface CellState {
  readonly cells: number;
  /** Steps done in this episode. */
  readonly step: number;
  /** The scenario of the current phase. */
  readonly scenario: { readonly episodeSteps: number };
  readonly metrics: Metrics;
  /** The request queues at the MEC servers. */
  readonly requests: ComputationQueue;
  /** The update queues at the MEC servers. */
  readonly updates: ComputationQueue;
  /** Mbit that a cell's active devices of a kind have created and not yet sent. */
  uplinkMbit(kind: DeviceKind, cell: number): number;
  /** Units a step that a cell's devices of a kind have created on average so far; by their mean load where they have one. */
  offeredUnits(kind: DeviceKind, cell: number): number;
  /** Number of a cell's active devices of a kind with service. */
  connected(kind: DeviceKind, cell: number): number;
}
