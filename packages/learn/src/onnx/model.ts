import { InvalidInputError } from '@metalore/core/errors';
import { readFields, repeatedIntegers, type ProtobufField } from '../protobuf/protobuf.js';
import { decodeUtf8 } from '../protobuf/utf8.js';

/** A dense tensor; row-major. */
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
  readonly tensor?: Tensor;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** The part of an ONNX model that running a small network takes. */
export interface OnnxModel {
  readonly inputs: readonly { readonly name: string; readonly dims: readonly (number | null)[] }[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads an ONNX file (IR of onnx.proto3).
 *
 * @throws InvalidInputError if these bytes are not an ONNX model, or one with tensors of other types than numbers
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
  const initializers = new Map<string, Tensor>();
  for (const field of every(graph, 5)) {
    const entry = readFields(field.bytes);
    initializers.set(text(entry, 8), tensor(entry));
  }
  return {
    inputs: every(graph, 11)
      .map((field) => readFields(field.bytes))
      .map((entry) => ({ name: text(entry, 1), dims: valueDims(entry) }))
      .filter(({ name }) => !initializers.has(name)),
    outputs: every(graph, 12).map((field) => text(readFields(field.bytes), 1)),
    nodes: every(graph, 1).map((field) => node(readFields(field.bytes))),
    initializers,
    metadata: Object.fromEntries(
      every(fields, 14)
        .map((field) => readFields(field.bytes))
        .map((entry) => [text(entry, 1), text(entry, 2)]),
    ),
  };
}

function node(fields: ProtobufField[]): OnnxNode {
  return {
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
    ...(float && { float: words(float.bytes, 4)[0] }),
    ...(integer && { integer: integer.integer }),
    ...(value && { tensor: tensor(readFields(value.bytes)) }),
    ...(floats.length > 0 && { floats: floats.flatMap((field) => words(field.bytes, 4)) }),
    ...(integers.length > 0 && { integers }),
  };
}

/** Numbers of a TensorProto, from `raw_data` or from the field of its type. */
function tensor(fields: ProtobufField[]): Tensor {
  const dims = repeatedIntegers(fields, 1);
  const type = last(fields, 2)?.integer ?? 0;
  const raw = last(fields, 9)?.bytes;
  const size = dims.reduce((product, dim) => product * dim, 1);
  let data: number[];
  if (type === 1) data = raw ? words(raw, 4) : every(fields, 4).flatMap((field) => words(field.bytes, 4));
  else if (type === 11)
    data = raw ? words(raw, 8) : every(fields, 10).flatMap((field) => words(field.bytes, 8));
  else if (type === 7) data = raw ? longs(raw) : repeatedIntegers(fields, 7);
  else if (type === 6) data = raw ? ints(raw) : repeatedIntegers(fields, 5);
  else
    throw new RangeError(
      `tensor "${text(fields, 8)}" has element type ${type}; read are float, double, int32, int64`,
    );
  if (data.length !== size)
    throw new RangeError(`tensor "${text(fields, 8)}" has ${data.length} of ${size} elements`);
  return { dims, data: Float64Array.from(data) };
}

function valueDims(fields: ProtobufField[]): (number | null)[] {
  const type = last(fields, 2);
  const tensorType = type && last(readFields(type.bytes), 1);
  const shape = tensorType && last(readFields(tensorType.bytes), 2);
  if (!shape) return [];
  return every(readFields(shape.bytes), 1).map((field) => last(readFields(field.bytes), 1)?.integer ?? null);
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

function words(bytes: Uint8Array, width: 4 | 8): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (at: number) => (width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => read(i * width));
}

function longs(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
}

function ints(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(i * 4, true));
}
