import fc from 'fast-check';
import { InvalidInputError } from '@metalore/core/errors';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.js';

const size = fc.integer({ min: 1, max: 6 });

describe('a matrix of NumPy', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        size,
        size,
        fc.infiniteStream(fc.integer({ min: 0, max: 65_535 })),
        (rows, columns, stream) => {
          const values = Uint16Array.from({ length: rows * columns }, () => stream.next().value as number);
          expect(decodeNpy(encodeNpy(values, rows, columns), 'x.npy')).toEqual({
            ...{ rows, columns },
            labels: Int32Array.from(values),
          });
        },
      ),
    );
  });

  it.each([
    ['|u1', 1, [7, 200]],
    ['<i4', 4, [-1, 70_000]],
    ['<i8', 8, [-5, 3]],
  ] as const)('is read in other integers: %s', (type, bytes, values) => {
    const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (1, 2), }`.padEnd(117) + '\n';
    const file = new Uint8Array(10 + header.length + 2 * bytes);
    file.set([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0]);
    file.set(new TextEncoder().encode(header), 10);
    const view = new DataView(file.buffer, 10 + header.length);
    values.forEach((value, at) => {
      if (bytes === 1) view.setUint8(at, value);
      else if (bytes === 4) view.setInt32(4 * at, value, true);
      else view.setBigInt64(8 * at, BigInt(value), true);
    });
    expect([...decodeNpy(file, 'x.npy').labels]).toEqual(values);
  });

  it('is refused in words, whatever its bytes', () => {
    const whole = encodeNpy(Uint16Array.of(0, 1, 2, 3, 4, 5), 2, 3);
    const place = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(place, { maxLength: 6 }), fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { rows, columns, labels } = decodeNpy(bytes.subarray(0, length), 'x.npy');
          expect(labels).toHaveLength(rows * columns);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});
