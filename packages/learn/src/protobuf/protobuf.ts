import { encodeUtf8 } from './utf8.js';

/**
 * The wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it: varints,
 * 32- and 64-bit words, and length-delimited bytes.
 */

/** Collects the fields of one message. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  /** A non-negative safe integer. */
  integer(field: number, value: number): this {
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    this.#append(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, encodeUtf8(value));
  }

  message(field: number, message: ProtobufWriter): this {
    return this.bytes(field, message.finish());
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#append(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + 1);
    this.#append(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  /** Whole fields as another message has them. */
  encoded(fields: Uint8Array): this {
    this.#append(fields);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #append(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  #varint(value: number): void {
    while (value >= 128) {
      this.#bytes.push((value % 128) + 128);
      value = Math.floor(value / 128);
    }
    this.#bytes.push(value);
  }
}

/** One field of a message: an integer, or the bytes of anything else. */
export interface ProtobufField {
  readonly number: number;
  /** Varints, as a signed 64-bit integer. */
  readonly integer: number;
  /** Bytes of words and of length-delimited fields. */
  readonly bytes: Uint8Array;
  /** The field as it stands in the message, tag and all. */
  readonly encoded: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Fields of a message in their order.
 *
 * @throws RangeError where the bytes end inside a field or the wire type is none of ONNX's
 */
export function readFields(bytes: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new RangeError('truncated or overlong integer');
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  const take = (length: number) => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('truncated field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const begin = at;
    const add = (field: { number: number; integer: number; bytes: Uint8Array }) =>
      fields.push({ ...field, encoded: bytes.subarray(begin, at) });
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number < 1) throw new RangeError('field number 0');
    if (wireType === 0) add({ number, integer: varint(), bytes: NO_BYTES });
    else if (wireType === 1) add({ number, integer: 0, bytes: take(8) });
    else if (wireType === 2) add({ number, integer: 0, bytes: take(varint()) });
    else if (wireType === 5) add({ number, integer: 0, bytes: take(4) });
    else throw new RangeError(`wire type ${wireType}`);
  }
  return fields;
}

/** The integers of a repeated field, packed or not. */
export function repeatedIntegers(fields: readonly ProtobufField[], number: number): number[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap((field) =>
      field.bytes === NO_BYTES
        ? [field.integer]
        : readFields(packedAsFields(field.bytes)).map((entry) => entry.integer),
    );
}

/** Packed varints with a tag put before each, so that they are read as fields. */
function packedAsFields(packed: Uint8Array): Uint8Array {
  const out: number[] = [];
  let begins = true;
  for (const byte of packed) {
    if (begins) out.push(8);
    out.push(byte);
    begins = byte < 128;
  }
  return Uint8Array.from(out);
}
