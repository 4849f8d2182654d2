import { InvalidInputError } from '../errors/index.js';

/** What a document says it is: its field `kind`. Undefined where it has none, or is no object. */
export function kindOf(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const { kind } = document as { kind?: unknown };
  return typeof kind === 'string' ? kind : undefined;
}

/**
 * Refuses a document that says it is of another kind. One without a field `kind` is taken as it is: what its fields have
 * to be, the schema of the kind says.
 *
 * @throws InvalidInputError
 */
export function checkKind(document: unknown, kind: string | readonly string[], what: string): void {
  const kinds = [kind].flat();
  const came = kindOf(document);
  if (came === undefined || kinds.includes(came)) return;
  const expected = kinds.map((name) => JSON.stringify(name)).join(' or ');
  throw new InvalidInputError(what, [
    { path: 'kind', message: `${JSON.stringify(came)}; expected ${expected}` },
  ]);
}

/**
 * Whether a document describes what an instance is drawn from: it has a `seed`, and no list under the field that an
 * explicit instance has.
 */
export function isDrawn(document: unknown, list: string): document is Record<string, unknown> {
  if (typeof document !== 'object' || document === null) return false;
  return 'seed' in document && !Array.isArray((document as Record<string, unknown>)[list]);
}
