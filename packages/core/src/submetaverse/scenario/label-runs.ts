/** Labels of a grid as text: `0*12 1*8` for twelve places of cell 0 and eight of cell 1, row by row from the south. */
export interface LabelRuns {
  readonly columns: number;
  readonly rows: number;
  readonly runs: string;
}

/** Writes labels as runs. @param labels `[rows × columns]` */
export function encodeLabelRuns(labels: ArrayLike<number>): string {
  const runs: string[] = [];
  for (let at = 0; at < labels.length;) {
    const cell = labels[at];
    const start = at;
    while (at < labels.length && labels[at] === cell) at++;
    runs.push(`${cell}*${at - start}`);
  }
  return runs.join(' ');
}

/** The labels behind runs that have no problem. `Int32Array [rows × columns]` */
export function decodeLabelRuns({ columns, rows, runs }: LabelRuns): Int32Array {
  const labels = new Int32Array(columns * rows);
  let at = 0;
  for (const run of runs.split(' ')) {
    const [cell, length] = run.split('*').map(Number);
    labels.fill(cell, at, (at += length));
  }
  return labels;
}

/** What is wrong with runs; undefined where nothing is. */
export function labelRunsProblem({ columns, rows, runs }: LabelRuns, cells: number): string | undefined {
  let places = 0;
  for (const run of runs.split(' ')) {
    const match = /^(\d{1,6})\*([1-9]\d{0,8})$/.exec(run);
    if (match === null) return `"${run.slice(0, 40)}" is no run; expected cell*length, as 0*12`;
    if (Number(match[1]) >= cells) return `${match[1]} is no cell; expected 0 to ${cells - 1}`;
    places += Number(match[2]);
  }
  const expected = columns * rows;
  return places === expected ? undefined : `${places} places; expected ${expected}, ${rows} × ${columns}`;
}
