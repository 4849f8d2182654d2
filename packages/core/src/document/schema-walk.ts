import type { z } from 'zod';

/** What this file reads of a zod schema; zod exports no type that covers every kind at once. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly items?: readonly Schema[];
  readonly rest?: Schema | null;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly valueType?: Schema;
  readonly left?: Schema;
  readonly right?: Schema;
  readonly getter?: () => Schema;
  readonly values?: readonly unknown[];
}

type Schema = z.core.$ZodType;

const definitionOf = (schema: Schema): Definition => schema._zod.def;

/**
 * Names of the fields that a schema accepts in the object at a path of a value; empty where any name is accepted or the
 * object cannot be told. Of a choice by a field such as `model`, the one that the value names counts.
 */
export function acceptedFields(schema: Schema, value: unknown, path: readonly PropertyKey[]): string[] {
  let here = objectsAt(schema, value);
  let at = value;
  for (const part of path) {
    at = (at as Record<PropertyKey, unknown> | null | undefined)?.[part];
    const child = at;
    here = here.flatMap((parent) => childrenAt(parent, part)).flatMap((next) => objectsAt(next, child));
  }
  return [...new Set(here.flatMap((object) => Object.keys(definitionOf(object).shape ?? {})))];
}

/** The schemas without wrappers (defaults, pipes, choices) that may describe a value. */
function objectsAt(schema: Schema, value: unknown): Schema[] {
  const definition = definitionOf(schema);
  const inner = definition.innerType ?? definition.in ?? definition.getter?.();
  if (inner !== undefined) return objectsAt(inner, value);
  if (definition.type === 'intersection') {
    return [definition.left!, definition.right!].flatMap((part) => objectsAt(part, value));
  }
  if (definition.options === undefined) return [schema];
  const { discriminator } = definition;
  const chosen = definition.options.filter((option) => {
    if (discriminator === undefined) return (definitionOf(option).type === 'array') === Array.isArray(value);
    const field = definitionOf(option).shape?.[discriminator];
    const named = (value as Record<string, unknown> | null | undefined)?.[discriminator];
    return field !== undefined && (definitionOf(field).values ?? []).includes(named);
  });
  return chosen.flatMap((option) => objectsAt(option, value));
}

function childrenAt(schema: Schema, part: PropertyKey): Schema[] {
  const { shape, element, items, rest, valueType } = definitionOf(schema);
  const child =
    typeof part === 'number' ? (element ?? items?.[part] ?? rest) : (shape?.[String(part)] ?? valueType);
  return child === undefined || child === null ? [] : [child];
}
