import { Readable } from 'node:stream';
import { InvalidInputError, type Problem } from '@metalore/core/errors';
import { parse } from 'csv-parse';
import { openText } from '../io/open-text.js';
import { knownLayout, namedLayout, type LogLayout, type ModelRule } from './log-layouts.js';

/** How a log of requests is read. */
export interface LogOptions {
  readonly timeColumn: string;
  readonly modelColumn: string;
  readonly modelRule?: ModelRule | undefined;
  /** Leave requests out that got no answer. */
  readonly dropFailed: boolean;
  readonly skipBadRows: boolean;
}

/** A log as columns, in the order of its rows. */
export interface RequestLog {
  readonly layout: string;
  readonly seconds: Float64Array;
  /** Number of the model, per request. */
  readonly model: Int32Array;
  /** Names of the models, in the order in which the file has them. */
  readonly models: readonly string[];
  /** Tokens of the requests of each model in the mean; NaN where the log has none. */
  readonly meanTokens: readonly number[];
  readonly read: number;
  readonly failed: number;
  readonly skipped: readonly Problem[];
}

const SHOWN_PROBLEMS = 20;
/** Broken rows that are remembered one by one. */
const KEPT_PROBLEMS = 1000;

/**
 * Reads a log of requests to model servers: CSV or JSON lines, also compressed by gzip, rows in any order. The layouts of
 * BurstGPT, the Azure LLM inference traces and Mooncake are known by their columns; any other has a column for the time and
 * one for the model. Of a row two numbers stay in memory.
 *
 * @throws InvalidInputError with file, line, column and value of every broken row, unless they are to be left out
 */
export async function readRequestLog(file: string, options: LogOptions): Promise<RequestLog> {
  const isJson = /\.jsonl(\.gz)?$/i.test(file);
  const log = new LogColumns(file, options);
  if (isJson) for await (const { row, line } of jsonRows(file, log)) log.add(row, line);
  else for await (const { row, line } of csvRows(file, log)) log.add(row, line);
  return log.done();
}

interface Row {
  readonly row: Readonly<Record<string, string>>;
  readonly line: number;
}

async function* csvRows(file: string, log: LogColumns): AsyncGenerator<Row> {
  const parser = Readable.from(openText(file)).pipe(
    parse({ relax_column_count: true, skip_empty_lines: true, trim: true, info: true, bom: true }),
  );
  let head: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (head === undefined) {
        head = record;
        log.begin(head);
      } else if (record.length !== head.length) {
        log.broken(info.lines, undefined, `${record.length} fields, the header has ${head.length}`);
      } else {
        yield { row: Object.fromEntries(head.map((name, at) => [name, record[at]])), line: info.lines };
      }
    }
  } catch (error) {
    const { lines, message } = error as { lines?: number; message: string };
    if (error instanceof InvalidInputError || lines === undefined) throw error;
    throw new InvalidInputError('CSV file', [{ path: `${file}:${lines}`, message }], { cause: error });
  }
}

async function* jsonRows(file: string, log: LogColumns): AsyncGenerator<Row> {
  let rest = '';
  let line = 0;
  let begun = false;
  const read = (text: string): Row | undefined => {
    line++;
    if (text.trim() === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      log.broken(line, undefined, `is no JSON: ${(error as Error).message}`);
      return undefined;
    }
    if (typeof value !== 'object' || value === null) {
      log.broken(line, undefined, 'is no object');
      return undefined;
    }
    const row = Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, typeof field === 'object' ? '' : String(field)]),
    );
    if (!begun) log.begin(Object.keys(row));
    begun = true;
    return { row, line };
  };
  for await (const chunk of openText(file)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const text of lines) {
      const row = read(text);
      if (row !== undefined) yield row;
    }
  }
  const row = read(rest);
  if (row !== undefined) yield row;
}

/** Columns of a log that grow by doubling. */
class LogColumns {
  #layout: LogLayout | undefined;
  #columns: readonly string[] = [];
  #seconds = new Float64Array(1024);
  #model = new Int32Array(1024);
  #count = 0;
  #failed = 0;
  #read = 0;
  readonly #numbers = new Map<string, number>();
  readonly #tokens: { sum: number; count: number }[] = [];
  readonly #problems: Problem[] = [];
  #broken = 0;

  constructor(
    readonly file: string,
    readonly options: LogOptions,
  ) {}

  /** @param columns of the header, or the keys of the first object */
  begin(columns: readonly string[]): void {
    const { file, options } = this;
    const { timeColumn, modelColumn, modelRule } = options;
    this.#layout = knownLayout(columns) ?? namedLayout(timeColumn, modelColumn);
    this.#columns = columns;
    const needed = knownLayout(columns) ? [] : [timeColumn, modelColumn];
    const problems = needed
      .filter((name) => !columns.includes(name))
      .map((name) => ({
        path: `${file}:1`,
        message: `no column "${name}"; the header has ${columns.join(', ')}`,
      }));
    if (problems.length > 0) throw new InvalidInputError('CSV file', problems);
    if (!this.#layout.hasModel && modelRule === undefined) {
      const message = `the layout ${this.#layout.name} names no model`;
      throw new InvalidInputError('trace', [{ path: file, message }], {
        hint: 'say which model its requests are for: --model-name NAME, or --model-by-tokens small:500,large',
      });
    }
  }

  add(row: Readonly<Record<string, string>>, line: number): void {
    this.#read++;
    const missing = this.#columns.find((name) => row[name] === undefined);
    if (missing !== undefined) return this.broken(line, missing, 'is missing');
    const request = this.#layout!.read(row);
    if ('message' in request) return this.broken(line, request.column, request.message);
    if (request.failed && this.options.dropFailed) {
      this.#failed++;
      return;
    }
    const { seconds, tokens } = request;
    const model = this.options.modelRule?.(tokens) ?? request.model!;
    if (this.#count === this.#model.length) this.#grow();
    this.#seconds[this.#count] = seconds;
    this.#model[this.#count++] = this.#number(model, tokens);
  }

  #number(model: string, tokens: number | undefined): number {
    let number = this.#numbers.get(model);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(model, number);
      this.#tokens.push({ sum: 0, count: 0 });
    }
    if (tokens !== undefined) {
      this.#tokens[number].sum += tokens;
      this.#tokens[number].count++;
    }
    return number;
  }

  #grow(): void {
    const seconds = new Float64Array(2 * this.#count);
    seconds.set(this.#seconds);
    this.#seconds = seconds;
    const model = new Int32Array(2 * this.#count);
    model.set(this.#model);
    this.#model = model;
  }

  broken(line: number, column: string | undefined, message: string): void {
    this.#broken++;
    const path = `${this.file}:${line}${column === undefined ? '' : `:${column}`}`;
    if (this.#problems.length < KEPT_PROBLEMS) this.#problems.push({ path, message });
  }

  /** @throws InvalidInputError for broken rows that are not to be left out, and for a log without requests */
  done(): RequestLog {
    if (this.#layout === undefined) {
      throw new InvalidInputError('trace', [{ path: this.file, message: 'is empty, a header was expected' }]);
    }
    if (this.#broken > 0 && !this.options.skipBadRows) {
      const rest = this.#broken - SHOWN_PROBLEMS;
      const more = rest > 0 ? [{ path: this.file, message: `… and ${rest} more broken rows` }] : [];
      throw new InvalidInputError('trace', [...this.#problems.slice(0, SHOWN_PROBLEMS), ...more], {
        hint: '--skip-bad-rows leaves broken rows out and counts them',
      });
    }
    if (this.#count === 0) {
      throw new InvalidInputError('trace', [{ path: this.file, message: 'has no request that can be read' }]);
    }
    return {
      layout: this.#layout.name,
      seconds: this.#seconds.subarray(0, this.#count),
      model: this.#model.subarray(0, this.#count),
      models: [...this.#numbers.keys()],
      meanTokens: this.#tokens.map(({ sum, count }) => sum / count),
      read: this.#read,
      failed: this.#failed,
      skipped: this.#problems,
    };
  }
}
