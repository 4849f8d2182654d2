import type { BoxSpace } from '../environment/index.js';
import { observationFeatures, type Feature } from './observation.js';
import type { CellState } from './cell-state.js';

/** Reads a list of features for every cell. */
export class Observer {
  readonly #features: readonly Feature[];
  /** Features per cell. */
  readonly size: number;

  /** @throws UnknownNameError for a feature that is not registered */
  constructor(readonly names: readonly string[]) {
    this.#features = names.map((name) => observationFeatures.get(name));
    this.size = names.length;
  }

  /** Writes the features of all cells, `[cells × size]` row-major, from `offset` on. */
  observe(state: CellState, out: Float64Array, offset = 0): void {
    const features = this.#features;
    let at = offset;
    for (let cell = 0; cell < state.cells; cell++) {
      for (let feature = 0; feature < features.length; feature++) {
        out[at++] = features[feature].read(state, cell);
      }
    }
  }

  /** The space of what is observed over `cells` cells. */
  space(cells: number): BoxSpace {
    const size = cells * this.size;
    return {
      size,
      low: new Float64Array(size),
      high: Float64Array.from({ length: size }, (_, at) => this.#features[at % this.size].high),
      names: Array.from({ length: size }, (_, at) => {
        const { unit } = this.#features[at % this.size];
        const name = this.names[at % this.size] + (unit ? ` [${unit}]` : '');
        return cells === 1 ? name : `cell ${Math.floor(at / this.size)}: ${name}`;
      }),
    };
  }
}

/** The space of the splits of `cells` cells (paper 000, eq. 4). */
export function splitSpace(cells: number): BoxSpace {
  const size = cells * 2;
  return {
    size,
    low: new Float64Array(size),
    high: new Float64Array(size).fill(1),
    names: Array.from({ length: size }, (_, at) => {
      const name = at % 2 === 0 ? 'rhoC' : 'rhoP';
      return cells === 1 ? name : `cell ${at >> 1}: ${name}`;
    }),
  };
}
