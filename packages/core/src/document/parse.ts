import { z } from 'zod';
import { InvalidInputError } from '../errors/index.js';
import type { Problem } from '../errors/index.js';
import { problemsOf } from './problems.js';

/** What {@link checkWith} found: the value with its defaults filled in, or every problem. */
export type Checked<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value?: undefined; readonly problems: readonly Problem[] };

/**
 * Validates a value against a schema, for whoever has further checks of its own before it throws.
 *
 * @param at where the value stands in the document, put before the paths of its problems
 */
export function checkWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: readonly PropertyKey[] = [],
): Checked<z.output<Schema>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  return { problems: problemsOf(result.error, schema, value, at) };
}

/**
 * Validates a value against a schema and fills in its defaults.
 *
 * @param what how an error calls the value: `scenario paper.yaml`, `PPO options`
 * @throws InvalidInputError with every problem and its path
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const { value: parsed, problems } = checkWith(schema, value);
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  return parsed as z.output<Schema>;
}

/** A schema of what a user writes, as JSON Schema (draft 7, which editors read), with defaults and descriptions. */
export function jsonSchemaOf(schema: z.ZodType, title: string): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }), title };
}
