import { InvalidInputError } from '@metalore/core/errors';
import { z } from 'zod';
import { matches } from '../message/pattern.js';
import type { Features } from '../message/update.js';

/** A rule of what is kept. */
export const keepRuleSchema = z.strictObject({
  thing: z.string().default('*').describe('id of the thing; * stands for any part of it'),
  definition: z.string().default('*').describe('its definition; * stands for any part of it'),
  keep: z
    .array(z.string().regex(/^[^/]+\/[^/]+$/, 'expected feature/property, with * for any part'))
    .describe('properties that are kept, as motor/rpm or position/*; all others are never stored'),
});

/** Which properties of which things are kept (data minimisation: paper 002, fourth of its four papers, section III-A). */
export type KeepRule = z.infer<typeof keepRuleSchema>;

/** @throws InvalidInputError with every problem and its place */
export function parseKeepRules(document: unknown, what: string): readonly KeepRule[] {
  const result = z.array(keepRuleSchema).safeParse(document);
  if (result.success) return result.data;
  throw new InvalidInputError(
    what,
    result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  );
}

/**
 * Drops what may not be kept. The first rule that fits a thing holds; a thing that none fits keeps everything.
 *
 * @returns what is left, and how many properties were dropped
 */
export function minimise(
  rules: readonly KeepRule[],
  thing: string,
  definition: string,
  features: Features,
): { features: Features; dropped: number } {
  const rule = rules.find((each) => matches(each.thing, thing) && matches(each.definition, definition));
  if (rule === undefined) return { features, dropped: 0 };
  const left: Record<string, Features[string]> = {};
  let dropped = 0;
  for (const [feature, properties] of Object.entries(features)) {
    for (const [property, value] of Object.entries(properties)) {
      if (rule.keep.some((pattern) => matches(pattern, `${feature}/${property}`))) {
        left[feature] = { ...left[feature], [property]: value };
      } else dropped++;
    }
  }
  return { features: left, dropped };
}
