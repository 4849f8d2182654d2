import { Registry, requireFunction, type Check } from '../registry/index.js';
import type { Field } from '../mobility/index.js';
import type { NearestTracker } from './nearest-tracker.js';
import type { PointGrid } from './point-grid.js';
import type { Twin } from './twin.js';

/** What a sensor selection may look at. */
export interface SensorView {
  /** Positions of the UEs and of the sensors, m. */
  readonly ues: Field;
  readonly sensors: Field;
  /** Active sensors by position. */
  readonly grid: PointGrid;
  /** The nearest active sensor of each UE. */
  readonly tracker: NearestTracker;
  /** Sensing range, m. */
  readonly rangeM: number;
  readonly twin: Twin;
}

/**
 * The sensor that a request needs: the one that covers the UE's location (paper 000, section II-C), chosen when the
 * request is created.
 *
 * @param ue number of the UE
 * @param cell the UE's cell; its view of the twin counts
 * @returns number of an active sensor; −1 if none covers the place: the request is then served without sensor data, has
 *   no AoSI, and earns no synchronisation reward
 */
export type SensorSelection = (ue: number, cell: number, view: SensorView) => number;

/** The nearest sensor. */
const nearest: SensorSelection = (ue, _cell, { tracker }) => tracker.nearest(ue);

/** The nearest sensor, if it is in range. */
const nearestInRange: SensorSelection = (ue, _cell, { ues, sensors, rangeM, tracker }) => {
  const sensor = tracker.nearest(ue);
  const dx = sensors.x[sensor] - ues.x[ue];
  const dy = sensors.y[sensor] - ues.y[ue];
  return dx * dx + dy * dy <= rangeM * rangeM ? sensor : -1;
};

/** The sensor in range with the newest processed update, the nearest of several. */
const freshestInRange: SensorSelection = (ue, cell, { ues, grid, rangeM, twin }) => {
  let best = -1;
  let bestCreated = -2;
  let bestSquare = Infinity;
  grid.within(ues.x[ue], ues.y[ue], rangeM, (sensor, square) => {
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

/** A user's selection names a sensor that there is, or none. */
const checkSelection: Check<SensorSelection> = (select, refuse) => {
  requireFunction(select, 'a function (ue, cell, view)', refuse);
  return (ue, cell, view) => {
    const sensor = select(ue, cell, view);
    const sensors = view.sensors.x.length;
    if (Number.isInteger(sensor) && sensor >= -1 && sensor < sensors) return sensor;
    return refuse(`ue ${ue}`, sensor, `a sensor from 0 to ${sensors - 1}, or −1 for none`);
  };
};

/** Sensor selections by the name that scenario files use. */
export const sensorSelections = new Registry<SensorSelection>(
  'sensor selection',
  {
    nearest,
    'nearest-in-range': nearestInRange,
    'freshest-in-range': freshestInRange,
  },
  checkSelection,
);
