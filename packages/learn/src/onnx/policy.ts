import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { z } from 'zod';
import type { OnnxModel, OnnxNode, Tensor } from './model.js';
import { OPERATORS, type Operation } from './operators.js';

/** Output names that exporters give to the action, tried in this order before the first output is taken. */
const ACTION_NAMES = ['action', 'actions', 'mean_actions'];

/** More than any observation has: a number of features is a number in a file. */
const MAX_FEATURES = 1_000_000;

/** An ONNX model made ready for one observation at a time. */
export interface OnnxActor {
  /** `Float64Array [features]`, written by the caller. */
  readonly input: Float64Array;
  /** `Float64Array [actions]`. */
  readonly output: Float64Array;
  run(): void;
}

/**
 * Plans the nodes that lead to the action, each with its result's place, so that acting allocates nothing.
 *
 * @throws InvalidInputError an operator that is not known, shapes that do not match, or several inputs
 */
export function createOnnxActor(model: OnnxModel, source: string): OnnxActor {
  const [input] = model.inputs;
  const fail = (message: string): never => {
    throw new InvalidInputError(source, [{ path: '', message }]);
  };
  if (input === undefined || model.inputs.length !== 1)
    return fail(`has ${model.inputs.length} inputs; expected 1`);
  const features = input.dims.at(-1) ?? fail(`input "${input.name}" does not say how many features it takes`);
  if (!(features >= 1 && features <= MAX_FEATURES)) {
    return fail(`input "${input.name}" takes ${features} features; accepted: 1 to ${MAX_FEATURES}`);
  }
  const target = ACTION_NAMES.find((name) => model.outputs.includes(name)) ?? model.outputs[0];
  if (target === undefined) return fail('has no output');
  const unknown = neededNodes(model, target).filter((node) => OPERATORS[node.operator] === undefined);
  if (unknown.length > 0) {
    const names = [...new Set(unknown.map((node) => node.operator))].join(', ');
    return fail(`uses ${names}; read are ${Object.keys(OPERATORS).join(', ')}`);
  }
  const values = new Map<string, Tensor>(model.initializers);
  const observation = new Float64Array(features);
  values.set(input.name, {
    dims: input.dims.map((dim, axis) => (axis === input.dims.length - 1 ? features : (dim ?? 1))),
    data: observation,
  });
  const operations: Operation[] = [];
  try {
    for (const node of neededNodes(model, target)) {
      const inputs = inputsOf(node, values);
      const operation = OPERATORS[node.operator](inputs, node);
      operation.run();
      operations.push(operation);
      values.set(node.outputs[0], operation.output);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail(error.message);
  }
  const output = values.get(target) ?? fail(`says nowhere how its output "${target}" is computed`);
  return {
    input: observation,
    output: output.data,
    run() {
      for (const operation of operations) operation.run();
    },
  };
}

/** Inputs that an operator cannot do without; one, where it is not named here. */
const NEEDED: Readonly<Record<string, number>> = {
  Add: 2,
  Constant: 0,
  Div: 2,
  Gemm: 2,
  MatMul: 2,
  Mul: 2,
  Reshape: 2,
  Sub: 2,
};

/** Operators whose later inputs may be left out by an empty name. */
const OPTIONAL = ['Clip', 'Dropout', 'Gemm', 'Squeeze', 'Unsqueeze'];

/** @throws RangeError one is named that is not there, or left out that is needed */
function inputsOf({ operator, inputs }: OnnxNode, values: ReadonlyMap<string, Tensor>): Tensor[] {
  const missing = inputs.find((name) => name !== '' && !values.has(name));
  if (missing !== undefined) throw new RangeError(`${operator} takes "${missing}", which is not there`);
  const least = NEEDED[operator] ?? 1;
  const needed = OPTIONAL.includes(operator) ? least : Math.max(least, inputs.length);
  const given = inputs.slice(0, needed).filter((name) => name !== '').length;
  if (given < needed) throw new RangeError(`${operator} has ${given} inputs; it needs ${needed}`);
  return inputs.map((name) => values.get(name)!); // an empty name stands for one that may be left out
}

/** The nodes that an output depends on, in the file's order, which ONNX requires to be topological. */
function neededNodes(model: OnnxModel, output: string) {
  const needed = new Set([output]);
  const nodes = [];
  for (const node of [...model.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    node.inputs.forEach((name) => needed.add(name));
    nodes.push(node);
  }
  return nodes.reverse();
}

/** @throws InvalidInputError it is no list of names */
function featuresOf(text: string, source: string): string[] {
  try {
    return z.array(z.string()).min(1).parse(JSON.parse(text));
  } catch {
    const message = `${JSON.stringify(text.slice(0, 60))} is no JSON list of names of features`;
    throw new InvalidInputError(source, [{ path: 'metadata.features', message }]);
  }
}

/**
 * Any ONNX model that turns an observation into the two splits, as a policy: exported by MetaLore or trained elsewhere,
 * with Stable-Baselines3 say.
 *
 * @param defaultFeatures what it observes if its metadata has no `features`; the paper's two queue lengths
 * @throws InvalidInputError if the model's numbers of inputs or outputs are others
 */
export function onnxPolicy(model: OnnxModel, source: string, defaultFeatures: readonly string[]): Policy {
  const actor = createOnnxActor(model, source);
  const named = model.metadata['features'];
  const features = named === undefined ? defaultFeatures : featuresOf(named, source);
  const problems = [];
  if (actor.input.length !== features.length) {
    problems.push({
      path: 'input',
      message: `takes ${actor.input.length} features; expected ${features.join(', ')}`,
    });
  }
  if (actor.output.length !== 2) {
    problems.push({ path: 'output', message: `has ${actor.output.length} numbers; expected ρC and ρP` });
  }
  if (problems.length > 0) throw new InvalidInputError(source, problems);
  const { input, output } = actor;
  return {
    name: model.metadata['name'] ?? 'onnx',
    features,
    reset: () => undefined,
    act(observation, offset, action, actionOffset) {
      for (let k = 0; k < input.length; k++) input[k] = observation[offset + k];
      actor.run();
      action[actionOffset] = output[0];
      action[actionOffset + 1] = output[1];
    },
  };
}
