import { InvalidInputError } from '@metalore/core/errors';

/**
 * A matrix of unsigned 16-bit integers as NumPy's `.npy`, version 1.0: magic, version, a header padded to 64 bytes, then
 * the data in C order.
 *
 * @param values `[rows × columns]`, row by row
 */
export function encodeNpy(values: Uint16Array, rows: number, columns: number): Uint8Array {
  const dictionary = `{'descr': '<u2', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const prefix = 10; // magic, version and the header's length
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const header = `${dictionary.padEnd(length - 1)}\n`;
  const bytes = new Uint8Array(prefix + length + 2 * values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(header), prefix);
  const view = new DataView(bytes.buffer, prefix + length);
  values.forEach((value, index) => view.setUint16(2 * index, value, true));
  return bytes;
}

/** Readers of the integers that label arrays are made of, by NumPy's name of the type. */
const INTEGERS: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  '|u1': { bytes: 1, read: (view, at) => view.getUint8(at) },
  '<u2': { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  '<i2': { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  '<u4': { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  '<i4': { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  '<i8': { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/**
 * Reads a matrix of integers from a `.npy` file of NumPy.
 *
 * @throws InvalidInputError it is no such file, not a matrix of integers in C order, or cut short
 */
export function decodeNpy(
  bytes: Uint8Array,
  file: string,
): { columns: number; rows: number; labels: Int32Array } {
  const refuse = (message: string): never => {
    throw new InvalidInputError('labels', [{ path: file, message }]);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059) {
    refuse('is no .npy file of NumPy');
  }
  const isFirst = bytes[6] === 1;
  const prefix = isFirst ? 10 : 12;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(prefix, prefix + length));
  const type = /'descr': *'([^']+)'/.exec(header)?.[1] ?? 'none';
  const shape = /'shape': *\((\d+), *(\d+),?\)/.exec(header);
  const integer = INTEGERS[type];
  if (integer === undefined)
    refuse(`holds values of type ${type}; expected integers (${Object.keys(INTEGERS).join(', ')})`);
  if (shape === null || /'fortran_order': *True/.test(header)) {
    refuse('is not a matrix in C order; expected [rows × columns]');
  }
  const [rows, columns] = [Number(shape![1]), Number(shape![2])];
  const start = prefix + length;
  if (bytes.length !== start + rows * columns * integer.bytes) {
    refuse(
      `holds ${bytes.length - start} bytes of values; ${rows} × ${columns} of ${type} are ${rows * columns * integer.bytes}`,
    );
  }
  const labels = Int32Array.from({ length: rows * columns }, (_, at) =>
    integer.read(view, start + at * integer.bytes),
  );
  return { columns, rows, labels };
}
