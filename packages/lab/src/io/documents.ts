import { readFileSync } from 'node:fs';
import { InvalidInputError } from '@metalore/core/errors';
import { parseDocument } from 'yaml';

/**
 * Reads a text file.
 *
 * @throws InvalidInputError if it is missing, a folder, not readable, or no text in UTF-8
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
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

function readBytes(file: string): Buffer {
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
  const document = parseYaml(text, name);
  if (document.errors.length > 0) {
    // the parser tells of its own recursion as of a mistake in the text
    if (document.errors.some(({ message }) => message.startsWith('Maximum call stack'))) throw tooDeep(name);
    throw new InvalidInputError(
      'syntax',
      document.errors.map((error) => {
        const at = error.linePos?.[0];
        return {
          path: at === undefined ? name : `${name}:${at.line}:${at.col}`,
          message: firstLine(error.message),
        };
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

function parseYaml(text: string, name: string): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(name); // the parser's own recursion
    throw cause;
  }
}

/** Levels of nesting that a document may have: ours have five, and every reader behind this door recurses. */
const MAX_DEPTH = 100;

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

function firstLine(message: string): string {
  return message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '');
}
