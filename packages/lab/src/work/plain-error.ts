import { InfeasibleError, InvalidInputError, MetaloreError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';

/** A {@link MetaloreError} as plain JSON: what goes into `--json` output and between threads and machines. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly hint?: string;
  readonly what?: string;
  readonly problems?: readonly Problem[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly exitCode: 1 | 2 | 3;
}

export function plainError(error: MetaloreError): PlainError {
  return {
    code: error.code,
    message: error.message,
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error instanceof InvalidInputError ? { what: error.what, problems: error.problems } : {}),
    ...(error instanceof InfeasibleError ? { details: error.details } : {}),
    exitCode: error.exitCode,
  };
}

/** The error again, of the class that decides the exit code. */
export function reviveError(plain: PlainError): MetaloreError {
  const options = plain.hint === undefined ? {} : { hint: plain.hint };
  if (plain.problems !== undefined)
    return new InvalidInputError(plain.what ?? 'input', plain.problems, options);
  if (plain.exitCode === 3) return new InfeasibleError(plain.message, plain.details ?? {}, options);
  if (plain.exitCode === 2) return new InvalidInputError(plain.message, [], options);
  return new MetaloreError(plain.message, options);
}
