/**
 * Largest Σ worth of an assignment of units to vehicles, each at most one of the other (Hungarian method by shortest
 * augmenting paths, O(units² · vehicles)).
 *
 * @param worth `[units × vehicles]`, ≥ 0
 * @returns the vehicle of every unit, −1 for none where units outnumber vehicles
 */
export function bestAssignment(worth: Float64Array, units: number, vehicles: number): Int32Array {
  // A column for every vehicle and one for every unit to stay free; 1-based, column 0 starts every path.
  const columns = vehicles + units;
  const unitPrice = new Float64Array(units + 1);
  const columnPrice = new Float64Array(columns + 1);
  const owner = new Int32Array(columns + 1);
  const from = new Int32Array(columns + 1);
  for (let unit = 1; unit <= units; unit++) {
    owner[0] = unit;
    let column = 0;
    const distance = new Float64Array(columns + 1).fill(Infinity);
    const isDone = new Uint8Array(columns + 1);
    do {
      isDone[column] = 1;
      const row = owner[column];
      let step = Infinity;
      let next = 0;
      for (let to = 1; to <= columns; to++) {
        if (isDone[to]) continue;
        const cost = to <= vehicles ? -worth[(row - 1) * vehicles + to - 1] : 0;
        const reduced = cost - unitPrice[row] - columnPrice[to];
        if (reduced < distance[to]) {
          distance[to] = reduced;
          from[to] = column;
        }
        if (distance[to] < step) {
          step = distance[to];
          next = to;
        }
      }
      for (let to = 0; to <= columns; to++) {
        if (isDone[to]) {
          unitPrice[owner[to]] += step;
          columnPrice[to] -= step;
        } else distance[to] -= step;
      }
      column = next;
    } while (owner[column] !== 0);
    while (column !== 0) {
      owner[column] = owner[from[column]];
      column = from[column];
    }
  }
  const assigned = new Int32Array(units).fill(-1);
  for (let to = 1; to <= vehicles; to++) if (owner[to] > 0) assigned[owner[to] - 1] = to - 1;
  return assigned;
}
