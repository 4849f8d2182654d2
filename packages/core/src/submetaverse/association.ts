import { Registry, requireFunction, type Check } from '../registry/index.js';
import type { PointGrid } from './point-grid.js';
import type { Regions } from './regions.js';

/** What an association may look at. */
export interface CellView {
  readonly count: number;
  /** Positions of the base stations, m. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly grid: PointGrid;
  /** Where the scenario names a file of regions. */
  readonly regions: Regions | undefined;
  /** How much better than the current cell another has to be: m for nearest, dB for strongest. */
  readonly hysteresis: number;
}

/** SNR of the device at hand towards a cell, in dB. */
export type SnrDb = (cell: number) => number;

/**
 * The cell that a device belongs to, asked in every step in which it may have moved.
 *
 * @param x position of the device, m
 * @param y position of the device, m
 * @param current the cell it belongs to now; −1 for none
 */
export type Association = (x: number, y: number, current: number, cells: CellView, snrDb: SnrDb) => number;

/** The nearest base station; with hysteresis, the current one unless another is nearer by that much. */
const nearest: Association = (x, y, current, cells) => {
  const best = cells.grid.nearest(x, y);
  if (current < 0 || best === current || cells.hysteresis === 0) return best;
  const distance = (cell: number) => {
    const dx = cells.x[cell] - x;
    const dy = cells.y[cell] - y;
    return Math.sqrt(dx * dx + dy * dy);
  };
  return distance(best) + cells.hysteresis < distance(current) ? best : current;
};

/** The base station with the highest SNR; with hysteresis, the current one unless another is better by that much. */
const strongest: Association = (_x, _y, current, cells, snrDb) => {
  let best = 0;
  let bestDb = snrDb(0);
  for (let cell = 1; cell < cells.count; cell++) {
    const db = snrDb(cell);
    if (db > bestDb) {
      best = cell;
      bestDb = db;
    }
  }
  return current >= 0 && best !== current && bestDb <= snrDb(current) + cells.hysteresis ? current : best;
};

/** The base station in whose region the device is (paper 001: sensors and twins belong to the server of their region). */
const regions: Association = (x, y, current, cells) => cells.regions?.cellAt(x, y) ?? current;

/** A user's association names a cell that there is, or none. */
const checkAssociation: Check<Association> = (associate, refuse) => {
  requireFunction(associate, 'a function (x, y, current, cells, snrDb)', refuse);
  return (x, y, current, cells, snrDb) => {
    const cell = associate(x, y, current, cells, snrDb);
    if (Number.isInteger(cell) && cell >= -1 && cell < cells.count) return cell;
    return refuse(`at (${x}, ${y}) m`, cell, `a cell from 0 to ${cells.count - 1}, or −1 for none`);
  };
};

/** Associations by the name that scenario files use. */
export const associationModels = new Registry<Association>(
  'association',
  { nearest, strongest, regions },
  checkAssociation,
);
