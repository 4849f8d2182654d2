/** A picture in grey, as any decoder gives it. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** `[height × width]`, row by row, of any scale. */
  readonly pixels: ArrayLike<number>;
}

/** Side of the picture that a hash is made of, pixels. */
const SIDE = 32;
/** Frequencies of each axis that count. */
const LOW = 8;
/** Samples of a pixel of that picture along each axis. */
const SAMPLES = 4;
/** Longest side that is sampled as it is, pixels; longer ones are averaged down first. */
const SAMPLED_SIDE = 256;

/** How the sampled frame lies on a picture: turned, mirrored, and cut to a part of it about the middle. */
interface Frame {
  readonly turnDeg: number;
  readonly mirrored: boolean;
  readonly part: number;
}

const frame = (change: Partial<Frame> = {}): Frame => ({ turnDeg: 0, mirrored: false, part: 1, ...change });

/** The picture, its mirror image, quarter turns, centre crops, and small turns: what copies are made by. */
const FRAMES: readonly Frame[] = [
  frame(),
  frame({ mirrored: true }),
  ...[90, 180, 270].map((turnDeg) => frame({ turnDeg })),
  ...[0.95, 0.9, 0.85, 0.8].map((part) => frame({ part })),
  ...[-3, 3].map((turnDeg) => frame({ turnDeg })),
];

/** Number of hashes that {@link perceptualHashes} gives. */
export const HASHES = FRAMES.length;

/** cos(π (2x + 1) u / 64), `[8 × 32]`. */
const COSINES = Float64Array.from({ length: LOW * SIDE }, (_, at) =>
  Math.cos((Math.PI * (2 * (at % SIDE) + 1) * Math.floor(at / SIDE)) / (2 * SIDE)),
);

/**
 * Hash of 64 bits that stays nearly the same under what leaves a picture looking the same: the signs of the 8 × 8 lowest
 * frequencies of its cosine transform over 32 × 32 pixels against their median, without the first, whose bit is 0.
 */
export function perceptualHash(image: GreyImage): bigint {
  return hashOf(smaller(image), FRAMES[0]);
}

/** Hashes of a picture and of ten changed copies of it, itself first; for `register`, which takes up to 16. */
export function perceptualHashes(image: GreyImage): bigint[] {
  const small = smaller(image);
  return FRAMES.map((one) => hashOf(small, one));
}

/** Number of bits in which two hashes differ. */
export function hashDistance(one: bigint, other: bigint): number {
  let bits = 0;
  for (let rest = one ^ other; rest > 0n; rest &= rest - 1n) bits++;
  return bits;
}

/** Least distance of any hash of an original from the first of a copy, as the registry counts it. */
export function copyDistance(original: readonly bigint[], copy: readonly bigint[]): number {
  return Math.min(...original.map((hash) => hashDistance(hash, copy[0])));
}

function hashOf(image: GreyImage, { turnDeg, mirrored, part }: Frame): bigint {
  const pixels = new Float64Array(SIDE * SIDE);
  const angle = (turnDeg * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0; row < SIDE * SAMPLES; row++) {
    for (let column = 0; column < SIDE * SAMPLES; column++) {
      // in [−½, ½] of the frame, then of the picture
      let x = part * ((column + 0.5) / (SIDE * SAMPLES) - 0.5);
      const y = part * ((row + 0.5) / (SIDE * SAMPLES) - 0.5);
      if (mirrored) x = -x;
      const at = Math.floor(row / SAMPLES) * SIDE + Math.floor(column / SAMPLES);
      pixels[at] += sample(image, cosine * x - sine * y, sine * x + cosine * y);
    }
  }
  return bitsOf(lowFrequencies(pixels));
}

/** Grey at a place in [−½, ½]², between the middles of pixels; black beyond, as programs that turn pictures fill it. */
function sample({ width, height, pixels }: GreyImage, x: number, y: number): number {
  if (Math.abs(x) > 0.5 || Math.abs(y) > 0.5) return 0;
  const column = Math.min(width - 1, Math.max(0, (x + 0.5) * width - 0.5));
  const row = Math.min(height - 1, Math.max(0, (y + 0.5) * height - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
  const [s, t] = [column - left, row - top];
  const upper = (1 - s) * pixels[top * width + left] + s * pixels[top * width + right];
  const lower = (1 - s) * pixels[bottom * width + left] + s * pixels[bottom * width + right];
  return (1 - t) * upper + t * lower;
}

function lowFrequencies(pixels: Float64Array): Float64Array {
  const rows = new Float64Array(LOW * SIDE);
  for (let u = 0; u < LOW; u++) {
    for (let row = 0; row < SIDE; row++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += COSINES[u * SIDE + x] * pixels[row * SIDE + x];
      rows[u * SIDE + row] = sum;
    }
  }
  const frequencies = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v++) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += COSINES[v * SIDE + y] * rows[u * SIDE + y];
      frequencies[v * LOW + u] = sum;
    }
  }
  return frequencies;
}

function bitsOf(frequencies: Float64Array): bigint {
  const median = frequencies.slice(1).sort()[(frequencies.length - 2) / 2];
  let hash = 0n;
  for (let k = 1; k < frequencies.length; k++) {
    if (frequencies[k] > median) hash |= 1n << BigInt(frequencies.length - 1 - k);
  }
  return hash;
}

/** The picture averaged over whole blocks of pixels, so that its longest side is near 256. */
function smaller(image: GreyImage): GreyImage {
  const block = Math.floor(Math.max(image.width, image.height) / SAMPLED_SIDE);
  if (block < 2) return image;
  const width = Math.max(1, Math.floor(image.width / block));
  const height = Math.max(1, Math.floor(image.height / block));
  const [across, down] = [image.width / width, image.height / height];
  const pixels = new Float64Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [top, bottom] = [
        Math.floor(row * down),
        Math.max(Math.floor(row * down) + 1, Math.floor((row + 1) * down)),
      ];
      const [left, right] = [
        Math.floor(column * across),
        Math.max(Math.floor(column * across) + 1, Math.floor((column + 1) * across)),
      ];
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += image.pixels[y * image.width + x];
      }
      pixels[row * width + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return { width, height, pixels };
}
