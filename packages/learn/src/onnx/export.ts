import { diffusionSchedule, EMBEDDING_SIZE, timeEmbedding } from '../network/diffusion-schedule.js';
import type { Activation, MlpWeights } from '../network/mlp.js';
import { ENCODING_CLIP, ENCODING_EPSILON } from '../normalize/encoder.js';
import {
  boxActions,
  type BoxActions,
  type DiffusionModel,
  type LinearModel,
  type NetworkModel,
  type PolicyDocument,
} from '../policy-file/document.js';
import { ProtobufWriter } from '../protobuf/protobuf.js';
import { Graph } from './graph.js';

const IR_VERSION = 8;
const OPSET = 17;

/**
 * A policy as an ONNX model (opset 17, single precision): input `observation [batch × features]` as the simulator gives
 * it, output `action [batch × actions]` within its bounds, the middle of the distribution; normalisation and bounds are nodes
 * of the graph. Where actions are numbered, the output is `logits [batch × n]`, whose softmax is the distribution.
 *
 * A denoising chain is unrolled and has a second input, `noise [batch × N · size]`: x_N, then z of steps N … 2; zeros give
 * the mode. The features' names stand in the metadata.
 */
export function exportOnnx(document: PolicyDocument): Uint8Array {
  const graph = new Graph();
  const { model, actions, features } = document;
  if (model.kind === 'linear-sigmoid') linearGraph(graph, model, boxActions(document));
  else if (model.kind === 'network') networkGraph(graph, document, model);
  else chainGraph(graph, document, model);
  const metadata: Record<string, string> = {
    features: JSON.stringify(features),
    actions: JSON.stringify(actions.names),
    name: document.name,
  };
  const size = actions.names.length;
  const noise = model.kind === 'diffusion' ? { noise: model.steps * size } : {};
  const inputs = { observation: features.length, ...noise };
  const file = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'metalore')
    .message(7, graph.finish(document.name, inputs, { ['n' in actions ? 'logits' : 'action']: size }))
    .message(8, new ProtobufWriter().string(1, '').integer(2, OPSET));
  for (const [key, value] of Object.entries(metadata)) {
    file.message(14, new ProtobufWriter().string(1, key).string(2, value));
  }
  return file.finish();
}

function networkGraph(graph: Graph, document: PolicyDocument, model: NetworkModel): void {
  const { head, layers, activation } = model;
  const isCategorical = head.kind === 'categorical';
  const x = encoded(graph, model.encoding);
  const output = perceptron(graph, x, layers, activation, isCategorical ? 'logits' : undefined);
  if (head.kind === 'categorical') return;
  const { low, high } = boxActions(document);
  if (head.kind === 'squashed') return fromUnit(graph, graph.node('Tanh', [output]), { low, high });
  const raised = graph.node('Max', [output, graph.constant([low.length], low)]);
  graph.node('Min', [raised, graph.constant([low.length], high)], {}, 'action');
}

/** The chain of `DenoisingChain`, step by step; the embedding of a step goes into the biases of the first layer. */
function chainGraph(graph: Graph, document: PolicyDocument, model: DiffusionModel): void {
  const { steps, layers, activation, prediction, bounded, head } = model;
  const { alphaBar, fromData, fromNoisy, sigma } = diffusionSchedule(steps);
  const size = layers[layers.length - 1].biases.length;
  const condition = encoded(graph, model.encoding);
  const scaled = (x: string, factor: number) => graph.node('Mul', [x, graph.constant([], [factor])]);
  let noisy = graph.columns('noise', 0, size);
  for (let k = steps - 1; k >= 0; k--) {
    const input = graph.node('Concat', [noisy, condition], { axis: 1 });
    const said = perceptron(
      graph,
      input,
      [withEmbedding(layers[0], size, k + 1), ...layers.slice(1)],
      activation,
    );
    let estimate = said;
    if (prediction === 'noise') {
      const clean = graph.node('Sub', [noisy, scaled(said, Math.sqrt(1 - alphaBar[k]))]);
      estimate = scaled(clean, 1 / Math.sqrt(alphaBar[k]));
    }
    if (bounded) {
      estimate =
        prediction === 'sample'
          ? graph.node('Tanh', [estimate])
          : graph.node('Clip', [estimate, graph.constant([], [-1]), graph.constant([], [1])]);
    }
    noisy = graph.node('Add', [scaled(estimate, fromData[k]), scaled(noisy, fromNoisy[k])]);
    if (k === 0) break;
    const z = graph.columns('noise', (steps - k) * size, (steps - k + 1) * size);
    noisy = graph.node('Add', [noisy, scaled(z, sigma[k])]);
  }
  if (head.kind === 'box') fromUnit(graph, noisy, boxActions(document));
  else graph.node('Identity', [noisy], {}, 'logits');
}

/** The first layer of a chain for one step: its inputs without the embedding, whose part is in the biases. */
function withEmbedding({ weights, biases }: MlpWeights, size: number, step: number): MlpWeights {
  const embedding = timeEmbedding(step);
  return {
    weights: weights.map((row) => [...row.slice(0, size), ...row.slice(size + EMBEDDING_SIZE)]),
    biases: biases.map((bias, o) =>
      embedding.reduce((sum, value, e) => sum + value * weights[o][size + e], bias),
    ),
  };
}

/** `observation` as the network takes it. */
function encoded(graph: Graph, { scale, moments }: NetworkModel['encoding']): string {
  let x = scale === 'log' ? logScaleNodes(graph, 'observation') : 'observation';
  if (moments === null) return x;
  const size = moments.mean.length;
  const deviations = moments.variance.map((variance) => Math.sqrt(variance + ENCODING_EPSILON));
  x = graph.node('Sub', [x, graph.constant([size], moments.mean)]);
  x = graph.node('Div', [x, graph.constant([size], deviations)]);
  return graph.node('Clip', [x, graph.constant([], [-ENCODING_CLIP]), graph.constant([], [ENCODING_CLIP])]);
}

function perceptron(
  graph: Graph,
  input: string,
  layers: readonly MlpWeights[],
  activation: Activation,
  output?: string,
): string {
  return layers.reduce((x, { weights, biases }, layer) => {
    const isLast = layer === layers.length - 1;
    const y = affineNode(graph, x, weights, biases, isLast ? output : undefined);
    return isLast ? y : activated(graph, y, activation);
  }, input);
}

function activated(graph: Graph, x: string, activation: Activation): string {
  if (activation === 'tanh') return graph.node('Tanh', [x]);
  if (activation === 'relu') return graph.node('Relu', [x]);
  return graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]);
}

/** `action` ← low + (high − low) (1 + x)/2. */
function fromUnit(graph: Graph, x: string, { low, high }: Pick<BoxActions, 'low' | 'high'>): void {
  const half = high.map((value, d) => (value - low[d]) / 2);
  const middle = high.map((value, d) => (value + low[d]) / 2);
  const scaled = graph.node('Mul', [x, graph.constant([low.length], half)]);
  graph.node('Add', [scaled, graph.constant([low.length], middle)], {}, 'action');
}

function linearGraph(graph: Graph, model: LinearModel, { low, high }: BoxActions): void {
  const percent = graph.node('Div', ['observation', graph.constant([], [100])]);
  const features = graph.node('Concat', [percent, logScaleNodes(graph, 'observation')], { axis: 1 });
  const weights = model.weights.map((row) => row.slice(1));
  const biases = model.weights.map((row) => row[0]);
  let x = graph.node('Sigmoid', [affineNode(graph, features, weights, biases)]);
  const range = high.map((value, d) => value - low[d]);
  x = graph.node('Mul', [x, graph.constant([low.length], range)]);
  graph.node('Add', [x, graph.constant([low.length], low)], {}, 'action');
}

/** sign(x) · ln(1 + |x|) */
function logScaleNodes(graph: Graph, x: string): string {
  const magnitude = graph.node('Log', [graph.node('Add', [graph.node('Abs', [x]), graph.constant([], [1])])]);
  return graph.node('Mul', [graph.node('Sign', [x]), magnitude]);
}

function affineNode(
  graph: Graph,
  x: string,
  weights: readonly number[][],
  biases: readonly number[],
  output?: string,
): string {
  const matrix = graph.constant([weights.length, weights[0].length], weights.flat());
  return graph.node('Gemm', [x, matrix, graph.constant([biases.length], biases)], { transB: 1 }, output);
}
