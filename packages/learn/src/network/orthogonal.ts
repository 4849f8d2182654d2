import type { RandomStream } from '@metalore/core/random';

/**
 * A matrix `[rows × cols]`, row-major, with orthonormal columns (rows, if there are fewer of them) times `gain`:
 * Gram-Schmidt on normal draws (Saxe et al. 2014), twice for orthogonality to the last bits.
 */
export function orthogonal(rows: number, cols: number, gain: number, stream: RandomStream): Float64Array {
  const length = Math.max(rows, cols);
  const count = Math.min(rows, cols);
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, () => stream.normal()));
  for (let i = 0; i < count; i++) {
    const vector = vectors[i];
    for (let round = 0; round < 2; round++) {
      for (let j = 0; j < i; j++) {
        const other = vectors[j];
        const projection = dot(vector, other);
        for (let k = 0; k < length; k++) vector[k] = vector[k] - projection * other[k];
      }
      const norm = Math.sqrt(dot(vector, vector));
      for (let k = 0; k < length; k++) vector[k] = vector[k] / norm;
    }
  }
  const matrix = new Float64Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      matrix[row * cols + col] = gain * (rows >= cols ? vectors[col][row] : vectors[row][col]);
    }
  }
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
