import { createParser } from 'eventsource-parser';

/** A thing as the server shows it. Times in ms since 1970. */
export interface ShownThing {
  readonly id: string;
  readonly t: number | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly features: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
}

export interface ShownAlarm {
  readonly thing: string;
  readonly feature: string;
  readonly property: string;
  readonly kind: string;
  readonly rule: string;
  readonly raisedAt: number;
  readonly level: number;
}

/** What changed since the frame before; the first holds everything. */
export interface Frame {
  readonly now: number;
  readonly splits: { readonly rhoC: number; readonly rhoP: number } | null;
  /** What splits, who said so (`start`: as it was started), since when. */
  readonly steering: { readonly policy: string; readonly by: string; readonly since: number } | null;
  readonly queues: Readonly<Record<string, number>>;
  readonly ages: { readonly aosiS: number | null; readonly aoriS: number | null };
  readonly alarms: readonly ShownAlarm[];
  readonly stepMs: number | null;
  readonly things: readonly ShownThing[];
  readonly truth: readonly { readonly id: string; readonly xM: number; readonly yM: number }[];
  readonly removed: readonly string[];
}

/** How the connection stands. */
export type Connection = 'connecting' | 'connected' | 'lost' | 'closed' | 'absent';

interface Listener {
  onFrame(frame: Frame, isFirst: boolean): void;
  onState(state: Connection): void;
}

const RETRY_MS = 1000;
/** Without a word for so long a connection is taken for dead, ms: a frame comes every second. */
const SILENCE_MS = 5000;

/**
 * Reads the frames of a live sub-metaverse, and connects again whenever it goes away.
 *
 * @param token what the server asks for, if it does
 * @returns how it is ended
 */
export function readFrames(token: string, listener: Listener): () => void {
  let ended = false;
  let abort = new AbortController();
  const run = async () => {
    let wasThere = false;
    while (!ended) {
      abort = new AbortController();
      try {
        const answer = await fetch('api/live/stream', {
          signal: abort.signal,
          headers: { accept: 'text/event-stream', ...(token !== '' && { authorization: `Bearer ${token}` }) },
        });
        const type = answer.headers.get('content-type') ?? '';
        if (answer.status === 401 || answer.status === 403) return listener.onState('closed');
        if (!answer.ok || !type.includes('event-stream') || answer.body === null) {
          if (!wasThere) return listener.onState('absent');
        } else {
          listener.onState('connected');
          wasThere = true;
          await readAll(answer.body, abort, listener);
        }
      } catch {
        // gone: tried again
      }
      if (ended) return;
      listener.onState(wasThere ? 'lost' : 'connecting');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void run();
  return () => {
    ended = true;
    abort.abort();
  };
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  abort: AbortController,
  listener: Listener,
): Promise<void> {
  let isFirst = true;
  const parser = createParser({
    onEvent: ({ data }) => {
      try {
        listener.onFrame(JSON.parse(data) as Frame, isFirst);
      } catch (error) {
        reportError(error); // ours, and no reason to connect again
      }
      isFirst = false;
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let timer = 0;
  try {
    for (;;) {
      timer = window.setTimeout(() => abort.abort(), SILENCE_MS);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
