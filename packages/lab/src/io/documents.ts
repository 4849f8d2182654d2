import { readFileSync } from 'node:fs';
import { InvalidInputError } from '@metalore/core/errors';
import { parseDocument } from 'yaml';

/**
 * Reads a text file.
 *
 * @throws InvalidInputError if it is missing, a folder or not readable
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
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
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Perhaps YAML in flow style; its parser knows where the mistake is.
    }
  }
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) {
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
    return document.toJS({ maxAliasCount: 1000 }) as unknown;
  } catch (cause) {
    throw new InvalidInputError('syntax', [{ path: name, message: firstLine(String(cause)) }], { cause });
  }
}

/** Reads a YAML or JSON file. @see parseText */
export function readDocument(file: string): unknown {
  return parseText(readText(file), file);
}

function firstLine(message: string): string {
  return message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '');
}
