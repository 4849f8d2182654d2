import { Registry } from '../registry/index.js';
import type { Field } from '../mobility/index.js';
import type { PointGrid } from './point-grid.js';
import type { Twin } from './twin.js';

/** What a sensor selection may look at. */
export interface SensorView {
  /** Active sensors by position. */
  readonly grid: PointGrid;
  readonly field: Field;
  /** Sensing range, m. */
  readonly rangeM: number;
  readonly twin: Twin;
}

/**
 * The sensor that a request needs: the one that covers the UE's location (paper 000, section II-C), chosen when the
 * request is created.
 *
 * @param x position of the UE, m
 * @param y position of the UE, m
 * @param cell the UE's cell; its view of the twin counts
 * @returns number of an active sensor; −1 if none covers the place: the request is then served without sensor data, has
 *   no AoSI, and earns no synchronisation reward
 */
export type SensorSelection = (x: number, y: number, cell: number, view: SensorView) => number;

/** The nearest sensor. */
const nearest: SensorSelection = (x, y, _cell, { grid }) => grid.nearest(x, y);

/** The nearest sensor, if it is in range. */
const nearestInRange: SensorSelection = (x, y, _cell, { grid, field, rangeM }) => {
  const sensor = grid.nearest(x, y);
  const dx = field.x[sensor]! - x;
  const dy = field.y[sensor]! - y;
  return dx * dx + dy * dy <= rangeM * rangeM ? sensor : -1;
};

/** The sensor in range with the newest processed update, the nearest of several. */
const freshestInRange: SensorSelection = (x, y, cell, { grid, rangeM, twin }) => {
  let best = -1;
  let bestCreated = -2;
  let bestSquare = Infinity;
  grid.within(x, y, rangeM, (sensor, square) => {
    const created = twin.newest(cell, sensor);
    const fresher = created > bestCreated;
    const closer = square < bestSquare || (square === bestSquare && sensor < best);
    if (fresher || (created === bestCreated && closer)) {
      best = sensor;
      bestCreated = created;
      bestSquare = square;
    }
  });
  return best;
};

/** Sensor selections by the name that scenario files use. */
export const sensorSelections = new Registry<SensorSelection>('sensor selection', {
  nearest,
  'nearest-in-range': nearestInRange,
  'freshest-in-range': freshestInRange,
});
