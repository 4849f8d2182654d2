import { readSync, writeSync } from 'node:fs';
import { InternalError } from '@metalore/core/errors';

/** Largest payload of a frame: 1 GiB. */
const MAX_PAYLOAD = 2 ** 30;
const HEADER_BYTES = 8;

/** A request: what to do, and its payload. The payload's buffer is used again by the next one. */
export interface Frame {
  readonly op: number;
  readonly payload: Uint8Array;
}

/**
 * Frames over a pair of file descriptors, blocking: `u32 op or status, u32 length, payload`, little-endian. A process that
 * steps environments has nothing else to do while it waits, and blocking reads cost half of what the event loop does.
 */
export class FrameChannel {
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #headerView = new DataView(this.#header.buffer);
  #buffer = new ArrayBuffer(65536);

  constructor(
    readonly input: number,
    readonly output: number,
  ) {}

  /** @returns undefined when the other side has closed */
  read(): Frame | undefined {
    if (!this.#fill(this.#header)) return undefined;
    const op = this.#headerView.getUint32(0, true);
    const length = this.#headerView.getUint32(4, true);
    if (length > MAX_PAYLOAD) throw new InternalError(`a frame of ${length} bytes: not this protocol`);
    if (length > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(length * 2);
    const payload = new Uint8Array(this.#buffer, 0, length);
    return this.#fill(payload) ? { op, payload } : undefined;
  }

  /** Writes one frame. @param payload at most 4 GiB */
  write(status: number, payload: Uint8Array): void {
    const frame = new Uint8Array(HEADER_BYTES + payload.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, status, true);
    view.setUint32(4, payload.length, true);
    frame.set(payload, HEADER_BYTES);
    this.writeBytes(frame);
  }

  writeBytes(bytes: Uint8Array): void {
    for (let sent = 0; sent < bytes.length;) {
      sent += retried(() => writeSync(this.output, bytes, sent));
    }
  }

  #fill(target: Uint8Array): boolean {
    for (let read = 0; read < target.length;) {
      const got = retried(() => readSync(this.input, target, read, target.length - read, null));
      if (got === 0) return false;
      read += got;
    }
    return true;
  }
}

/** A descriptor that somebody made non-blocking answers EAGAIN: waits a moment and asks again. */
function retried(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
