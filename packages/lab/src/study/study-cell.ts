import type { Study } from './study.js';

/** One cell of a study as a worker gets it. */
export interface StudyCell {
  readonly study: string;
  readonly cell: unknown;
}

/** Rows of one cell, as plain JSON. */
export async function runStudyCell(study: Study, cell: unknown): Promise<unknown[]> {
  return JSON.parse(JSON.stringify(await study.runCell(cell))) as unknown[];
}
