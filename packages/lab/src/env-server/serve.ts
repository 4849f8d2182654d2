import { MetaloreError } from '@metalore/core/errors';
import { plainError } from '../work/plain-error.js';
import type { BatchSnapshot, EnvironmentBatch } from './batch.js';
import { FrameChannel } from './frames.js';
import { openBatch } from './open.js';
import type { ArrayLayout, OpenAnswer } from './open.js';
import { viewOf } from './view.js';

/** Requests by number. */
const OP = { open: 0, step: 1, reset: 2, snapshot: 3, restore: 4, close: 5, view: 6 } as const;
/** Answers by number: the caller's mistake leaves the environments as they were. */
const STATUS = { ok: 0, ours: 1, caller: 2 } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Holds a batch of environments for another process, in any language, until it says `close` or its end of the pipe is
 * gone. Nothing but the opening line and frames goes to `output`.
 *
 * @see docs/python-protocol.md
 */
export function serveEnvironments(input: number, output: number): void {
  const channel = new FrameChannel(input, output);
  const opening = channel.read();
  if (opening === undefined) return;
  const opened = open(channel, opening.op, opening.payload);
  if (opened === undefined) return;
  const session = new Session(opened.batch, opened.answer);
  for (;;) {
    const frame = channel.read();
    if (frame === undefined || frame.op === OP.close) return;
    try {
      const answer = session.answer(frame.op, frame.payload);
      if (answer === session.frame) channel.writeBytes(answer);
      else channel.write(STATUS.ok, answer);
    } catch (error) {
      channel.write(...failure(error));
    }
  }
}

function open(
  channel: FrameChannel,
  op: number,
  payload: Uint8Array,
): ReturnType<typeof openBatch> | undefined {
  const say = (line: unknown) => channel.writeBytes(encoder.encode(`${JSON.stringify(line)}\n`));
  try {
    if (op !== OP.open) throw new MetaloreError(`the first frame is ${op}: expected ${OP.open} (open)`);
    const opened = openBatch(JSON.parse(decoder.decode(payload)));
    say(opened.answer);
    return opened;
  } catch (error) {
    say({ error: JSON.parse(decoder.decode(failure(error)[1])) as unknown });
    return undefined;
  }
}

function failure(error: unknown): [status: number, payload: Uint8Array] {
  const plain =
    error instanceof MetaloreError
      ? plainError(error)
      : {
          code: 'internal',
          exitCode: 1,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        };
  const status = plain.exitCode === 2 ? STATUS.caller : STATUS.ours;
  return [status, encoder.encode(JSON.stringify(plain))];
}

/** What answers frames. */
class Session {
  /** The answer to a step and to a reset, header included: made once, written over by every step. */
  readonly frame: Uint8Array;
  readonly #copies: readonly { from: Uint8Array; offset: number }[];
  readonly #actions: Float64Array;

  constructor(
    readonly batch: EnvironmentBatch,
    { layout }: OpenAnswer,
  ) {
    const HEADER = 8;
    const last = layout.at(-1) as ArrayLayout;
    const length = last.offset + batch.finalInfo.byteLength;
    this.frame = new Uint8Array(HEADER + length);
    new DataView(this.frame.buffer).setUint32(4, length, true);
    this.#copies = layout.map(({ name, offset }) => {
      const array = batch[name as 'observations'];
      const from = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      return { from, offset: HEADER + offset };
    });
    this.#actions = new Float64Array(batch.numEnvs * batch.actionSize);
  }

  /** @returns the payload, or {@link frame} whole */
  answer(op: number, payload: Uint8Array): Uint8Array {
    const { batch } = this;
    switch (op) {
      case OP.step:
        batch.step(this.#actionsOf(payload));
        return this.#state();
      case OP.reset: {
        const seeds = new Float64Array(payload.slice(0, batch.numEnvs * 8).buffer);
        batch.reset(seeds, payload.slice(batch.numEnvs * 8, batch.numEnvs * 9));
        return this.#state();
      }
      case OP.snapshot:
        return encoder.encode(JSON.stringify(batch.snapshot()));
      case OP.restore:
        batch.restore(JSON.parse(decoder.decode(payload)) as BatchSnapshot);
        return this.#state();
      case OP.view:
        return encoder.encode(JSON.stringify(viewOf(batch, new DataView(payload.buffer).getUint32(0, true))));
      default:
        throw new MetaloreError(`unknown operation ${op}`);
    }
  }

  #actionsOf(payload: Uint8Array): Float64Array {
    const bytes = this.#actions.byteLength;
    if (payload.length !== bytes)
      throw new MetaloreError(`${payload.length} bytes of actions: expected ${bytes}`);
    new Uint8Array(this.#actions.buffer).set(payload);
    return this.#actions;
  }

  #state(): Uint8Array {
    for (const { from, offset } of this.#copies) this.frame.set(from, offset);
    return this.frame;
  }
}
