import type { ComputationQueue } from './computation-queue.js';
import type { DeviceGroup } from './devices.js';
import type { Metrics } from './metrics.js';

/** What observation features read at the end of a step: the state of all cells, each addressed by its number. */
export interface CellState {
  /** Steps done in this episode. */
  readonly step: number;
  /** The scenario of the current phase. */
  readonly scenario: {
    readonly episodeSteps: number;
    readonly ues: { readonly meanLoadUnits: number };
    readonly sensors: { readonly meanLoadUnits: number };
  };
  readonly metrics: Metrics;
  /** The request queues at the MEC servers. */
  readonly requests: ComputationQueue;
  /** The update queues at the MEC servers. */
  readonly updates: ComputationQueue;
  readonly ues: DeviceGroup;
  readonly sensors: DeviceGroup;
  /** Mbit that the active devices of a cell have created and not yet sent. */
  uplinkMbit(group: DeviceGroup, cell: number): number;
  /** Number of active devices with service in a cell. */
  connected(group: DeviceGroup, cell: number): number;
}
