import { decodeUtf8 } from '../protobuf/utf8.js';
import { ProtobufWriter, readFields } from '../protobuf/protobuf.js';
import { maskedCrc32c } from './crc32c.js';

/** One entry of a TensorBoard event file. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/** A record as TFRecord frames it: length, checksum of the length, data, checksum of the data; little-endian. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** First bytes of every event file. The file's name has to contain `tfevents`. */
export function tensorBoardHeader(wallTime: number): Uint8Array {
  return frame(new ProtobufWriter().double(1, wallTime).string(3, 'brain.Event:2').finish());
}

/** Bytes to append for one event; numbers that are not finite are left out. */
export function tensorBoardRecord({ wallTime, step, scalars }: TensorBoardEvent): Uint8Array {
  const summary = new ProtobufWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    if (Number.isFinite(value)) summary.message(1, new ProtobufWriter().string(1, tag).float(2, value));
  }
  return frame(new ProtobufWriter().double(1, wallTime).integer(2, step).message(5, summary).finish());
}

/**
 * Reads an event file back.
 *
 * @throws RangeError where a checksum does not match or the file ends inside a record
 */
export function readTensorBoard(file: Uint8Array): TensorBoardEvent[] {
  const events: TensorBoardEvent[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at < file.length;) {
    if (at + 16 > file.length) throw new RangeError('truncated record');
    const length = view.getUint32(at, true);
    if (view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8)))
      throw new RangeError('length checksum');
    if (at + 16 + length > file.length) throw new RangeError('truncated record');
    const data = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedCrc32c(data)) throw new RangeError('data checksum');
    const event = readEvent(data);
    if (event !== undefined) events.push(event);
    at += 16 + length;
  }
  return events;
}

function readEvent(data: Uint8Array): TensorBoardEvent | undefined {
  let wallTime = 0;
  let step = 0;
  let scalars: Record<string, number> | undefined;
  for (const field of readFields(data)) {
    if (field.number === 1) wallTime = number(field.bytes, 8);
    if (field.number === 2) step = field.integer;
    if (field.number !== 5) continue;
    scalars = {};
    for (const value of readFields(field.bytes)) {
      const parts = readFields(value.bytes);
      const tag = decodeUtf8(parts.find((part) => part.number === 1)!.bytes);
      scalars[tag] = number(parts.find((part) => part.number === 2)!.bytes, 4);
    }
  }
  return scalars && { wallTime, step, scalars };
}

function number(bytes: Uint8Array, width: 4 | 8): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return width === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
}
