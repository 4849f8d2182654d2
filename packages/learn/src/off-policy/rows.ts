import type { Mlp } from '../network/mlp.js';
import type { ReplayBatch } from '../replay/replay.js';

/**
 * Copies the first `size` numbers of every row of `source` into the network's input, from `offset` on.
 *
 * @param stride numbers per row of `source`
 */
export function loadRows(
  source: Float32Array | Float64Array,
  stride: number,
  size: number,
  rows: number,
  network: Mlp,
  offset = 0,
): void {
  const { input, inputStride } = network;
  for (let row = 0; row < rows; row++) {
    const from = row * stride;
    const to = row * inputStride + offset;
    for (let k = 0; k < size; k++) input[to + k] = source[from + k];
  }
}

/** Whether what follows a transition counts in any of them: never where all episodes have one step, or γ is 0. */
export function bootstraps({ discounts }: ReplayBatch, rows: number): boolean {
  for (let row = 0; row < rows; row++) if (discounts[row] !== 0) return true;
  return false;
}
