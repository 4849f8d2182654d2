import { copyDistance, greyOf, hashDistance, paintPrompt, perceptualHashes } from '@metalore/core/lifecycle';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';
import { gasTable, type GasRow } from './gas.js';

const positive = z.int().positive();
const schema = z.strictObject({
  images: positive,
  quickImages: positive,
  batch: positive,
  tau: z.int().min(0).max(64),
  seed: z.int().nonnegative(),
});

/** `studies/lifecycle-works.yaml`. */
export type WorksData = z.output<typeof schema>;

export function readStudyData(): WorksData {
  return readStudy('lifecycle-works', schema);
}

/** Pictures `from` … `to` − 1 of `images`, copied in every way and held against all others; or what actions cost. */
export type WorksCell =
  | { readonly kind: 'copies'; readonly seed: number; readonly from: number; readonly to: number }
  | { readonly kind: 'others'; readonly seed: number; readonly images: number }
  | { readonly kind: 'gas' };

/** A copy, a pair of different pictures (`transformation` is empty), or what an action cost. */
export type WorksRow =
  | {
      readonly kind: 'distance';
      readonly transformation: string;
      readonly image: number;
      /** Bits between the first hash of the original and that of the copy, and the least over all hashes. */
      readonly first: number;
      readonly least: number;
    }
  | ({ readonly kind: 'gas' } & GasRow);

export function worksCells({ images, quickImages, batch, seed }: WorksData, quick: boolean): WorksCell[] {
  const count = quick ? quickImages : images;
  const copies = Array.from({ length: Math.ceil(count / batch) }, (_, k) => ({
    kind: 'copies' as const,
    seed,
    from: k * batch,
    to: Math.min(count, (k + 1) * batch),
  }));
  return [...copies, { kind: 'others', seed, images: count }, { kind: 'gas' }];
}

export async function runWorksCell(cell: WorksCell): Promise<WorksRow[]> {
  if (cell.kind === 'gas') return (await gasTable()).map((row) => ({ kind: 'gas', ...row }));
  if (cell.kind === 'others') return otherRows(cell.seed, cell.images);
  return copyRows(cell.seed, cell.from, cell.to);
}

function paint(image: number, seed: number) {
  return paintPrompt(`picture ${image}`, seed);
}

async function copyRows(seed: number, from: number, to: number): Promise<WorksRow[]> {
  const { decodeImage, sharpOf } = await import('../images.js');
  const { TRANSFORMATIONS } = await import('../transformations.js');
  const rows: WorksRow[] = [];
  for (let image = from; image < to; image++) {
    const painted = paint(image, seed);
    const original = perceptualHashes(greyOf(painted));
    const png = await sharpOf(painted).png().toBuffer();
    for (const [transformation, change] of Object.entries(TRANSFORMATIONS)) {
      const copy = perceptualHashes(greyOf(await decodeImage(await change(png), transformation)));
      const first = hashDistance(original[0], copy[0]);
      rows.push({ kind: 'distance', transformation, image, first, least: copyDistance(original, copy) });
    }
  }
  return rows;
}

/** Every ordered pair of different pictures. */
function otherRows(seed: number, images: number): WorksRow[] {
  const hashes = Array.from({ length: images }, (_, image) => perceptualHashes(greyOf(paint(image, seed))));
  return hashes.flatMap((original, image) =>
    hashes.flatMap((copy, other): WorksRow[] =>
      other === image
        ? []
        : [
            {
              kind: 'distance',
              transformation: '',
              image,
              first: hashDistance(original[0], copy[0]),
              least: copyDistance(original, copy),
            },
          ],
    ),
  );
}
