import type { z } from 'zod';
import type { Problem } from '../errors/index.js';
import { formatPath } from './path.js';
import { acceptedFields } from './schema-walk.js';

type Issue = z.core.$ZodIssue;

/**
 * What a schema found wrong with a value, in our words: where, what came, what is accepted. Every unknown field is a
 * problem of its own that names the accepted ones; a missing field is said to be missing.
 *
 * @param schema the schema that refused the value
 * @param input the value as it was given to the schema
 * @param at where the value stands in the document that the user wrote
 */
export function problemsOf(
  error: { readonly issues: readonly Issue[] },
  schema: z.core.$ZodType,
  input: unknown,
  at: readonly PropertyKey[] = [],
): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, [], schema, input, at));
}

function problemsOfIssue(
  issue: Issue,
  within: readonly PropertyKey[],
  schema: z.core.$ZodType,
  input: unknown,
  at: readonly PropertyKey[],
): Problem[] {
  const path = [...within, ...issue.path];
  const place = formatPath([...at, ...path]);
  if (issue.code === 'unrecognized_keys') {
    const accepted = acceptedFields(schema, input, path);
    const message = `unknown field${accepted.length > 0 ? `; accepted: ${accepted.join(', ')}` : ''}`;
    return issue.keys.map((key) => ({ path: formatPath([...at, ...path, key]), message }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = closestBranch(issue.errors);
    if (branch !== undefined) {
      return branch.flatMap((inner) => problemsOfIssue(inner, path, schema, input, at));
    }
  }
  const came = valueAt(input, path);
  const expected = expectation(issue);
  if (came === undefined) return [{ path: place, message: `is missing; ${expected}` }];
  return [{ path: place, message: `${describe(came, issue)}${expected}` }];
}

/** Of a choice without a naming field: the alternative whose kind of value fits, for its problems; none where none fits. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && isKind(issue)),
  );
  return fitting.reduce<readonly Issue[] | undefined>(
    (best, issues) => (best === undefined || issues.length < best.length ? issues : best),
    undefined,
  );
}

const isKind = (issue: Issue): boolean => issue.code === 'invalid_type' || issue.code === 'invalid_value';

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    input,
  );
}

/** A scalar as it would be written, a list by its length, an object by its fields; with what joins it to the rest. */
function describe(value: unknown, issue: Issue): string {
  if (Array.isArray(value)) {
    if (issue.code === 'custom') return '';
    return `a list of ${value.length} item${value.length === 1 ? '' : 's'}; `;
  }
  if (typeof value === 'object' && value !== null) return issue.code === 'custom' ? '' : 'an object; ';
  if (typeof value !== 'string') return `${String(value)}; `;
  return `${JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value)}; `;
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kindName(issue.expected)}`;
    case 'invalid_value':
      return `expected ${choice(issue.values)}`;
    case 'invalid_union': {
      const options = (issue as { options?: readonly unknown[] }).options;
      if (options !== undefined) return `expected ${choice(options)}`;
      return `expected ${[...new Set(issue.errors.flatMap(alternatives))].join(' or ')}`;
    }
    case 'too_small':
      return limit(
        issue.origin,
        issue.minimum,
        issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'more than',
      );
    case 'too_big':
      return limit(
        issue.origin,
        issue.maximum,
        issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'less than',
      );
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined || issue.message.startsWith('Invalid')
        ? `expected a text of the form ${issue.pattern ?? issue.format}`
        : issue.message;
    default:
      return issue.message;
  }
}

const kindName = (expected: string): string => KINDS[expected] ?? expected;

function alternatives(branch: readonly Issue[]): string[] {
  const root = branch.filter((issue) => issue.path.length === 0 && isKind(issue));
  return root.map((issue) => expectation(issue).replace(/^expected /, ''));
}

const choice = (values: readonly unknown[]): string =>
  values.length === 1
    ? JSON.stringify(values[0])
    : `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;

function limit(origin: string, bound: unknown, relation: string): string {
  const unit =
    origin === 'array' || origin === 'tuple' || origin === 'set'
      ? 'item'
      : origin === 'string'
        ? 'character'
        : '';
  if (unit === '') return `expected ${relation} ${String(bound)}`;
  return `expected ${relation} ${String(bound)} ${unit}${Number(bound) === 1 ? '' : 's'}`;
}
