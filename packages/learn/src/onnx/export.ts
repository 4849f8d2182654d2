import { ENCODING_CLIP, ENCODING_EPSILON } from '../normalize/encoder.js';
import type { LinearModel, NetworkModel, PolicyDocument } from '../policy-file/document.js';
import { ProtobufWriter } from '../protobuf/protobuf.js';

const FLOAT = 1;
const IR_VERSION = 8;
const OPSET = 17;

/** Collects nodes and constants; every method returns the name of its result. */
class Graph {
  readonly #writer = new ProtobufWriter();
  #count = 0;

  constant(dims: readonly number[], values: readonly number[]): string {
    const name = `constant_${this.#count++}`;
    const tensor = new ProtobufWriter();
    for (const dim of dims) tensor.integer(1, dim);
    tensor
      .integer(2, FLOAT)
      .string(8, name)
      .bytes(9, new Uint8Array(Float32Array.from(values).buffer));
    this.#writer.message(5, tensor);
    return name;
  }

  node(
    operator: string,
    inputs: readonly string[],
    integers: Readonly<Record<string, number>> = {},
    output?: string,
  ) {
    const name = output ?? `${operator.toLowerCase()}_${this.#count++}`;
    const node = new ProtobufWriter();
    for (const input of inputs) node.string(1, input);
    node.string(2, name).string(3, name).string(4, operator);
    for (const [key, value] of Object.entries(integers)) {
      node.message(5, new ProtobufWriter().string(1, key).integer(3, value).integer(20, 2));
    }
    this.#writer.message(1, node);
    return name;
  }

  finish(name: string, inputs: number, outputs: number): ProtobufWriter {
    return this.#writer
      .string(2, name)
      .message(11, valueInfo('observation', inputs))
      .message(12, valueInfo('action', outputs));
  }
}

/**
 * A policy as an ONNX model (opset 17, single precision): input `observation [batch × features]` as the simulator gives
 * it, output `action [batch × actions]` within its bounds; normalisation and bounds are nodes of the graph, the middle of
 * the distribution is what it computes. The features' names stand in the metadata.
 */
export function exportOnnx(document: PolicyDocument): Uint8Array {
  const graph = new Graph();
  const { low, high } = document.actions;
  if (document.model.kind === 'network') networkGraph(graph, document.model, low, high);
  else linearGraph(graph, document.model, low, high);
  const metadata: Record<string, string> = {
    features: JSON.stringify(document.features),
    actions: JSON.stringify(document.actions.names),
    name: document.name,
  };
  const model = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'metalore')
    .message(7, graph.finish(document.name, document.features.length, low.length))
    .message(8, new ProtobufWriter().string(1, '').integer(2, OPSET));
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, new ProtobufWriter().string(1, key).string(2, value));
  }
  return model.finish();
}

function networkGraph(
  graph: Graph,
  model: NetworkModel,
  low: readonly number[],
  high: readonly number[],
): void {
  const { scale, moments } = model.encoding;
  let x = scale === 'log' ? logScaleNodes(graph, 'observation') : 'observation';
  if (moments !== null) {
    const size = moments.mean.length;
    const deviations = moments.variance.map((variance) => Math.sqrt(variance + ENCODING_EPSILON));
    x = graph.node('Sub', [x, graph.constant([size], moments.mean)]);
    x = graph.node('Div', [x, graph.constant([size], deviations)]);
    x = graph.node('Clip', [x, graph.constant([], [-ENCODING_CLIP]), graph.constant([], [ENCODING_CLIP])]);
  }
  model.layers.forEach(({ weights, biases }, layer) => {
    x = affineNode(graph, x, weights, biases);
    if (layer < model.layers.length - 1) x = graph.node('Tanh', [x]);
  });
  const size = low.length;
  if (model.head.kind === 'clipped') {
    x = graph.node('Max', [x, graph.constant([size], low)]);
    graph.node('Min', [x, graph.constant([size], high)], {}, 'action');
    return;
  }
  const half = high.map((value, d) => (value - low[d]) / 2);
  const middle = high.map((value, d) => (value + low[d]) / 2);
  x = graph.node('Tanh', [x]);
  x = graph.node('Mul', [x, graph.constant([size], half)]);
  graph.node('Add', [x, graph.constant([size], middle)], {}, 'action');
}

function linearGraph(
  graph: Graph,
  model: LinearModel,
  low: readonly number[],
  high: readonly number[],
): void {
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
): string {
  const matrix = graph.constant([weights.length, weights[0].length], weights.flat());
  return graph.node('Gemm', [x, matrix, graph.constant([biases.length], biases)], { transB: 1 });
}

function valueInfo(name: string, size: number): ProtobufWriter {
  const dims = [new ProtobufWriter().string(2, 'batch'), new ProtobufWriter().integer(1, size)];
  const shape = dims.reduce((writer, dim) => writer.message(1, dim), new ProtobufWriter());
  const tensorType = new ProtobufWriter().integer(1, FLOAT).message(2, shape);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType));
}
