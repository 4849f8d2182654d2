import type { TrainingRecord } from '@metalore/learn/training';
import { tensorBoardRecord } from '@metalore/learn/logging';

/** Records of a training, iteration by iteration: the numbers of its curve. */
export type Curve = TrainingRecord[];

/** Every metric that any record has, in order of first appearance. */
function columnsOf(curve: Curve): string[] {
  return [...new Set(curve.flatMap((record) => Object.keys(record)))];
}

/** The curve as CSV; an empty field where an iteration has no such number. */
export function curveCsv(curve: Curve): string {
  const columns = columnsOf(curve);
  const lines = curve.map((record) => columns.map((name) => field(record[name])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

const field = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : String(value);

/** The curve as JSON, a record a line; numbers that are not finite are null. */
export function curveJsonl(curve: Curve): string {
  return curve.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** One record as an event of TensorBoard, with the time and the speed that the other logs leave out. */
export function curveEvent(record: TrainingRecord, wallTime: number, stepsPerSecond: number): Uint8Array {
  const scalars = { ...record, 'time/fps': stepsPerSecond };
  return tensorBoardRecord({ wallTime, step: record['time/total_timesteps'] ?? 0, scalars });
}
