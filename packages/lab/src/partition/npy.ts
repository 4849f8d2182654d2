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
