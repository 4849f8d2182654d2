import { Decoder } from '@msgpack/msgpack';
import type { Place } from './place.js';

/** A thing as the server shows it. Times in ms since 1970. */
export interface ShownThing {
  readonly id: string;
  readonly t: number | null;
  readonly definition?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly features: ShownFeatures;
}

export type ShownFeatures = Readonly<
  Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>
>;

/** Features that changed of a thing that is known, by its number, each with all of its values. */
export type ShownChange = readonly [
  number: number,
  t: number | null,
  features: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
];

export interface ShownAlarm {
  readonly thing: string;
  readonly feature: string;
  readonly property: string;
  readonly kind: string;
  readonly rule: string;
  readonly raisedAt: number;
  readonly level: number;
}

/** Where the base station stands, and the area it serves, m. */
export interface ShownCell extends Place {
  /** Of its antenna. */
  readonly heightM: number;
  readonly area: { readonly widthM: number; readonly heightM: number };
}

/** What changed since the frame before; the first holds everything. */
export interface Frame {
  readonly now: number;
  /** Null where no scenario is behind. */
  readonly cell: ShownCell | null;
  readonly splits: { readonly rhoC: number; readonly rhoP: number } | null;
  /** What splits, who said so (`start`: as it was started), since when. */
  readonly steering: { readonly policy: string; readonly by: string; readonly since: number } | null;
  readonly queues: Readonly<Record<string, number>>;
  readonly ages: { readonly aosiS: number | null; readonly aoriS: number | null };
  readonly alarms: readonly ShownAlarm[];
  readonly stepMs: number | null;
  readonly things: readonly (ShownThing & { readonly number: number })[];
  readonly changes: readonly ShownChange[];
  readonly truth: readonly ({ readonly id: string } & Place)[];
  readonly removed: readonly string[];
}

/** How the connection stands. */
export type Connection = 'connecting' | 'connected' | 'lost' | 'closed' | 'absent';

interface Listener {
  onFrame(frame: Frame, isFirst: boolean): void;
  onState(state: Connection): void;
}

const PROTOCOL = 'metalore.frames';
const RETRY_MS = 1000;
/** Without a word for so long a connection is taken for dead, ms: a frame comes every second. */
const SILENCE_MS = 5000;

/**
 * Reads the frames of a live sub-metaverse, and connects again whenever it goes away.
 *
 * @param server where it is: a URL that ends in a slash
 * @param token what the server asks for, if it does
 * @returns how it is ended
 */
export function readFrames(server: string, token: string, listener: Listener): () => void {
  const end = new AbortController();
  void run(server, token, listener, end.signal);
  return () => end.abort();
}

async function run(server: string, token: string, listener: Listener, end: AbortSignal): Promise<void> {
  let wasThere = false;
  while (!end.aborted) {
    const state = await tryCaller(server, token, end);
    if (state === 'connected') {
      wasThere = true;
      await readSocket(server, token, listener, end);
    } else if (state === 'closed' || (state === 'absent' && !wasThere)) return listener.onState(state);
    if (end.aborted) return;
    listener.onState(wasThere ? 'lost' : 'connecting');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Asks who we are: a WebSocket would not say why it is refused. */
async function tryCaller(
  server: string,
  token: string,
  signal: AbortSignal,
): Promise<Connection | undefined> {
  try {
    const headers = token === '' ? undefined : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${server}api/live/caller`, { signal, ...(headers && { headers }) });
    if (answer.status === 401 || answer.status === 403) return 'closed';
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return answer.ok && isJson ? 'connected' : 'absent';
  } catch {
    return undefined; // nobody there: tried again
  }
}

/** Reads until the connection ends. */
function readSocket(server: string, token: string, listener: Listener, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const decoder = new Decoder();
    const socket = new WebSocket(`${server.replace(/^http/, 'ws')}api/live/stream`, protocolsOf(token));
    socket.binaryType = 'arraybuffer';
    let isFirst = true;
    let timer = 0;
    const done = () => {
      clearTimeout(timer);
      end.removeEventListener('abort', done);
      socket.onmessage = socket.onclose = null;
      socket.close();
      resolve();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = window.setTimeout(done, SILENCE_MS);
    };
    wait();
    end.addEventListener('abort', done);
    socket.onclose = done;
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      wait();
      const frame = decoder.decode(data) as Frame;
      if (isFirst) listener.onState('connected');
      listener.onFrame(frame, isFirst);
      isFirst = false;
    };
  });
}

/** A page cannot set headers here, so its token goes in as a protocol, in base64url. */
function protocolsOf(token: string): string[] {
  if (token === '') return [PROTOCOL];
  const bytes = new TextEncoder().encode(token);
  const text = btoa(String.fromCharCode(...bytes));
  return [PROTOCOL, `token.${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}
