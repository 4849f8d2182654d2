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
    exceptFeatures: z.array(z.string()).default([]).describe('features that it leaves alone'),
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

/** What holds where nobody gave rules: data that do not fit what came before. What moves may turn: that is no fault. */
export const DEFAULT_RULES: readonly Rule[] = [
  ruleSchema.parse({
    name: 'anomaly',
    exceptFeatures: ['position'],
    anomaly: { method: 'kalman', threshold: 6 },
  }),
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
