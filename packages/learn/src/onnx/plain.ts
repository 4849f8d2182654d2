import { FLOAT32, type OnnxModel, type OnnxNode, type Tensor } from './model.js';
import { OPERATORS, type Operation } from './operators.js';
import { sizeOf, type OnnxProgram } from './program.js';

/** The first opset in which operators broadcast as numpy does. */
const FIRST_OPSET = 7;

/**
 * A model that is a plain perceptron, in double precision and without ONNX Runtime: matrix products, additions, bounds
 * and activations over numbers of single precision. Acting allocates nothing.
 *
 * @param dims of the one input
 * @returns `undefined` if the model holds anything else, which ONNX Runtime is for
 */
export function plainProgram(model: OnnxModel, dims: readonly number[]): OnnxProgram | undefined {
  const [input] = model.inputs;
  if (model.opset < FIRST_OPSET || input.elementType !== FLOAT32 || !model.nodes.every(isPlain))
    return undefined;
  const observation = new Float64Array(sizeOf(dims));
  const values = new Map<string, Tensor>([[input.name, { dims, data: observation }]]);
  for (const [name, tensor] of model.initializers) {
    if (tensor === null) return undefined;
    values.set(name, tensor);
  }
  const operations: Operation[] = [];
  try {
    for (const node of model.nodes) {
      const operation = OPERATORS[node.operator](inputsOf(node, values), node);
      operation.run();
      operations.push(operation);
      values.set(node.outputs[0], operation.output);
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined; // ONNX Runtime knows better whether it is wrong
    throw error;
  }
  return {
    outputs: model.outputs.map((name) => {
      const { dims, data } = values.get(name)!;
      return { name, dims, size: data.length };
    }),
    actor: (output) => ({
      input: observation,
      output: values.get(output)!.data,
      run() {
        for (const operation of operations) operation.run();
      },
    }),
  };
}

function isPlain({ domain, operator, outputs, attributes }: OnnxNode): boolean {
  if (domain !== '' || !Object.hasOwn(OPERATORS, operator) || outputs.length !== 1) return false;
  return [...attributes.values()].every(({ tensor }) => tensor !== null);
}

/** Inputs that an operator cannot do without; one, where it is not named here. */
const NEEDED: Readonly<Record<string, number>> = {
  Add: 2,
  Constant: 0,
  Div: 2,
  Gemm: 2,
  MatMul: 2,
  Mul: 2,
  Sub: 2,
};

/** Operators whose later inputs may be left out by an empty name. */
const OPTIONAL = ['Clip', 'Gemm'];

/** @throws RangeError one is left out that is needed */
function inputsOf({ operator, inputs }: OnnxNode, values: ReadonlyMap<string, Tensor>): Tensor[] {
  const least = NEEDED[operator] ?? 1;
  const needed = OPTIONAL.includes(operator) ? least : Math.max(least, inputs.length);
  const given = inputs.slice(0, needed).filter((name) => name !== '').length;
  if (given < needed) throw new RangeError(`${operator} has ${given} inputs; it needs ${needed}`);
  return inputs.map((name) => values.get(name)!); // an empty name stands for one that may be left out
}
