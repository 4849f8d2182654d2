import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { z } from 'zod';
import { readOnnx, type OnnxModel } from './model.js';
import { plainProgram } from './plain.js';
import type { OnnxOutput, OnnxProgram } from './program.js';
import { runtimeProgram } from './runtime.js';

/** What the two outputs of a policy are called. */
const ACTIONS = ['ρC', 'ρP'];

/** What a file does not say of itself. */
export interface OnnxPolicyOptions {
  /** What it observes if its metadata has no `features`. */
  readonly features: readonly string[];
  /** The output that is the action; needed where several have its shape. */
  readonly output?: string | undefined;
  /**
   * Between which numbers its actions lie, mapped to shares from 0 to 1: −1 and 1 for an actor that squashes by tanh and
   * leaves the bounds to its environment. Shares as they are, if it is not given.
   */
  readonly actionRange?: readonly [low: number, high: number] | undefined;
}

/**
 * Any ONNX model that turns an observation into the two splits, as a policy: exported by MetaLore or trained elsewhere,
 * with Stable-Baselines3 say. A plain perceptron runs in double precision here, everything else in ONNX Runtime.
 *
 * @param bytes a model with all its tensors in one file (`withExternalData`)
 * @throws InvalidInputError it is no model, takes or gives other numbers than a policy does, several outputs may be the
 *   action, or ONNX Runtime is needed and not installed
 */
export async function onnxPolicy(
  bytes: Uint8Array,
  source: string,
  { features: otherwise, output, actionRange = [0, 1] }: OnnxPolicyOptions,
): Promise<Policy> {
  const model = readOnnx(bytes, source);
  const named = model.metadata['features'];
  const features = named === undefined ? otherwise : featuresOf(named, source);
  const program = await onnxProgram(bytes, model, features, source);
  const actor = program.actor(actionOf(program.outputs, output, source).name);
  const [low, high] = actionRange;
  return {
    name: model.metadata['name'] ?? 'onnx',
    features,
    reset: () => undefined,
    act(observation, offset, action, actionOffset) {
      for (let k = 0; k < actor.input.length; k++) actor.input[k] = observation[offset + k];
      actor.run();
      for (let k = 0; k < ACTIONS.length; k++) {
        action[actionOffset + k] = (actor.output[k] - low) / (high - low);
      }
    },
  };
}

async function onnxProgram(
  bytes: Uint8Array,
  model: OnnxModel,
  features: readonly string[],
  source: string,
): Promise<OnnxProgram> {
  const dims = inputDims(model, features, source);
  return plainProgram(model, dims) ?? runtimeProgram(bytes, model, dims, source);
}

/** The shape of one observation. */
function inputDims({ inputs }: OnnxModel, features: readonly string[], source: string): number[] {
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new InvalidInputError(source, [
      { path: 'input', message: `has ${inputs.length} (${names}); expected 1` },
    ]);
  }
  const [{ name, dims: written }] = inputs;
  const dims = written.length === 0 ? [1, features.length] : written.map((dim) => dim ?? 1);
  if (written.at(-1) === null) dims[dims.length - 1] = features.length;
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size === features.length) return dims;
  const message = `"${name}" takes ${size} numbers (${shape(dims)}); the observation has ${features.length}: ${features.join(', ')}`;
  throw new InvalidInputError(source, [{ path: 'input', message }]);
}

/** @throws InvalidInputError none or several may be the action, or the one that is named is not */
function actionOf(outputs: readonly OnnxOutput[], wanted: string | undefined, source: string): OnnxOutput {
  const fail = (message: string): never => {
    throw new InvalidInputError(source, [{ path: 'output', message }]);
  };
  const all = outputs.map(
    ({ name, dims, size }) => `${name} (${shape(dims)}${size === null ? ', not floats' : ''})`,
  );
  const found = outputs.filter(
    ({ name, size }) => size === ACTIONS.length && (wanted === undefined || name === wanted),
  );
  if (found.length === 1) return found[0];
  const expected = `an action has ${ACTIONS.length} numbers, ${ACTIONS.join(' and ')}`;
  if (wanted !== undefined && outputs.some(({ name }) => name === wanted)) {
    return fail(`"${wanted}" is none of an action's size: it gives ${all.join(', ')}; ${expected}`);
  }
  if (wanted !== undefined) return fail(`"${wanted}" is not there; it gives ${all.join(', ')}`);
  if (found.length === 0) return fail(`it gives ${all.join(', ')}; ${expected}`);
  const names = found.map(({ name }) => name);
  return fail(
    `${names.join(' and ')} both have an action's shape: say which with --output ${names[0]}, or ${source}#output=${names[0]}`,
  );
}

const shape = (dims: readonly number[]) => `[${dims.join(' × ')}]`;

/** @throws InvalidInputError it is no list of names */
function featuresOf(text: string, source: string): string[] {
  try {
    return z.array(z.string()).min(1).parse(JSON.parse(text));
  } catch {
    const message = `${JSON.stringify(text.slice(0, 60))} is no JSON list of names of features`;
    throw new InvalidInputError(source, [{ path: 'metadata.features', message }]);
  }
}
