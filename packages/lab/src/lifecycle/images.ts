import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '@metalore/core/errors';
import { greyOf, perceptualHashes, type ColourImage } from '@metalore/core/lifecycle';
import sharp, { type Sharp } from 'sharp';

/** A work as the registry knows it. */
export interface Fingerprint {
  /** Of the bytes of the file. */
  readonly sha256: string;
  /** 16 hexadecimal digits each: of the picture and of ten changed copies. */
  readonly hashes: readonly string[];
}

/** Pixels that a picture may have; more is refused before it is decoded. */
const MOST_PIXELS = 1e8;

/** A painted picture for sharp. */
export function sharpOf({ width, height, rgb }: ColourImage): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/**
 * Decodes a picture (PNG, JPEG, WebP, AVIF, GIF, TIFF).
 *
 * @throws InvalidInputError it is none of these
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<ColourImage> {
  const image = sharp(bytes, { limitInputPixels: MOST_PIXELS }).flatten().toColourspace('srgb').removeAlpha();
  const { data, info } = await image
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      const message = `is no picture that can be read (${error.message}); accepted: PNG, JPEG, WebP, AVIF, GIF, TIFF`;
      throw new InvalidInputError('picture', [{ path: name, message }]);
    });
  const { width, height, channels } = info;
  if (channels === 3) return { width, height, rgb: data };
  const rgb = new Uint8Array(width * height * 3);
  for (let k = 0; k < width * height; k++) rgb.fill(data[k * channels], 3 * k, 3 * k + 3);
  return { width, height, rgb };
}

/** Hashes of a picture's file. */
export async function fingerprint(bytes: Uint8Array, name: string): Promise<Fingerprint> {
  const image = await decodeImage(bytes, name);
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    hashes: perceptualHashes(greyOf(image)).map((hash) => hash.toString(16).padStart(16, '0')),
  };
}

/** {@link fingerprint} of a file on disk. */
export async function fingerprintOfFile(file: string): Promise<Fingerprint> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const message = error.code === 'ENOENT' ? 'no such file' : error.message;
    throw new InvalidInputError('picture', [{ path: file, message }]);
  });
  return fingerprint(bytes, file);
}
