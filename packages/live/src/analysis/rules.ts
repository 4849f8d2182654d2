import { InvalidInputError } from '@metalore/core/errors';
import { z } from 'zod';

const band = z
  .strictObject({
    above: z.number().optional().describe('raised above this'),
    below: z.number().optional().describe('raised below this'),
    hysteresis: z.number().nonnegative().default(0).describe('cleared only this far back inside'),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, 'expected above, below or both');

/** An alarm's rule: which properties, and what raises it. */
export const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(64),
    thing: z.string().default('*').describe('id of the thing; * stands for any part of it'),
    feature: z.string().default('*'),
    property: z.string().default('*'),
    value: band.optional().describe('of the value itself'),
    ageS: z.number().positive().optional().describe('raised when the value is older than this, s'),
    silenceS: z.number().positive().optional().describe('raised when nothing was received for this long, s'),
    anomaly: z
      .strictObject({
        method: z
          .enum(['kalman', 'seasonal'])
          .default('kalman')
          .describe('residual of a filter, or distance from the usual'),
        threshold: z.number().positive().default(5).describe('standard deviations'),
        periodS: z.number().positive().default(86_400).describe('of the seasonal method, s'),
      })
      .optional(),
  })
  .refine(
    ({ value, ageS, silenceS, anomaly }) =>
      [value, ageS, silenceS, anomaly].some((part) => part !== undefined),
    'expected one of value, ageS, silenceS, anomaly',
  );

export type Rule = z.infer<typeof ruleSchema>;

/** What holds where nobody gave rules: data that do not fit what came before. */
export const DEFAULT_RULES: readonly Rule[] = [
  ruleSchema.parse({ name: 'anomaly', anomaly: { method: 'kalman', threshold: 6 } }),
];

/** @throws InvalidInputError with every problem and its place */
export function parseRules(document: unknown, what: string): readonly Rule[] {
  const result = z.array(ruleSchema).safeParse(document);
  if (result.success) return result.data;
  throw new InvalidInputError(
    what,
    result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  );
}

/** Whether a name fits a pattern in which `*` stands for any text. */
export function matches(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(parts[0])) return false;
  let at = parts[0].length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - at >= parts.at(-1)!.length && name.endsWith(parts.at(-1)!);
}
