import { parseWith } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { z } from 'zod';

const numbers = z.array(z.number());

const networkSchema = z.strictObject({
  kind: z.literal('network'),
  encoding: z
    .strictObject({
      scale: z.enum(['linear', 'log']).describe('log: sign(x) · ln(1 + |x|)'),
      moments: z
        .strictObject({ mean: numbers, variance: numbers })
        .nullable()
        .describe('(y − mean) / √(variance + 1e-8), clipped at ±10; null: no normalisation'),
    })
    .describe('from an observation to the input of the network'),
  layers: z
    .array(z.strictObject({ weights: z.array(numbers), biases: numbers }))
    .min(1)
    .describe('weights [outputs][inputs]; tanh between layers, none after the last'),
  head: z
    .strictObject({
      kind: z.enum(['clipped', 'squashed']),
      logStd: numbers.describe('of the Gaussian around the output, before clipping or squashing'),
    })
    .describe('clipped: output clipped to [low, high]; squashed: low + (high − low) · (1 + tanh output) / 2'),
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

/** A trained policy as a document: all that is needed to act, in numbers that any language reads. */
export const policyDocumentSchema = z.strictObject({
  format: z.literal('metalore-policy'),
  version: z.literal(1),
  name: z.string(),
  features: z.array(z.string()).min(1).describe('what it observes, by name, in this order'),
  actions: z.strictObject({ names: z.array(z.string()), low: numbers, high: numbers }),
  model: z.discriminatedUnion('kind', [networkSchema, linearSchema]),
  training: z
    .record(z.string(), z.unknown())
    .describe('algorithm, options, seed and steps it was trained with'),
});

export type PolicyDocument = z.output<typeof policyDocumentSchema>;
export type NetworkModel = z.output<typeof networkSchema>;
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

function shapeProblems(document: PolicyDocument): { path: string; message: string }[] {
  const problems: { path: string; message: string }[] = [];
  const expect = (path: string, length: number, expected: number) => {
    if (length !== expected) problems.push({ path, message: `has ${length} entries; expected ${expected}` });
  };
  const inputs = document.features.length;
  const outputs = document.actions.names.length;
  expect('actions.low', document.actions.low.length, outputs);
  expect('actions.high', document.actions.high.length, outputs);
  const { model } = document;
  if (model.kind === 'linear-sigmoid') {
    expect('model.weights', model.weights.length, outputs);
    model.weights.forEach((row, i) => expect(`model.weights.${i}`, row.length, 1 + 2 * inputs));
    return problems;
  }
  if (model.encoding.moments !== null) {
    expect('model.encoding.moments.mean', model.encoding.moments.mean.length, inputs);
    expect('model.encoding.moments.variance', model.encoding.moments.variance.length, inputs);
  }
  let width = inputs;
  model.layers.forEach((layer, l) => {
    expect(`model.layers.${l}.weights`, layer.weights.length, layer.biases.length);
    layer.weights.forEach((row, o) => expect(`model.layers.${l}.weights.${o}`, row.length, width));
    width = layer.biases.length;
  });
  expect('model.layers (last)', width, outputs);
  expect('model.head.logStd', model.head.logStd.length, outputs);
  return problems;
}
