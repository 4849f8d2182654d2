import { antennaChoices, NINE, ScanGrid, sense } from '@metalore/core/sensing';
import type { Impairments, Scan, SensingMethod, SimulatedInstance } from '@metalore/core/sensing';
import { errorsOf, type JudgedRow } from './generator/judge-models.js';

/** A classical way from the nine antennas to directions. */
export interface Processing {
  readonly antennas: 'odd' | 'middle' | 'all';
  readonly scan: Scan;
  readonly method?: SensingMethod | undefined;
  /** Antennas of the subarrays that are averaged. */
  readonly smoothing?: number | undefined;
}

/** As tables and plots name it: `odd fresnel`, `all exact ml`. */
function processingName({ antennas, scan, method, smoothing }: Processing): string {
  const more = [method === 'music' ? undefined : method, smoothing && `smoothed by ${smoothing}`];
  return [antennas, scan, ...more.filter(Boolean)].join(' ');
}

/** Judges one way of processing on draws of the nine antennas, all with the same ranges. */
export function judgeClassical(
  instances: readonly SimulatedInstance[],
  processing: Processing,
  impairments: Impairments = {},
): JudgedRow[] {
  const { scan, method = 'music', smoothing } = processing;
  const antennas = antennaChoices[processing.antennas];
  const places = antennas.map((k) => NINE[k]).slice(0, smoothing);
  const grid = new ScanGrid(places, scan, instances[0].ranges);
  const options = { scan, method, antennas, grid, impairments, ...(smoothing && { smoothing }) };
  return instances.map((instance) => ({
    method: processingName(processing),
    seed: instance.seed,
    ...errorsOf(instance, sense(instance, options).errorsDeg ?? []),
    squaredError: NaN,
  }));
}
