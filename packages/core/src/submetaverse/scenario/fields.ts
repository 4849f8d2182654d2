import { z } from 'zod';

/** Building blocks of the scenario schema: numbers with their ranges, and models chosen by name. */

export const positive = () => z.number().positive();
export const nonNegative = () => z.number().nonnegative();
export const fraction = () => z.number().min(0).max(1);
export const count = (max: number) => z.int().min(1).max(max);

/** A strict object that is also filled with its defaults when the field is missing altogether. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const object = z.strictObject(shape);
  return object.prefault({} as z.input<typeof object>);
}

type ModelSchema = z.ZodObject<{ model: z.ZodLiteral<string> } & z.ZodRawShape>;

/** The fields of one named model, `{ model: name, …shape }`. */
export function model<Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  shape: Shape,
  description: string,
) {
  return z.strictObject({ model: z.literal(name), ...shape }).describe(description);
}

/** A choice between models by name: the built-in ones with their fields, and whatever a user registered, unchecked. */
export function modelChoice<const Models extends readonly [ModelSchema, ...ModelSchema[]]>(
  models: Models,
  registry: { names(): string[] },
) {
  const builtIn = new Set(models.map((schema) => schema.shape.model.value));
  const custom = registry
    .names()
    .filter((name) => !builtIn.has(name))
    .map((name) => z.looseObject({ model: z.literal(name) }));
  // A user's own models carry fields that only they know: typed as the built-in ones, for whoever reads those.
  return z.discriminatedUnion('model', [...models, ...custom] as unknown as Models);
}
