/** One thing wrong with an input. */
export interface Problem {
  /** Where: a dotted path in a scenario (`cells[0].bandwidthHz`), or `file:line:column` for a file. */
  readonly path: string;
  /** What came and what is accepted, in one sentence without a final full stop. */
  readonly message: string;
}

interface MetaloreErrorOptions {
  /** Where in the input the error lies. */
  path?: string;
  /** What the reader can do about it. */
  hint?: string;
  cause?: unknown;
}

/**
 * Base class of every error that MetaLore throws on purpose.
 *
 * `exitCode` is what the command line exits with: 2 the caller's mistake, 3 an infeasible problem, 1 ours.
 */
export class MetaloreError extends Error {
  readonly code: string = 'metalore';
  readonly exitCode: 1 | 2 | 3 = 1;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(message: string, options: MetaloreErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.path = options.path;
    this.hint = options.hint;
  }
}

/** Input that does not say what it has to: a scenario, an instance, a trace, an option. All problems at once. */
export class InvalidInputError extends MetaloreError {
  override readonly code = 'invalid-input';
  override readonly exitCode = 2;

  /**
   * @param what the thing that is wrong, e.g. `scenario paper.yaml`
   * @param problems every problem found, in input order; at least one
   */
  constructor(
    readonly what: string,
    readonly problems: readonly Problem[],
    options: MetaloreErrorOptions = {},
  ) {
    super(
      `${what}: ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}\n` +
        problems.map((problem) => `  ${problem.path || '(root)'}: ${problem.message}`).join('\n'),
      { ...options, path: options.path ?? problems[0]?.path ?? '' },
    );
  }
}

/** A name that is not in a registry, with what is. */
export class UnknownNameError extends MetaloreError {
  override readonly code = 'unknown-name';
  override readonly exitCode = 2;

  constructor(kind: string, name: string, known: readonly string[], path?: string) {
    super(`unknown ${kind} "${name}"; accepted: ${known.join(', ')}`, path === undefined ? {} : { path });
  }
}

/** A well-formed problem without a solution. `details` is a plain object that goes into JSON output. */
export class InfeasibleError extends MetaloreError {
  override readonly code = 'infeasible';
  override readonly exitCode = 3;

  constructor(
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
    options: MetaloreErrorOptions = {},
  ) {
    super(message, options);
  }
}

/** A state that our own code should never reach. */
export class InternalError extends MetaloreError {
  override readonly code = 'internal';
}

/** Throws {@link InvalidInputError} if there are problems. */
export function throwIfAny(what: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}

/**
 * Checks a number that a library's caller gave, as the command line does for its own.
 *
 * @param most default 2⁵³ − 1
 * @throws InvalidInputError unless it is an integer from `least` to `most`
 */
export function checkInteger(
  path: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const accepted =
    least === most
      ? String(least)
      : most === Number.MAX_SAFE_INTEGER
        ? `an integer from ${least} on`
        : `an integer from ${least} to ${most}`;
  throw new InvalidInputError('argument', [{ path, message: `${String(value)}; expected ${accepted}` }]);
}
