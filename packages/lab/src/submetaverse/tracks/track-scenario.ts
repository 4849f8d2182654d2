import { InvalidInputError } from '@metalore/core/errors';
import type { ScenarioInput } from '@metalore/core/scenario';
import type { TrackBounds } from './spool.js';

/** What becomes of imported tracks. */
export interface TrackScenarioOptions {
  readonly name: string;
  /** Length of a step, s. */
  readonly stepS: number;
  /** Distance between base stations, m: they stand on a grid, as tracks do not say where. */
  readonly cellSpacingM: number;
}

/** Free ground around the outermost position, m. */
const MARGIN_M = 50;
const MAX_CELLS = 400;
const SENSORS_PER_CELL = 15;

/**
 * The scenario that plays imported tracks: UEs with their recorded positions, base stations on a grid, sensors drawn.
 *
 * @returns also the corner of its area in the coordinates of the tracks
 * @throws InvalidInputError if there are no positions, or too many cells
 */
export function trackScenario(
  bounds: TrackBounds,
  devices: number,
  { name, stepS, cellSpacingM }: TrackScenarioOptions,
): { scenario: ScenarioInput; corner: { x: number; y: number } } {
  const corner = { x: bounds.west - MARGIN_M, y: bounds.south - MARGIN_M };
  const widthM = Math.ceil(bounds.east - corner.x + MARGIN_M);
  const heightM = Math.ceil(bounds.north - corner.y + MARGIN_M);
  const columns = Math.max(1, Math.round(widthM / cellSpacingM));
  const rows = Math.max(1, Math.round(heightM / cellSpacingM));
  if (columns * rows > MAX_CELLS) {
    const message = `${cellSpacingM} m over ${widthM} m × ${heightM} m are ${columns * rows} cells; at most ${MAX_CELLS}`;
    throw new InvalidInputError('option', [{ path: '--cell-spacing', message }]);
  }
  const cells = Array.from({ length: columns * rows }, (_, at) => ({
    xM: Math.round(((at % columns) + 0.5) * (widthM / columns)),
    yM: Math.round((Math.floor(at / columns) + 0.5) * (heightM / rows)),
  }));
  return {
    corner,
    scenario: {
      name,
      description: `${devices} recorded devices over ${bounds.lastStep + 1} steps`,
      episodeSteps: bounds.lastStep + 1,
      ...(stepS !== 1 && { stepS }),
      area: { widthM, heightM },
      cells,
      ues: { count: devices, mobility: { model: 'trace', file: 'positions.csv' } },
      sensors: { count: SENSORS_PER_CELL * cells.length },
    },
  };
}
