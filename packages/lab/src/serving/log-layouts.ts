import { InvalidInputError } from '@metalore/core/errors';
import { secondsOf } from '../io/times.js';

/** A request as a log has it. */
export interface LoggedRequest {
  /** s on any clock. */
  readonly seconds: number;
  /** Undefined where the log names no model. */
  readonly model?: string;
  /** Tokens in and out, where the log has them. */
  readonly tokens?: number;
  /** The server gave no answer. */
  readonly failed?: boolean;
}

/** What is wrong with a row: the column and the value's problem. */
export interface RowProblem {
  readonly column: string;
  readonly message: string;
}

/** A layout of request logs. */
export interface LogLayout {
  readonly name: string;
  /** Whether rows name a model. */
  readonly hasModel: boolean;
  /** Reads a row by column. */
  read(row: Readonly<Record<string, string>>): LoggedRequest | RowProblem;
}

/** Layouts that are known by their columns, with the first that they need. */
const KNOWN: readonly { readonly columns: readonly string[]; readonly layout: LogLayout }[] = [
  {
    columns: ['Timestamp', 'Model', 'Request tokens', 'Response tokens'],
    layout: {
      name: 'BurstGPT',
      hasModel: true,
      read(row) {
        const model = row['Model'];
        if (model === '') return { column: 'Model', message: 'is empty' };
        const tokens = numbers(row, ['Request tokens', 'Response tokens']);
        if ('column' in tokens) return tokens;
        return withTime(row, 'Timestamp', {
          model,
          tokens: tokens.values[0] + tokens.values[1],
          failed: tokens.values[1] === 0,
        });
      },
    },
  },
  {
    columns: ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'],
    layout: {
      name: 'Azure LLM inference',
      hasModel: false,
      read(row) {
        const tokens = numbers(row, ['ContextTokens', 'GeneratedTokens']);
        if ('column' in tokens) return tokens;
        return withTime(row, 'TIMESTAMP', { tokens: tokens.values[0] + tokens.values[1] });
      },
    },
  },
  {
    columns: ['timestamp', 'input_length', 'output_length'],
    layout: {
      name: 'Mooncake',
      hasModel: false,
      read(row) {
        const found = numbers(row, ['timestamp', 'input_length', 'output_length']);
        if ('column' in found) return found;
        const [milliseconds, input, output] = found.values;
        return { seconds: milliseconds / 1000, tokens: input + output };
      },
    },
  },
];

/** The layout that a log's columns show, if it is a known one. */
export function knownLayout(columns: readonly string[]): LogLayout | undefined {
  return KNOWN.find(({ columns: needed }) => needed.every((name) => columns.includes(name)))?.layout;
}

/** A log with a column for the time and one for the model. */
export function namedLayout(timeColumn: string, modelColumn: string): LogLayout {
  return {
    name: `columns ${timeColumn} and ${modelColumn}`,
    hasModel: true,
    read(row) {
      const model = row[modelColumn];
      if (model === '') return { column: modelColumn, message: 'is empty' };
      return withTime(row, timeColumn, { model });
    },
  };
}

function withTime(
  row: Readonly<Record<string, string>>,
  column: string,
  rest: Omit<LoggedRequest, 'seconds'>,
): LoggedRequest | RowProblem {
  const seconds = secondsOf(row[column]);
  if (seconds === null) {
    const message = `"${row[column]}" is neither seconds nor a date like 2024-11-15 16:57:50`;
    return { column, message };
  }
  return { seconds, ...rest };
}

function numbers(
  row: Readonly<Record<string, string>>,
  columns: readonly string[],
): { values: number[] } | RowProblem {
  const values: number[] = [];
  for (const column of columns) {
    const value = row[column].trim() === '' ? NaN : Number(row[column]);
    if (!(value >= 0 && value < Infinity)) {
      return { column, message: `"${row[column]}" is not a number of at least 0` };
    }
    values.push(value);
  }
  return { values };
}

/** Which model a request is for, where the log does not say: one for all, or by its tokens. */
export type ModelRule = (tokens: number | undefined) => string;

/**
 * Reads `--model-name NAME` and `--model-by-tokens small:500,large`: up to 500 tokens small, above large.
 *
 * @throws InvalidInputError a rule without a last name, or with limits that do not ascend
 */
export function modelRule(name: string | undefined, byTokens: string | undefined): ModelRule | undefined {
  if (byTokens === undefined) return name === undefined ? undefined : () => name;
  const parts = byTokens.split(',').map((part) => part.trim().split(':'));
  const limits = parts.map(([, limit]) => (limit === undefined ? Infinity : Number(limit)));
  const isGood =
    parts.every(([model]) => model !== '') &&
    limits.at(-1) === Infinity &&
    limits.every((limit, at) => limit > (limits[at - 1] ?? 0)) &&
    parts.slice(0, -1).every(([, limit]) => limit !== undefined);
  if (!isGood) {
    const message = `"${byTokens}" is no rule; expected models with ascending limits and a last one without, as small:500,large`;
    throw new InvalidInputError('option', [{ path: '--model-by-tokens', message }]);
  }
  return (tokens = 0) => parts[limits.findIndex((limit) => tokens <= limit)][0];
}
