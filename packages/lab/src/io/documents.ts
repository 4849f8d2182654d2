import { readFileSync } from 'node:fs';
import { InvalidInputError } from '@metalore/core/errors';
import { Composer, LineCounter, Parser, type CST } from 'yaml';

/**
 * Reads a text file.
 *
 * @throws InvalidInputError if it is missing, a folder, not readable, or no text in UTF-8
 */
export function readText(file: string): string {
  return textOf(readBytes(file), file);
}

/** The text that the bytes of a file are. @throws InvalidInputError they are none in UTF-8 */
export function textOf(bytes: Buffer, file: string): string {
  const other = otherThanText(bytes);
  if (other !== undefined) throw new InvalidInputError('input file', [{ path: file, message: other }]);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** What a file is that is no text in UTF-8, by its first bytes. */
function otherThanText(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) return 'is compressed (gzip); unpack it first';
  if (first === 0x50 && second === 0x4b) return 'is an archive (zip); unpack it first';
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return 'is text in UTF-16; expected UTF-8';
  }
  return bytes.subarray(0, 4096).includes(0) ? 'is not text: it holds zero bytes' : undefined;
}

/** @throws InvalidInputError if it is missing, a folder or not readable */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'no such file'
        : code === 'EISDIR'
          ? 'is a folder, a file was expected'
          : `cannot be read (${code ?? String(cause)})`;
    throw new InvalidInputError('input file', [{ path: file, message: reason }], { cause });
  }
}

/**
 * Parses YAML, of which JSON is a part, by content and not by the file's name.
 *
 * @param name what errors call the text, usually the file
 * @throws InvalidInputError with `name:line:column` for every syntax error
 */
export function parseText(text: string, name: string): unknown {
  // A JSON document is read as JSON: stricter, many times faster, and its escapes keep their meaning.
  if (/^\s*[[{]/.test(text)) {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // Perhaps YAML in flow style; its parser knows where the mistake is.
    }
    if (json !== undefined) return bounded(json, name);
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (isTooDeep(tokens)) throw tooDeep(name);
  const [document, another] = new Composer({ uniqueKeys: true }).compose(tokens, true, text.length);
  const mistakes = document.errors.map(({ pos, message }) => ({ at: pos[0], message: firstLine(message) }));
  if (another !== undefined) {
    mistakes.push({ at: another.range[0], message: 'a second document begins; expected one' });
  }
  if (mistakes.length > 0) {
    throw new InvalidInputError(
      'syntax',
      mistakes.map(({ at, message }) => {
        const { line, col } = lines.linePos(at);
        return { path: `${name}:${line}:${col}`, message };
      }),
    );
  }
  try {
    return bounded(document.toJS({ maxAliasCount: 1000 }), name);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError('syntax', [{ path: name, message: firstLine(String(cause)) }], { cause });
  }
}

/** Levels of nesting that a document may have: ours have five, and every reader behind this door recurses. */
const MAX_DEPTH = 100;

/**
 * Whether the text is nested more deeply than a document may be: seen before it is composed, which recurses. A stack that has
 * run out cannot be relied on to be an error: where a regular expression is compiled there, the engine ends the process.
 */
function isTooDeep(tokens: readonly CST.Token[]): boolean {
  let level = tokens;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH + 2) return true; // the document itself, and a scalar at the end
    const next: CST.Token[] = [];
    for (const token of level) {
      if (token.type === 'document' && token.value !== undefined) next.push(token.value);
      if (!('items' in token)) continue;
      for (const { key, value } of token.items) {
        if (key) next.push(key);
        if (value) next.push(value);
      }
    }
    level = next;
  }
  return false;
}

/** @throws InvalidInputError for a document that is nested too deeply, or refers to itself */
function bounded(document: unknown, name: string): unknown {
  let level: object[] = [document].filter(isObject);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep(name);
    // what stands in several places, by an alias, is looked at once
    level = [...new Set(level.flatMap((value) => Object.values(value).filter(isObject)))];
  }
  return document;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tooDeep(name: string): InvalidInputError {
  return new InvalidInputError('syntax', [
    { path: name, message: `is nested more than ${MAX_DEPTH} levels deep, or refers to itself` },
  ]);
}

/** Reads a YAML or JSON file. @see parseText */
export function readDocument(file: string): unknown {
  return parseText(readText(file), file);
}

const firstLine = (message: string): string => message.split('\n')[0];
