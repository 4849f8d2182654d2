import { InvalidInputError } from '@metalore/core/errors';
import { readFields, ProtobufWriter, type ProtobufField } from '../protobuf/protobuf.js';
import { decodeUtf8 } from '../protobuf/utf8.js';

/** Fields of onnx.proto3. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_NAME = 8;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;

/**
 * The same model with all its tensors in one file: what exporters put into a file beside it (`x.onnx.data`, the default of
 * torch's exporter of today) is read and taken in. A model without such tensors is given back as it is.
 *
 * @param readNeighbour the bytes of a file in the model's own folder
 * @throws InvalidInputError a tensor stands in another folder, or beyond the end of its file
 */
export function withExternalData(
  model: Uint8Array,
  source: string,
  readNeighbour: (name: string) => Uint8Array,
): Uint8Array {
  const files = new Map<string, Uint8Array>();
  const bytesOf = (tensor: readonly ProtobufField[]): Uint8Array => {
    const name = text(tensor.find(({ number }) => number === TENSOR_NAME));
    const fail = (message: string): never => {
      throw new InvalidInputError(source, [{ path: `tensor "${name}"`, message }]);
    };
    const entries = new Map(
      tensor
        .filter(({ number }) => number === TENSOR_EXTERNAL_DATA)
        .map(({ bytes }) => readFields(bytes))
        .map((entry) => [text(entry.find(isField(1))), text(entry.find(isField(2)))]),
    );
    const location = entries.get('location') ?? fail('says not in which file its numbers are');
    if (location === '' || location === '.' || location === '..' || /[\\/:\0]/.test(location)) {
      return fail(`stands in ${JSON.stringify(location)}; only a file beside the model is read`);
    }
    const file = files.get(location) ?? readNeighbour(location);
    files.set(location, file);
    const offset = Number(entries.get('offset') ?? 0);
    const end = entries.has('length') ? offset + Number(entries.get('length')) : file.length;
    if (!(offset >= 0 && end >= offset && end <= file.length)) {
      return fail(`is bytes ${offset} to ${end} of ${location}, which has ${file.length}`);
    }
    return file.subarray(offset, end);
  };
  let taken = 0;
  const taking = (tensor: Uint8Array): Uint8Array => {
    const fields = readFields(tensor);
    if (!fields.some(({ number, integer }) => number === TENSOR_DATA_LOCATION && integer === 1))
      return tensor;
    taken++;
    return without(fields, [TENSOR_EXTERNAL_DATA, TENSOR_DATA_LOCATION])
      .bytes(TENSOR_RAW_DATA, bytesOf(fields))
      .finish();
  };
  try {
    const whole = changed(model, MODEL_GRAPH, (graph) => changed(graph, GRAPH_INITIALIZER, taking));
    return taken > 0 ? whole : model;
  } catch (error) {
    // What cannot be read as ONNX is refused by who reads it.
    if (error instanceof RangeError) return model;
    throw error;
  }
}

const isField = (wanted: number) => (field: ProtobufField) => field.number === wanted;
const text = (field: ProtobufField | undefined) => (field ? decodeUtf8(field.bytes) : '');

/** A message with every field of one number changed. */
function changed(message: Uint8Array, number: number, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const writer = new ProtobufWriter();
  for (const field of readFields(message)) {
    if (field.number === number) writer.bytes(number, change(field.bytes));
    else writer.encoded(field.encoded);
  }
  return writer.finish();
}

function without(fields: readonly ProtobufField[], numbers: readonly number[]): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const field of fields) if (!numbers.includes(field.number)) writer.encoded(field.encoded);
  return writer;
}
