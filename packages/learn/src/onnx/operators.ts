import { exp, log, tanh } from '@metalore/core/math';
import type { OnnxNode, Tensor } from './model.js';

/** A node with its result's place: `run` computes `output` from the inputs as they stand. */
export interface Operation {
  readonly output: Tensor;
  run(): void;
}

type Build = (inputs: readonly Tensor[], node: OnnxNode) => Operation;

const size = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
const zeros = (dims: readonly number[]): Tensor => ({ dims, data: new Float64Array(size(dims)) });
const nothing = () => undefined;

function mapping(f: (x: number) => number): Build {
  return ([x]) => {
    const output = zeros(x.dims);
    return {
      output,
      run() {
        for (let i = 0; i < output.data.length; i++) output.data[i] = f(x.data[i]);
      },
    };
  };
}

/** Numpy's broadcasting over any number of inputs, folded from the left. */
function broadcasting(f: (a: number, b: number) => number): Build {
  return (inputs) => {
    const rank = Math.max(...inputs.map(({ dims }) => dims.length));
    const dims = Array.from({ length: rank }, (_, axis) =>
      Math.max(...inputs.map((input) => input.dims[axis - rank + input.dims.length] ?? 1)),
    );
    const output = zeros(dims);
    const positions = inputs.map((input) => sourcePositions(input.dims, dims));
    return {
      output,
      run() {
        for (let i = 0; i < output.data.length; i++) {
          let value = inputs[0].data[positions[0][i]];
          for (let k = 1; k < inputs.length; k++) value = f(value, inputs[k].data[positions[k][i]]);
          output.data[i] = value;
        }
      },
    };
  };
}

/** For every element of a result of shape `to`, which element of a tensor of shape `from` it reads. */
function sourcePositions(from: readonly number[], to: readonly number[]): Int32Array {
  const positions = new Int32Array(size(to));
  for (let i = 0; i < positions.length; i++) {
    let rest = i;
    let stride = 1;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const index = rest % to[axis];
      rest = Math.floor(rest / to[axis]);
      const dim = from[axis - to.length + from.length];
      if (dim === undefined) continue;
      if (dim !== 1 && dim !== to[axis])
        throw new RangeError(`shapes [${from.join()}] and [${to.join()}] do not match`);
      if (dim !== 1) positions[i] = positions[i] + index * stride;
      stride *= dim;
    }
  }
  return positions;
}

/** y = α A' B' + β C, where a prime is an optional transpose. */
function product(
  a: Tensor,
  b: Tensor,
  c: Tensor | undefined,
  options: { alpha: number; beta: number; transA: boolean; transB: boolean },
): Operation {
  const [rows, inner] = options.transA
    ? [a.dims.at(-1)!, a.dims.at(-2)!]
    : [a.dims.at(-2) ?? 1, a.dims.at(-1)!];
  const [innerB, cols] = options.transB ? [b.dims.at(-1)!, b.dims.at(-2)!] : [b.dims.at(-2)!, b.dims.at(-1)!];
  if (a.dims.length > 2 || b.dims.length !== 2 || inner !== innerB) {
    throw new RangeError(`matrices [${a.dims.join()}] and [${b.dims.join()}] do not match`);
  }
  const output = zeros([rows, cols]);
  const bias = c === undefined ? undefined : sourcePositions(c.dims, output.dims);
  return {
    output,
    run() {
      for (let row = 0; row < rows; row++) {
        for (let col = 0; col < cols; col++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            const left = a.data[options.transA ? k * rows + row : row * inner + k];
            sum += left * b.data[options.transB ? col * inner + k : k * cols + col];
          }
          const at = row * cols + col;
          output.data[at] = options.alpha * sum + (bias === undefined ? 0 : options.beta * c!.data[bias[at]]);
        }
      }
    },
  };
}

/** The same numbers under another shape. */
function reshaped(x: Tensor, dims: readonly number[]): Operation {
  return { output: { dims, data: x.data }, run: nothing };
}

const concat: Build = (inputs, node) => {
  const rank = inputs[0].dims.length;
  const axis = ((node.attributes.get('axis')?.integer ?? 0) + rank) % rank;
  const dims = inputs[0].dims.map((dim, k) =>
    k === axis ? inputs.reduce((sum, x) => sum + x.dims[axis], 0) : dim,
  );
  const output = zeros(dims);
  const outer = size(dims.slice(0, axis));
  return {
    output,
    run() {
      let at = 0;
      for (let block = 0; block < outer; block++) {
        for (const { data } of inputs) {
          const length = data.length / outer;
          for (let k = 0; k < length; k++) output.data[at++] = data[block * length + k];
        }
      }
    },
  };
};

const clip: Build = ([x, low, high], node) => {
  const min = node.attributes.get('min')?.float ?? -Infinity;
  const max = node.attributes.get('max')?.float ?? Infinity;
  const output = zeros(x.dims);
  return {
    output,
    run() {
      const from = low?.data[0] ?? min;
      const to = high?.data[0] ?? max;
      for (let i = 0; i < output.data.length; i++) output.data[i] = Math.min(Math.max(x.data[i], from), to);
    },
  };
};

const flatten: Build = ([x], node) => {
  const axis = node.attributes.get('axis')?.integer ?? 1;
  const rows = size(x.dims.slice(0, axis));
  return reshaped(x, [rows, x.data.length / rows]);
};

const constant: Build = (_, node) => {
  const { tensor, float, floats, integer, integers } =
    node.attributes.get('value') ?? [...node.attributes.values()][0] ?? {};
  const list = floats ?? integers;
  const scalar = float ?? integer;
  const value = tensor ?? (list ? { dims: [list.length], data: Float64Array.from(list) } : undefined);
  if (value === undefined && scalar === undefined) throw new RangeError('a Constant without a number');
  return { output: value ?? { dims: [], data: Float64Array.of(scalar!) }, run: nothing };
};

/** What plain perceptrons and their normalisation are made of: operators that mean the same on numbers in every opset. */
export const OPERATORS: Readonly<Record<string, Build>> = {
  Abs: mapping(Math.abs),
  Add: broadcasting((a, b) => a + b),
  Clip: clip,
  Concat: concat,
  Constant: constant,
  Div: broadcasting((a, b) => a / b),
  Flatten: flatten,
  Gemm: ([a, b, c], { attributes }) =>
    product(a, b, c, {
      alpha: attributes.get('alpha')?.float ?? 1,
      beta: attributes.get('beta')?.float ?? 1,
      transA: attributes.get('transA')?.integer === 1,
      transB: attributes.get('transB')?.integer === 1,
    }),
  Identity: ([x]) => reshaped(x, x.dims),
  Log: mapping(log),
  MatMul: ([a, b]) => product(a, b, undefined, { alpha: 1, beta: 0, transA: false, transB: false }),
  Max: broadcasting(Math.max),
  Min: broadcasting(Math.min),
  Mul: broadcasting((a, b) => a * b),
  Relu: mapping((x) => (x > 0 ? x : 0)),
  Sigmoid: mapping((x) => 1 / (1 + exp(-x))),
  Sign: mapping(Math.sign),
  Softplus: mapping((x) => (x > 30 ? x : log(1 + exp(x)))),
  Sub: broadcasting((a, b) => a - b),
  Tanh: mapping(tanh),
};
