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
export function checkKind(document: unknown, kind: string, what: string): void {
  const came = kindOf(document);
  if (came === undefined || came === kind) return;
  throw new InvalidInputError(what, [
    { path: 'kind', message: `${JSON.stringify(came)}; expected ${JSON.stringify(kind)}` },
  ]);
}
