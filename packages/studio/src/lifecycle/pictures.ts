import type { PictureCodec } from '@metalore/chain';
import { greyOf, type ColourImage } from '@metalore/core/lifecycle';

/** Longest side that a dropped picture is read at, pixels. */
const LONGEST = 1024;

/** Files as the browser makes them. */
export const codec: PictureCodec = {
  png: async (image) => bytesOf(await drawn(image).convertToBlob({ type: 'image/png' })),
  async jpeg(image) {
    const blob = await drawn(image).convertToBlob({ type: 'image/jpeg', quality: 0.6 });
    return { bytes: await bytesOf(blob), image: greyOf(await decode(blob)) };
  },
};

/** @throws Error the browser knows no such picture */
export async function decode(file: Blob): Promise<ColourImage> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error('is no picture that this browser can read');
  });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [
    Math.max(1, Math.round(scale * bitmap.width)),
    Math.max(1, Math.round(scale * bitmap.height)),
  ];
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let k = 0; k < width * height; k++) rgb.set(data.subarray(4 * k, 4 * k + 3), 3 * k);
  return { width, height, rgb };
}

function drawn({ width, height, rgb }: ColourImage): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(width, height);
  for (let k = 0; k < width * height; k++) {
    pixels.data.set(rgb.subarray(3 * k, 3 * k + 3), 4 * k);
    pixels.data[4 * k + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

export async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
