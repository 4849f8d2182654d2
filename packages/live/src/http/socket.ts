import { upgradeWebSocket } from '@hono/node-server';
import type { Context } from 'hono';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Rights } from '../access/gate.js';
import type { Frames } from '../service/frames.js';
import { HttpProblem } from './problem.js';

/** What a page asks for; beside it, it may offer `token.` and its token in base64url, as a page cannot set headers here. */
const FRAMES_PROTOCOL = 'metalore.frames';
const TOKEN_PROTOCOL = 'token.';

/** How long a reader may take none of what it was sent before it is cut off, ms. */
const STALLED_MS = 30_000;
/** Readers only listen. */
const MAX_FROM_READER = 1024;

/** Takes connections over; what a frame holds is written once for all readers, so none is compressed for one alone. */
export const newSocketServer = () =>
  new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FROM_READER,
    handleProtocols: (offered) => (offered.has(FRAMES_PROTOCOL) ? FRAMES_PROTOCOL : false),
  });

/** What a reader offers to speak, with its token if one is needed. */
export function protocolsOf(token: string | undefined): string[] {
  if (token === undefined) return [FRAMES_PROTOCOL];
  return [FRAMES_PROTOCOL, TOKEN_PROTOCOL + Buffer.from(token).toString('base64url')];
}

/** The token that a page offers among the protocols it speaks; undefined if there is none. */
export function tokenOfProtocols(header: string | undefined): string | undefined {
  const offered = header?.split(',').map((protocol) => protocol.trim());
  const token = offered?.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL));
  if (token === undefined) return undefined;
  return Buffer.from(token.slice(TOKEN_PROTOCOL.length), 'base64url').toString();
}

/**
 * Binary frames of all things, for pages that show them: the first holds everything.
 *
 * @param rights of who reads; without them all is shown
 * @throws HttpProblem it asks for no WebSocket
 */
export async function streamFrames(
  frames: Frames,
  context: Context,
  rights: Rights | undefined,
): Promise<Response> {
  if (context.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new HttpProblem(
      426,
      'live:stream.websocket',
      'This is a WebSocket.',
      'Connect with ws:// or wss://.',
    );
  }
  let leave: (() => void) | undefined;
  const upgrade = upgradeWebSocket(() => ({
    onOpen: (_event, { raw }) => {
      if (raw !== undefined) leave = follow(frames, raw as WebSocket, rights);
    },
    onClose: () => leave?.(),
    onError: () => leave?.(),
  }));
  return (await upgrade(context, () => Promise.resolve())) ?? context.body(null, 400);
}

function follow(frames: Frames, socket: WebSocket, rights: Rights | undefined): () => void {
  let sentAt = performance.now();
  const isReady = () => {
    if (socket.bufferedAmount === 0) return true;
    if (performance.now() - sentAt > STALLED_MS) socket.terminate();
    return false;
  };
  const send = (frame: Uint8Array) => {
    sentAt = performance.now();
    socket.send(frame);
  };
  return frames.add({ isReady, send, rights });
}
