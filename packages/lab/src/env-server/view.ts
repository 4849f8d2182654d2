import { InvalidInputError } from '@metalore/core/errors';
import type { DeviceGroup, Simulator } from '@metalore/core/submetaverse';
import type { EnvironmentBatch } from './batch.js';

/** What a picture of one environment needs. Positions in metres, `[devices]` each. */
export interface EnvironmentView {
  readonly step: number;
  readonly episodeSteps: number;
  readonly area: { readonly widthM: number; readonly heightM: number };
  readonly cells: readonly {
    readonly xM: number;
    readonly yM: number;
    readonly requestQueue: number;
    readonly updateQueue: number;
    readonly rhoC: number;
    readonly rhoP: number;
  }[];
  readonly ues: DeviceView;
  readonly sensors: DeviceView;
  readonly metrics: Record<string, number | null>;
}

/** Devices of a kind that are there now: positions and serving cells (−1 without service). */
interface DeviceView {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly cell: readonly number[];
}

/** @throws InvalidInputError for an environment that is not there */
export function viewOf(batch: EnvironmentBatch, environment: number): EnvironmentView {
  const simulator: Simulator | undefined = batch.simulators[environment];
  if (simulator === undefined) {
    const message = `${environment}: expected 0 to ${batch.numEnvs - 1}`;
    throw new InvalidInputError('request', [{ path: 'environment', message }]);
  }
  const { scenario, splits } = simulator;
  return {
    step: simulator.step,
    episodeSteps: scenario.episodeSteps,
    area: scenario.area,
    cells: scenario.cells.map(({ xM, yM }, cell) => ({
      xM,
      yM,
      requestQueue: simulator.requests.queue.length[cell],
      updateQueue: simulator.updates.queue.length[cell],
      rhoC: splits[cell * 2],
      rhoP: splits[cell * 2 + 1],
    })),
    ues: devices(simulator.ues),
    sensors: devices(simulator.sensors),
    metrics: { ...simulator.metrics.summary() },
  };
}

function devices({ active, field, cell }: DeviceGroup): DeviceView {
  return {
    x: [...field.x.subarray(0, active)],
    y: [...field.y.subarray(0, active)],
    cell: [...cell.subarray(0, active)],
  };
}
