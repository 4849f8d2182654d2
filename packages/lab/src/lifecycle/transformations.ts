import sharp from 'sharp';

/** What a copier does to a picture; the result is the bytes of a file. */
export type Transformation = (png: Buffer) => Promise<Buffer>;

const cut =
  (part: number, left: number, top: number): Transformation =>
  async (png) => {
    const { width, height } = await sizeOf(png);
    const [across, down] = [Math.round(part * width), Math.round(part * height)];
    const area = {
      left: Math.round(left * (width - across)),
      top: Math.round(top * (height - down)),
      width: across,
      height: down,
    };
    return sharp(png).extract(area).png().toBuffer();
  };

/** Turned by 3°, and cut to a part of what it was: 1 keeps its size and shows black corners. */
const turned =
  (part: number): Transformation =>
  async (png) => {
    const { width, height } = await sizeOf(png);
    const larger = await sharp(png).rotate(3, { background: '#000000' }).png().toBuffer();
    const size = await sizeOf(larger);
    const [across, down] = [Math.round(part * width), Math.round(part * height)];
    const [left, top] = [Math.round((size.width - across) / 2), Math.round((size.height - down) / 2)];
    return sharp(larger).extract({ left, top, width: across, height: down }).png().toBuffer();
  };

async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}

/** By the names of the detection table. */
export const TRANSFORMATIONS: Readonly<Record<string, Transformation>> = {
  'JPEG, quality 60': (png) => sharp(png).jpeg({ quality: 60 }).toBuffer(),
  'WebP, quality 60': (png) => sharp(png).webp({ quality: 60 }).toBuffer(),
  'half the size': async (png) => {
    const { width } = await sizeOf(png);
    return sharp(png)
      .resize(Math.round(width / 2))
      .png()
      .toBuffer();
  },
  'blurred (σ 2 pixels)': (png) => sharp(png).blur(2).png().toBuffer(),
  grey: (png) => sharp(png).greyscale().png().toBuffer(),
  '30 % brighter': (png) => sharp(png).modulate({ brightness: 1.3 }).png().toBuffer(),
  'turned 3°, black corners': turned(1),
  'turned 3°, cut to fit': turned(0.95),
  '5 % cut off around': cut(0.95, 0.5, 0.5),
  '10 % cut off around': cut(0.9, 0.5, 0.5),
  mirrored: (png) => sharp(png).flop().png().toBuffer(),
  'quarter turn': (png) => sharp(png).rotate(90).png().toBuffer(),
  '15 % cut off at two sides': cut(0.85, 0, 0),
};
