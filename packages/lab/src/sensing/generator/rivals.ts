import { Regression } from '@metalore/learn/network';
import { normalised, type PolicyDocument } from '@metalore/learn/policy-file';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { spectrumDocument } from './document.js';
import { Batches, learntPairs, observationMoments, type Pairs } from './pairs.js';
import { BATCH, LEARNING_RATE, NET_ARCH, OBSERVED, SPECTRUM, type GeneratorSettings } from './settings.js';

/** Weight of the squared coefficients. */
const RIDGE = 10;

/** Ridge regression of the clear spectrum on the observation, from the normal equations. */
export function ridgeDocument(pairs: Pairs, settings: GeneratorSettings): PolicyDocument {
  const moments = observationMoments(pairs);
  const rows = learntPairs(pairs.count);
  const columns = Array.from({ length: OBSERVED }, (_, k) =>
    Float32Array.from({ length: rows }, (_value, row) =>
      normalised(pairs.observations[row * OBSERVED + k], moments.mean[k], moments.variance[k]),
    ),
  );
  const means = Float64Array.from({ length: SPECTRUM }, (_, k) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += pairs.targets[row * SPECTRUM + k];
    return sum / rows;
  });
  const targets = Array.from(means, (mean, k) =>
    Float32Array.from({ length: rows }, (_, row) => pairs.targets[row * SPECTRUM + k] - mean),
  );
  const normal = Matrix.zeros(OBSERVED, OBSERVED);
  const right = Matrix.zeros(OBSERVED, SPECTRUM);
  for (let i = 0; i < OBSERVED; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(columns[i], columns[j]) + (i === j ? RIDGE : 0);
      normal.set(i, j, value);
      normal.set(j, i, value);
    }
    for (let k = 0; k < SPECTRUM; k++) right.set(i, k, dot(columns[i], targets[k]));
  }
  const solution = new CholeskyDecomposition(normal).solve(right);
  const nine = (value: number): number => Number(value.toPrecision(9));
  const layer = {
    weights: Array.from({ length: SPECTRUM }, (_, k) => solution.getColumn(k).map(nine)),
    biases: Array.from(means, nine),
  };
  return rivalDocument('ridge', [layer], moments, settings);
}

/** Four products side by side: one sum alone would wait for itself. */
function dot(a: Float32Array, b: Float32Array): number {
  let [w, x, y, z] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let k = 0; k < whole; k += 4) {
    w += a[k] * b[k];
    x += a[k + 1] * b[k + 1];
    y += a[k + 2] * b[k + 2];
    z += a[k + 3] * b[k + 3];
  }
  for (let k = whole; k < a.length; k++) w += a[k] * b[k];
  return w + x + y + z;
}

/** A perceptron of the generator's hidden units, trained by least squares; iterated by the caller. */
export class PerceptronTraining {
  #done = 0;
  readonly #regression: Regression;
  readonly #batches: Batches;

  constructor(
    readonly settings: GeneratorSettings,
    pairs: Pairs,
  ) {
    const moments = observationMoments(pairs);
    this.#regression = new Regression([OBSERVED, ...NET_ARCH, SPECTRUM], BATCH, settings.seed);
    this.#batches = new Batches(pairs, moments, BATCH, settings.seed, 'sensing/perceptron', (x) => x);
  }

  get isDone(): boolean {
    return this.#done >= this.settings.rivalSteps;
  }

  iterate(steps: number): void {
    for (let k = 0; k < steps && !this.isDone; k++) {
      this.#batches.next();
      const rate = LEARNING_RATE * (1 - this.#done / this.settings.rivalSteps);
      this.#regression.train(this.#batches.inputs, this.#batches.outputs, BATCH, rate);
      this.#done += 1;
    }
  }

  document(): PolicyDocument {
    const moments = this.#batches.moments as { mean: number[]; variance: number[] };
    return rivalDocument('perceptron', this.#regression.weights(), moments, this.settings);
  }
}

function rivalDocument(
  algorithm: 'ridge' | 'perceptron',
  layers: { weights: number[][]; biases: number[] }[],
  moments: { mean: number[]; variance: number[] },
  settings: GeneratorSettings,
): PolicyDocument {
  const head = { kind: 'clipped' as const, logStd: Array.from({ length: SPECTRUM }, () => -20) };
  return spectrumDocument(
    algorithm,
    { kind: 'network', encoding: { scale: 'linear', moments }, layers, activation: 'relu', head },
    settings,
  );
}
