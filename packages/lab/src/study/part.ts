import { InvalidInputError } from '@metalore/core/errors';

/** One of several equal parts of a study's cells: those whose position is `index` modulo `count`. */
export interface Part {
  /** In [0, count). */
  readonly index: number;
  readonly count: number;
}

/**
 * The part that a process computes: as asked for (`I/N`, I from 1), else its place in a Slurm array, else undefined: all.
 *
 * @throws InvalidInputError saying what is accepted
 */
export function partOf(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Part | undefined {
  if (asked === undefined) return slurmPart(env);
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(asked) ?? []).slice(1).map(Number);
  if (index >= 1 && index <= count) return { index: index - 1, count };
  throw new InvalidInputError('option', [
    { path: '--part', message: `"${asked}": expected I/N with I from 1 to N, as 3/8` },
  ]);
}

function slurmPart(env: Readonly<Record<string, string | undefined>>): Part | undefined {
  const number = (name: string, otherwise: number) => Number(env[`SLURM_ARRAY_TASK_${name}`] ?? otherwise);
  const count = number('COUNT', 1);
  const index = (number('ID', NaN) - number('MIN', 0)) / number('STEP', 1);
  return count > 1 && Number.isInteger(index) && index >= 0 && index < count ? { index, count } : undefined;
}
