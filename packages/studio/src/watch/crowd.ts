/**
 * Many small marks, written pixel by pixel: paths of thousands of circles take a renderer in software a hundred times as
 * long.
 */

/** A mark in one colour: `[side × side]`, how much of each pixel it covers, 0 to 255. */
export interface Stamp {
  readonly side: number;
  readonly cover: Uint8Array;
  /** As a little-endian machine keeps an opaque pixel: alpha, blue, green, red. */
  readonly colour: number;
}

/** @param colour `#rrggbb`; @param alpha 0 to 1 */
export function stampOf(shape: 'circle' | 'square', radius: number, colour: string, alpha = 1): Stamp {
  const side = Math.max(2, Math.ceil(radius * 2));
  const middle = (side - 1) / 2;
  const cover = Uint8Array.from({ length: side * side }, (_, at) => {
    const distance = Math.hypot((at % side) - middle, Math.floor(at / side) - middle);
    const inside = shape === 'square' ? 1 : Math.max(0, Math.min(1, radius - distance + 0.5));
    return Math.round(255 * alpha * inside);
  });
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return { side, cover, colour: (blue << 16) | (green << 8) | red };
}

/** A layer of such marks. */
export class Crowd {
  readonly #canvas = new OffscreenCanvas(1, 1);
  #image: ImageData | undefined;
  #pixels = new Uint32Array(0);

  /** Begins anew, with so many pixels. */
  begin(width: number, height: number): void {
    const { width: before, height: beforeHeight } = this.#canvas;
    if (this.#image === undefined || width !== before || height !== beforeHeight) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#image = new ImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    } else this.#pixels.fill(0);
  }

  /** A mark with its middle at a pixel; what is beyond the edges is left out. */
  put({ side, cover, colour }: Stamp, x: number, y: number): void {
    const { width, height } = this.#canvas;
    const left = Math.round(x - side / 2);
    const top = Math.round(y - side / 2);
    if (left < 0 || top < 0 || left + side > width || top + side > height) return;
    const pixels = this.#pixels;
    for (let row = 0, at = 0; row < side; row++) {
      let to = (top + row) * width + left;
      for (let column = 0; column < side; column++, at++, to++) {
        // the more opaque one stays: edges of marks do not eat into others
        if (cover[at] > pixels[to] >>> 24 || cover[at] > 250) pixels[to] = (cover[at] << 24) | colour;
      }
    }
  }

  /** The layer, to be drawn. */
  finish(): OffscreenCanvas {
    this.#canvas.getContext('2d')!.putImageData(this.#image!, 0, 0);
    return this.#canvas;
  }
}
