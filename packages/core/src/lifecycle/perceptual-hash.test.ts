import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyDistance,
  greyOf,
  hashDistance,
  HASHES,
  paintPrompt,
  perceptualHash,
  perceptualHashes,
  type GreyImage,
} from './index.js';

const picture = (k: number): GreyImage => greyOf(paintPrompt(`picture ${k}`, 1, 128));

/** A picture with its pixels moved. */
function moved(
  { width, height, pixels }: GreyImage,
  from: (x: number, y: number) => readonly [number, number],
  size = [width, height] as const,
): GreyImage {
  const out = new Float64Array(size[0] * size[1]);
  for (let y = 0; y < size[1]; y++) {
    for (let x = 0; x < size[0]; x++) {
      const [u, v] = from(x, y);
      out[y * size[0] + x] = pixels[v * width + u];
    }
  }
  return { width: size[0], height: size[1], pixels: out };
}

describe('perceptual hashes', () => {
  it('are those of the cosine transform, computed in the open', () => {
    const { pixels } = moved(picture(3), (x, y) => [4 * x, 4 * y], [32, 32]);
    const image = { width: 32, height: 32, pixels };
    const frequencies: number[] = [];
    for (let v = 0; v < 8; v++) {
      for (let u = 0; u < 8; u++) {
        let sum = 0;
        for (let y = 0; y < 32; y++) {
          for (let x = 0; x < 32; x++) {
            // what four samples a pixel and a way between pixels leave of it is near enough for most signs
            sum +=
              pixels[y * 32 + x] *
              Math.cos((Math.PI * (2 * x + 1) * u) / 64) *
              Math.cos((Math.PI * (2 * y + 1) * v) / 64);
          }
        }
        frequencies.push(sum);
      }
    }
    const rest = frequencies.slice(1).sort((a, b) => a - b);
    let hash = 0n;
    frequencies.forEach((value, k) => {
      if (k > 0 && value > rest[31]) hash |= 1n << BigInt(63 - k);
    });
    expect(hashDistance(hash, perceptualHash(image))).toBeLessThanOrEqual(2);
  });

  it('have 31 bits of 63 set, and the first never', () => {
    for (let k = 0; k < 10; k++) {
      const hash = perceptualHash(picture(k));
      expect(hash >> 63n).toBe(0n);
      expect(hashDistance(hash, 0n)).toBe(31);
    }
  });

  it('of eleven, one finds the mirror image and every quarter turn, which the first does not', () => {
    for (let k = 0; k < 8; k++) {
      const original = picture(k);
      const hashes = perceptualHashes(original);
      expect(hashes).toHaveLength(HASHES);
      const last = original.width - 1;
      for (const copy of [
        moved(original, (x, y) => [last - x, y]),
        moved(original, (x, y) => [y, last - x]),
        moved(original, (x, y) => [last - x, last - y]),
        moved(original, (x, y) => [last - y, x]),
      ]) {
        const theirs = [perceptualHash(copy)];
        expect(copyDistance(hashes, theirs)).toBeLessThanOrEqual(2);
        expect(copyDistance([hashes[0]], theirs)).toBeGreaterThan(10);
      }
    }
  });

  it('do not see light, contrast and size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        (k, gain) => {
          const image = picture(k);
          const brighter = {
            ...image,
            pixels: Float64Array.from(image.pixels, (value) => 20 + gain * value),
          };
          expect(hashDistance(perceptualHash(image), perceptualHash(brighter))).toBeLessThanOrEqual(1);
          const large = greyOf(paintPrompt(`picture ${k}`, 1, 600));
          expect(hashDistance(perceptualHash(image), perceptualHash(large))).toBeLessThanOrEqual(6);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('of different pictures lie far apart', () => {
    const hashes = Array.from({ length: 40 }, (_, k) => perceptualHashes(picture(k)));
    for (const [k, one] of hashes.entries()) {
      for (const other of hashes.slice(k + 1)) expect(copyDistance(one, other)).toBeGreaterThan(10);
    }
  });
});
