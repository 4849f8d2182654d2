import { InvalidInputError } from '../errors/index.js';

/** Which cell serves which place: a grid stretched over the area, as `metalore partition` writes it. */
export interface RegionLabels {
  readonly columns: number;
  readonly rows: number;
  /** `[rows × columns]` number of a cell, row 0 in the south, column 0 in the west. */
  readonly labels: ArrayLike<number>;
}

/** {@link RegionLabels} over an area, checked. */
export class Regions {
  readonly #columns: number;
  readonly #rows: number;
  readonly #labels: Uint16Array;
  readonly #perM: readonly [number, number];

  /** @throws InvalidInputError labels that are too few or name a cell that is not there */
  constructor(
    { columns, rows, labels }: RegionLabels,
    area: { readonly widthM: number; readonly heightM: number },
    cells: number,
  ) {
    if (labels.length !== columns * rows || labels.length === 0) {
      const message = `${labels.length} labels for ${rows} × ${columns} places; expected one each`;
      throw new InvalidInputError('regions', [{ path: 'labels', message }]);
    }
    for (let place = 0; place < labels.length; place++) {
      const cell = labels[place];
      if (Number.isInteger(cell) && cell >= 0 && cell < cells) continue;
      const at = `row ${Math.floor(place / columns)}, column ${place % columns}`;
      const message = `${cell} is no cell; expected 0 to ${cells - 1}`;
      throw new InvalidInputError('regions', [{ path: at, message }]);
    }
    this.#columns = columns;
    this.#rows = rows;
    this.#labels = Uint16Array.from(labels);
    this.#perM = [columns / area.widthM, rows / area.heightM];
  }

  /** The cell of a place, m; a place outside has that of the nearest edge. */
  cellAt(x: number, y: number): number {
    const column = Math.min(this.#columns - 1, Math.max(0, Math.floor(x * this.#perM[0])));
    const row = Math.min(this.#rows - 1, Math.max(0, Math.floor(y * this.#perM[1])));
    return this.#labels[row * this.#columns + column];
  }
}
