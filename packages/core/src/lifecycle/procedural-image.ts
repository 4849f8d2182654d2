import { RandomStream } from '../random/index.js';

/** A picture in colour: `[height × width × 3]`, red, green, blue, 0-255. */
export interface ColourImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A light that fills part of a picture. */
interface Patch {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly along: number;
  readonly turn: number;
  readonly colour: readonly [number, number, number];
  readonly isSharp: boolean;
}

/**
 * Paints a picture for a prompt, from the prompt and the seed alone: a sky of two colours, soft lights and sharp bodies
 * before it, waves over all. It stands for the work of a generative model, which MetaLore does not run.
 *
 * @param seed another one is another answer to the same prompt
 * @param side width and height, pixels
 */
export function paintPrompt(prompt: string, seed: number, side = 256): ColourImage {
  const stream = new RandomStream(seed, `work ${prompt}`);
  const colour = (): [number, number, number] => [stream.uniform(), stream.uniform(), stream.uniform()];
  const [top, bottom] = [colour(), colour()];
  const lean = stream.uniform() - 0.5;
  const patches = Array.from({ length: 14 }, (_, k): Patch => {
    const size = k < 6 ? 0.25 : 0.12;
    return {
      x: stream.uniform(),
      y: stream.uniform(),
      across: size * (0.4 + stream.uniform()),
      along: size * (0.4 + stream.uniform()),
      turn: Math.PI * stream.uniform(),
      colour: colour(),
      isSharp: k >= 6,
    };
  });
  const waves = Array.from({ length: 3 }, () => ({
    x: 12 * (stream.uniform() - 0.5),
    y: 12 * (stream.uniform() - 0.5),
    phase: 2 * Math.PI * stream.uniform(),
    height: 0.05 + 0.08 * stream.uniform(),
  }));
  const rgb = new Uint8Array(side * side * 3);
  const pixel = new Float64Array(3);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [(column + 0.5) / side, (row + 0.5) / side];
      const height = Math.min(1, Math.max(0, y + lean * (x - 0.5)));
      for (let k = 0; k < 3; k++) pixel[k] = (1 - height) * top[k] + height * bottom[k];
      for (const patch of patches) {
        const cover = coverOf(patch, x, y);
        for (let k = 0; k < 3; k++) pixel[k] += cover * (patch.colour[k] - pixel[k]);
      }
      let light = 1;
      for (const wave of waves)
        light += wave.height * Math.sin(2 * Math.PI * (wave.x * x + wave.y * y) + wave.phase);
      for (let k = 0; k < 3; k++) {
        rgb[(row * side + column) * 3 + k] = Math.round(255 * Math.min(1, Math.max(0, light * pixel[k])));
      }
    }
  }
  return { width: side, height: side, rgb };
}

/** How much of a place a patch covers, in [0, 1]. */
function coverOf({ x, y, across, along, turn, isSharp }: Patch, atX: number, atY: number): number {
  const [dx, dy] = [atX - x, atY - y];
  const u = (Math.cos(turn) * dx + Math.sin(turn) * dy) / across;
  const v = (Math.cos(turn) * dy - Math.sin(turn) * dx) / along;
  const distance = u * u + v * v;
  if (!isSharp) return Math.exp(-distance);
  return 1 / (1 + Math.exp(12 * (distance - 1)));
}

/** Luma of a picture (ITU-R BT.601), 0-255. */
export function greyOf({ width, height, rgb }: ColourImage): {
  width: number;
  height: number;
  pixels: Float64Array;
} {
  const pixels = new Float64Array(width * height);
  for (let k = 0; k < pixels.length; k++) {
    pixels[k] = 0.299 * rgb[3 * k] + 0.587 * rgb[3 * k + 1] + 0.114 * rgb[3 * k + 2];
  }
  return { width, height, pixels };
}
