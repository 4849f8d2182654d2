import { InvalidInputError } from '@metalore/core/errors';
import { readFields, repeatedIntegers, type ProtobufField } from '../protobuf/protobuf.js';
import { decodeUtf8 } from '../protobuf/utf8.js';

/** ONNX's numbers of element types. */
export const FLOAT32 = 1;
export const FLOAT64 = 11;

/** A dense tensor of single precision; row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** An attribute of a node: whichever of these it has. */
export interface Attribute {
  readonly float?: number;
  readonly integer?: number;
  readonly integers?: readonly number[];
  readonly floats?: readonly number[];
  /** `null`: of another type than single precision. */
  readonly tensor?: Tensor | null;
}

export interface OnnxNode {
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An input of a model. */
export interface OnnxInput {
  readonly name: string;
  readonly elementType: number;
  /** `null`: any size, or one with a name. */
  readonly dims: readonly (number | null)[];
}

/** The part of an ONNX model that tells what it is, and that running a plain perceptron takes. */
export interface OnnxModel {
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** `null`: of another type than single precision. */
  readonly initializers: ReadonlyMap<string, Tensor | null>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads an ONNX file (IR of onnx.proto3).
 *
 * @throws InvalidInputError if these bytes are not an ONNX model, or a node takes a tensor that is not there
 */
export function readOnnx(bytes: Uint8Array, source: string): OnnxModel {
  try {
    return model(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidInputError(
      source,
      [{ path: '', message: `is not a readable ONNX model: ${error.message}` }],
      {
        cause: error,
      },
    );
  }
}

function model(bytes: Uint8Array): OnnxModel {
  const fields = readFields(bytes);
  const graphBytes = last(fields, 7)?.bytes;
  if (graphBytes === undefined) throw new RangeError('it has no graph');
  const graph = readFields(graphBytes);
  const initializers = new Map<string, Tensor | null>();
  for (const field of every(graph, 5)) {
    const entry = readFields(field.bytes);
    initializers.set(text(entry, 8), tensor(entry));
  }
  const inputs = every(graph, 11)
    .map((field) => input(readFields(field.bytes)))
    .filter(({ name }) => !initializers.has(name));
  const outputs = every(graph, 12).map((field) => text(readFields(field.bytes), 1));
  const nodes = every(graph, 1).map((field) => node(readFields(field.bytes)));
  checkNames(nodes, outputs, [...inputs.map(({ name }) => name), ...initializers.keys()]);
  const opsets = every(fields, 8).map((field) => readFields(field.bytes));
  const own = opsets.find((entry) => text(entry, 1) === '');
  return {
    opset: (own && last(own, 2)?.integer) ?? 0,
    inputs,
    outputs,
    nodes,
    initializers,
    metadata: Object.fromEntries(
      every(fields, 14)
        .map((field) => readFields(field.bytes))
        .map((entry) => [text(entry, 1), text(entry, 2)]),
    ),
  };
}

/** @throws RangeError a tensor is named that neither the file nor an earlier node gives */
function checkNames(nodes: readonly OnnxNode[], outputs: readonly string[], given: readonly string[]): void {
  const known = new Set(['', ...given]); // an empty name stands for an input that is left out
  for (const { operator, inputs, outputs: results } of nodes) {
    const missing = inputs.find((name) => !known.has(name));
    if (missing !== undefined) throw new RangeError(`${operator} takes "${missing}", which is not there`);
    for (const name of results) known.add(name);
  }
  const missing = outputs.find((name) => !known.has(name));
  if (missing !== undefined) throw new RangeError(`no node gives its output "${missing}"`);
}

function node(fields: ProtobufField[]): OnnxNode {
  return {
    domain: text(fields, 7),
    operator: text(fields, 4),
    inputs: every(fields, 1).map(asText),
    outputs: every(fields, 2).map(asText),
    attributes: new Map(
      every(fields, 5)
        .map((field) => readFields(field.bytes))
        .map((entry) => [text(entry, 1), attribute(entry)]),
    ),
  };
}

function attribute(fields: ProtobufField[]): Attribute {
  const float = last(fields, 2);
  const integer = last(fields, 3);
  const value = last(fields, 5);
  const floats = every(fields, 7);
  const integers = repeatedIntegers(fields, 8);
  return {
    ...(float && { float: words(float.bytes)[0] }),
    ...(integer && { integer: integer.integer }),
    ...(value && { tensor: tensor(readFields(value.bytes)) }),
    ...(floats.length > 0 && { floats: floats.flatMap((field) => words(field.bytes)) }),
    ...(integers.length > 0 && { integers }),
  };
}

/** Numbers of a TensorProto, from `raw_data` or from the field of its type; `null` if they are not of single precision. */
function tensor(fields: ProtobufField[]): Tensor | null {
  if (last(fields, 2)?.integer !== FLOAT32) return null;
  const dims = repeatedIntegers(fields, 1);
  const raw = last(fields, 9)?.bytes;
  const size = dims.reduce((product, dim) => product * dim, 1);
  const data = raw ? words(raw) : every(fields, 4).flatMap((field) => words(field.bytes));
  if (data.length !== size) {
    throw new RangeError(`tensor "${text(fields, 8)}" has ${data.length} of ${size} elements`);
  }
  return { dims, data: Float64Array.from(data) };
}

function input(fields: ProtobufField[]): OnnxInput {
  const type = last(fields, 2);
  const tensorType = type && last(readFields(type.bytes), 1);
  const entry = tensorType ? readFields(tensorType.bytes) : [];
  const shape = last(entry, 2);
  const dims = shape ? every(readFields(shape.bytes), 1).map((field) => readFields(field.bytes)) : [];
  return {
    name: text(fields, 1),
    elementType: last(entry, 1)?.integer ?? 0,
    dims: dims.map((dim) => last(dim, 1)?.integer ?? null),
  };
}

const every = (fields: readonly ProtobufField[], number: number) =>
  fields.filter((field) => field.number === number);
const last = (fields: readonly ProtobufField[], number: number) =>
  fields.findLast((field) => field.number === number);
const asText = (field: ProtobufField) => decodeUtf8(field.bytes);
const text = (fields: readonly ProtobufField[], number: number) => {
  const field = last(fields, number);
  return field ? asText(field) : '';
};

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getFloat32(i * 4, true));
}
