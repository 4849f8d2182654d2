/**
 * The pretrained foundation models of paper 002 (third paper), Table I, cell by cell. Scores are percentages; `window` is
 * the table's K, the number of examples behind the few-shot score.
 */

/** One row of Table I: a model artefact on a downstream task. */
export interface CatalogueEntry {
  readonly model: CatalogueModel;
  readonly task: string;
  /** Parameters, millions. */
  readonly parametersM: number;
  /** Work of one inference without context, GFLOP. */
  readonly gflops: number;
  /** Zero-shot score, %. */
  readonly zeroShot: number;
  /** What is known about learning in context; null where the table has a dash. */
  readonly context: { readonly window: number; readonly oneShot: number; readonly fewShot: number } | null;
}

export type CatalogueModel =
  'GPT3-13B' | 'GPT3-175B' | 'UniFormer-S' | 'UniFormer-B' | 'CLIP-ViT-L/14' | 'CLIP-ViT-H/14';

const withContext = (
  model: CatalogueModel,
  parametersM: number,
  gflops: number,
  rows: readonly (readonly [task: string, window: number, zero: number, one: number, few: number])[],
): CatalogueEntry[] =>
  rows.map(([task, window, zeroShot, oneShot, fewShot]) => ({
    model,
    task,
    parametersM,
    gflops,
    zeroShot,
    context: { window, oneShot, fewShot },
  }));

const withoutContext = (
  model: CatalogueModel,
  rows: readonly (readonly [task: string, parametersM: number, gflops: number, score: number])[],
): CatalogueEntry[] =>
  rows.map(([task, parametersM, gflops, zeroShot]) => ({
    model,
    task,
    parametersM,
    gflops,
    zeroShot,
    context: null,
  }));

/** Table I, in its order. UniFormer has one artefact (size and work) per task, GPT-3 and CLIP one for all tasks. */
export const catalogue: readonly CatalogueEntry[] = [
  ...withContext('GPT3-13B', 12850, 26.54, [
    ['Translation', 64, 15.45, 26.12, 30.83],
    ['Basic arithmetic', 50, 3.79, 15.98, 14.34],
    ['SuperGLUE', 32, 54.4, 64.3, 66.9],
  ]),
  ...withContext('GPT3-175B', 174600, 354.03, [
    ['Translation', 64, 22.03, 29.63, 33.77],
    ['Basic arithmetic', 50, 25.99, 40.71, 49.55],
    ['SuperGLUE', 32, 58.2, 68.9, 73.2],
  ]),
  ...withoutContext('UniFormer-S', [
    ['Image classification', 22, 3.6, 82.9],
    ['Video classification', 22, 167, 82.8],
    ['Object detection and instance segmentation', 41, 269, 45.6],
    ['Semantic segmentation', 25, 247, 46.6],
    ['Pose estimation', 25, 4.7, 74.0],
  ]),
  ...withoutContext('UniFormer-B', [
    ['Image classification', 50, 8.3, 83.9],
    ['Video classification', 22, 389, 84.0],
    ['Object detection and instance segmentation', 69, 399, 47.4],
    ['Semantic segmentation', 54, 471, 48.0],
    ['Pose estimation', 54, 9.2, 75.0],
  ]),
  ...withoutContext('CLIP-ViT-L/14', [
    ['Classification', 428, 175.5, 75.2],
    ['Image retrieval', 428, 175.5, 71.08],
    ['Text retrieval', 428, 175.5, 84.0],
  ]),
  ...withoutContext('CLIP-ViT-H/14', [
    ['Classification', 986, 381.9, 77.97],
    ['Image retrieval', 986, 381.9, 73.43],
    ['Text retrieval', 986, 381.9, 86.04],
  ]),
];

/** Rows of Table I of one model, in the table's order. */
export function catalogueRows(model: CatalogueModel): CatalogueEntry[] {
  return catalogue.filter((entry) => entry.model === model);
}

/** Size in GB = parameters (millions) · bytes per parameter / 1000; fp16 has 2 bytes, int8 1, int4 0.5. */
export function sizeGB(parametersM: number, bytesPerParameter: number): number {
  return (parametersM * bytesPerParameter) / 1000;
}
