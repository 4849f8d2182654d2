import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { InvalidInputError } from '@metalore/core/errors';
import { startProgress } from '../terminal/progress.js';

/** Bytes read at a time. */
const CHUNK_BYTES = 1 << 20;

/**
 * The text of a file, or of one compressed by gzip (`.gz`), in chunks, with a bar for how far it has been read: files of
 * gigabytes pass through, they do not come into memory.
 *
 * @throws InvalidInputError the file is missing or no text of gzip
 */
export async function* openText(file: string): AsyncGenerator<string> {
  const refuse = (message: string, cause?: unknown): never => {
    throw new InvalidInputError('file', [{ path: file, message }], { cause });
  };
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? refuse('no such file');
  const progress = startProgress(`reading ${file}`, size);
  const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  bytes.on('data', (chunk) => progress.advance(chunk.length));
  const decoder = new TextDecoder();
  try {
    const plain = file.toLowerCase().endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
    bytes.on('error', (error) => plain.destroy(error));
    for await (const chunk of plain) yield decoder.decode(chunk as Uint8Array, { stream: true });
    yield decoder.decode();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof InvalidInputError) throw error;
    refuse(`cannot be read (${message})`, error);
  } finally {
    progress.stop();
    bytes.destroy();
  }
}
