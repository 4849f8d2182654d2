import { SERIES, type RunFrame, type SeriesName } from '../simulation/protocol.js';

/** Everything that was seen of a run, by step: what charts draw. Rows come with the frames. */
export class History {
  readonly columns = Object.fromEntries(SERIES.map((name) => [name, [] as number[]])) as Record<
    SeriesName,
    number[]
  >;
  steps = 0;

  add({ series, seriesFrom, step }: RunFrame): void {
    for (const name of SERIES) {
      const column = this.columns[name];
      column.length = seriesFrom;
      for (const value of series[name]) column.push(value);
    }
    this.steps = step;
  }

  /** Mean over the last `window` steps, without missing values; NaN if there are none. */
  recent(name: SeriesName, window: number): number {
    const column = this.columns[name];
    let sum = 0;
    let count = 0;
    for (let at = Math.max(0, column.length - window); at < column.length; at++) {
      const value = column[at];
      if (value === value) {
        sum += value;
        count++;
      }
    }
    return count > 0 ? sum / count : NaN;
  }
}

/** Running mean over the last `window` values; missing ones do not count, and stay missing where there are no others. */
export function smooth(values: readonly number[], window: number): (number | null)[] {
  let sum = 0;
  let count = 0;
  return values.map((value, at) => {
    if (value === value) {
      sum += value;
      count++;
    }
    const gone = values[at - window];
    if (gone !== undefined && gone === gone) {
      sum -= gone;
      count--;
    }
    return count > 0 ? sum / count : null;
  });
}
