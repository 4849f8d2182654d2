import { ProtobufWriter } from '../protobuf/protobuf.js';

const FLOAT = 1;
const INT64 = 7;

/** Collects nodes and constants; every method returns the name of its result. */
export class Graph {
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

  /** Columns `from` … `to` − 1 of a batch. */
  columns(x: string, from: number, to: number): string {
    return this.node('Slice', [x, this.#integer(from), this.#integer(to), this.#integer(1)]);
  }

  #integer(value: number): string {
    const name = `constant_${this.#count++}`;
    const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
    const tensor = new ProtobufWriter().integer(1, 1).integer(2, INT64).string(8, name).bytes(9, bytes);
    this.#writer.message(5, tensor);
    return name;
  }

  /** @param inputs numbers per row of every input, and likewise of every output, by name */
  finish(
    name: string,
    inputs: Readonly<Record<string, number>>,
    outputs: Readonly<Record<string, number>>,
  ): ProtobufWriter {
    this.#writer.string(2, name);
    for (const [input, size] of Object.entries(inputs)) this.#writer.message(11, valueInfo(input, size));
    for (const [output, size] of Object.entries(outputs)) this.#writer.message(12, valueInfo(output, size));
    return this.#writer;
  }
}

function valueInfo(name: string, size: number): ProtobufWriter {
  const dims = [new ProtobufWriter().string(2, 'batch'), new ProtobufWriter().integer(1, size)];
  const shape = dims.reduce((writer, dim) => writer.message(1, dim), new ProtobufWriter());
  const tensorType = new ProtobufWriter().integer(1, FLOAT).message(2, shape);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensorType));
}
