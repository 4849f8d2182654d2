import { parseWith } from '@metalore/core/document';
import { isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
import { z } from 'zod';
import { EMBEDDING_SIZE } from '../network/diffusion-schedule.js';

const numbers = z.array(z.number());

const encoding = z
  .strictObject({
    scale: z.enum(['linear', 'log']).describe('log: sign(x) · ln(1 + |x|)'),
    moments: z
      .strictObject({ mean: numbers, variance: numbers })
      .nullable()
      .describe('(y − mean) / √(variance + 1e-8), clipped at ±10; null: no normalisation'),
  })
  .describe('from an observation to the input of the network');

const layers = z
  .array(z.strictObject({ weights: z.array(numbers), biases: numbers }))
  .min(1)
  .describe('weights [outputs][inputs]; the activation between layers, none after the last');

const activation = z.enum(['tanh', 'relu', 'mish']).default('tanh').describe('between the layers');

const categoricalHead = z
  .strictObject({ kind: z.literal('categorical') })
  .describe('softmax over one output per action; the middle of the distribution is the highest output');

const networkSchema = z.strictObject({
  kind: z.literal('network'),
  encoding,
  layers,
  activation,
  head: z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.enum(['clipped', 'squashed']),
        logStd: numbers.describe('of the Gaussian around the output, before clipping or squashing'),
      })
      .describe(
        'clipped: output clipped to [low, high]; squashed: low + (high − low) · (1 + tanh output) / 2',
      ),
    categoricalHead,
  ]),
});

const diffusionSchema = z.strictObject({
  kind: z.literal('diffusion'),
  encoding,
  layers: layers.describe('of (x_i, sinusoidal embedding of i − 1 in 16 numbers, encoded observation)'),
  activation,
  steps: z
    .int()
    .positive()
    .describe('N of the variance-preserving schedule β_i = 1 − exp(−0.1/N − 4.95 (2i − 1)/N²)'),
  prediction: z
    .enum(['sample', 'noise'])
    .describe('what the network says: x̂_0, or the noise in x_i, x̂_0 = (x_i − √(1 − ᾱ_i) ε̂) / √ᾱ_i'),
  bounded: z.boolean().describe('x̂_0 kept in [−1, 1]: tanh of a sample, clamping under noise'),
  head: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('box') }).describe('low + (high − low) · (1 + x_0) / 2'),
    categoricalHead,
  ]),
  critics: z
    .array(layers)
    .optional()
    .describe('Q of (encoded observation, x_0), same activation; the smallest counts; for best-of-k'),
});

const linearSchema = z.strictObject({
  kind: z.literal('linear-sigmoid'),
  weights: z
    .array(numbers)
    .describe(
      '[actions][1 + 2 · features]: bias, then x / 100 of every feature, then ln(1 + |x|) · sign(x) of every feature; ' +
        'action = low + (high − low) / (1 + e^−sum)',
    ),
});

const boxSchema = z
  .strictObject({ names: z.array(z.string()), low: numbers, high: numbers })
  .describe('a number per name between its bounds');
const discreteSchema = z
  .strictObject({
    n: z.int().positive(),
    names: z.array(z.string()),
    masked: z.boolean().default(false).describe('whether actions without sense were masked in training'),
  })
  .describe('one of n actions');

/** A trained policy as a document: all that is needed to act, in numbers that any language reads. */
export const policyDocumentSchema = z.strictObject({
  format: z.literal('metalore-policy'),
  version: z.literal(1),
  name: z.string(),
  features: z.array(z.string()).min(1).describe('what it observes, by name, in this order'),
  actions: z.union([boxSchema, discreteSchema]),
  model: z.discriminatedUnion('kind', [networkSchema, linearSchema, diffusionSchema]),
  training: z
    .record(z.string(), z.unknown())
    .describe('algorithm, options, seed and steps it was trained with'),
});

export type PolicyDocument = z.output<typeof policyDocumentSchema>;
export type NetworkModel = z.output<typeof networkSchema>;
export type DiffusionModel = z.output<typeof diffusionSchema>;
export type BoxActions = z.output<typeof boxSchema>;
export type LinearModel = z.output<typeof linearSchema>;

/**
 * Checks a policy document, shapes included.
 *
 * @param source where it came from, for the message
 * @throws InvalidInputError with every problem
 */
export function parsePolicyDocument(value: unknown, source: string): PolicyDocument {
  const document = parseWith(policyDocumentSchema, value, source);
  const problems = shapeProblems(document);
  if (problems.length > 0) throw new InvalidInputError(source, problems);
  return document;
}

/**
 * The box that a policy acts in.
 *
 * @throws InvalidInputError it chooses among numbered actions
 */
export function boxActions({ name, actions }: PolicyDocument): BoxActions {
  if (!('n' in actions)) return actions;
  const message = `chooses among ${actions.n} actions; expected one that names numbers within bounds`;
  throw new InvalidInputError('policy', [{ path: name, message }]);
}

/** How a policy file names the actions of an environment. */
export function describeActions({
  actionSpace: space,
  actionMasks,
}: Pick<VectorEnvironment<ActionSpace>, 'actionSpace' | 'actionMasks'>): PolicyDocument['actions'] {
  return isDiscrete(space)
    ? { n: space.n, names: [...space.names], masked: actionMasks !== undefined }
    : { names: [...space.names], low: [...space.low], high: [...space.high] };
}

function shapeProblems(document: PolicyDocument): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  const expect = (path: string, length: number, expected: number) => {
    if (length !== expected) problems.push({ path, message: `has ${length} entries; expected ${expected}` });
  };
  const inputs = document.features.length;
  const { model, actions } = document;
  const outputs = actions.names.length;
  const isNumbered = 'n' in actions;
  if (isNumbered) expect('actions.names', outputs, actions.n);
  else {
    expect('actions.low', actions.low.length, outputs);
    expect('actions.high', actions.high.length, outputs);
  }
  const isCategorical = model.kind !== 'linear-sigmoid' && model.head.kind === 'categorical';
  if (isCategorical !== isNumbered) {
    const message = isNumbered ? 'names numbers; expected categorical' : 'is categorical; expected a box';
    problems.push({ path: 'model', message });
  }
  if (model.kind === 'linear-sigmoid') {
    expect('model.weights', model.weights.length, outputs);
    model.weights.forEach((row, i) => expect(`model.weights.${i}`, row.length, 1 + 2 * inputs));
    return problems;
  }
  if (model.encoding.moments !== null) {
    expect('model.encoding.moments.mean', model.encoding.moments.mean.length, inputs);
    expect('model.encoding.moments.variance', model.encoding.moments.variance.length, inputs);
  }
  const checkLayers = (path: string, stack: z.output<typeof layers>, first: number, last: number) => {
    let width = first;
    stack.forEach((layer, l) => {
      expect(`${path}.${l}.weights`, layer.weights.length, layer.biases.length);
      layer.weights.forEach((row, o) => expect(`${path}.${l}.weights.${o}`, row.length, width));
      width = layer.biases.length;
    });
    expect(`${path} (last)`, width, last);
  };
  if (model.kind === 'network') {
    checkLayers('model.layers', model.layers, inputs, outputs);
    if (model.head.kind !== 'categorical') expect('model.head.logStd', model.head.logStd.length, outputs);
    return problems;
  }
  checkLayers('model.layers', model.layers, outputs + EMBEDDING_SIZE + inputs, outputs);
  model.critics?.forEach((critic, k) => checkLayers(`model.critics.${k}`, critic, inputs + outputs, 1));
  return problems;
}
