import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import compression from 'compression';
import sirv from 'sirv';
import { isAllowedHost } from '@metalore/live/allowed-host';
import { cacheControlOf, pageHeaders } from '@metalore/live/page-headers';
import { findFile, listFiles } from './run-files.js';
import type { NamedRun } from './run-files.js';

export interface StudioServerOptions {
  /** The built page. */
  readonly site: string;
  readonly runs: readonly NamedRun[];
  readonly host: string;
  /** Origin of a live sub-metaverse that the page may ask. */
  readonly live?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface StudioServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A client that says nothing, or too slowly, for so long is cut off, ms; a page and its workers need a dozen connections. */
const HEADERS_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 30_000;
const MAX_CONNECTIONS = 256;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Serves the built studio and the named runs, and nothing else.
 *
 * @throws the system's error (`EADDRINUSE`, `EACCES`, …) if it cannot listen
 */
export async function startStudioServer(options: StudioServerOptions): Promise<StudioServer> {
  const site = sirv(options.site, {
    etag: true,
    setHeaders: (response, path) => response.setHeader('cache-control', cacheControlOf(path)),
    onNoMatch: sendRuntime,
  });
  const compress = compression() as unknown as Middleware;
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: 1000,
  };
  const server = createServer(timeouts, (request, response) => {
    compress(request, response, () => {
      answer(request, response, options, site).catch(() => refuse(response, 500, 'internal error'));
    });
  });
  server.setTimeout(IDLE_TIMEOUT);
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  const { address, port, family } = server.address() as AddressInfo;
  const shown =
    address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${shown}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: StudioServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { runs, host, live }: StudioServerOptions,
  site: Handler,
): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders(live === undefined ? [] : [live])))
    response.setHeader(name, value);
  const hosts = request.headersDistinct['host'] ?? [];
  if (hosts.length !== 1 || !isAllowedHost(hosts[0], host))
    return refuse(response, 403, 'this name is not served here');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return refuse(response, 405, 'only GET and HEAD');
  }
  const segments = segmentsOf(request.url ?? '/');
  if (segments === undefined) return refuse(response, 400, 'not an address');
  if (segments.length === 1 && segments[0] === 'runs.json') return sendRuns(request, response, runs);
  if (segments[0] === 'runs') return sendFile(request, response, runs, segments.slice(1));
  site(request, response);
}

/**
 * What the built page lacks. ONNX Runtime's 14 MB are not packed with it: they come from the package, an optional peer,
 * where a page asks for them.
 */
function sendRuntime(request: IncomingMessage, response: ServerResponse): void {
  if (!/\/ort-wasm-simd-threaded-[\w-]+\.wasm$/.test(request.url ?? ''))
    return refuse(response, 404, 'no such file');
  let file: string;
  try {
    file = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  } catch {
    return refuse(response, 404, 'onnxruntime-web is not installed');
  }
  response.writeHead(200, { 'content-type': 'application/wasm' });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
}

/** Decoded segments of an address's path; undefined where it tries to leave its folder or is damaged. */
function segmentsOf(url: string): string[] | undefined {
  const [path] = url.split(/[?#]/) as [string];
  if (!path.startsWith('/')) return undefined;
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    return segments.some((segment) => segment === '..' || segment === '.' || /[/\\\0]/.test(segment))
      ? undefined
      : segments;
  } catch {
    return undefined;
  }
}

async function sendRuns(
  request: IncomingMessage,
  response: ServerResponse,
  runs: readonly NamedRun[],
): Promise<void> {
  const list = await Promise.all(
    runs.map(async (run) => ({ id: run.id, name: run.name, files: await listFiles(run) })),
  );
  const body = JSON.stringify({ runs: list });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  runs: readonly NamedRun[],
  [id, ...segments]: readonly string[],
): Promise<void> {
  const run = runs.find((candidate) => candidate.id === id);
  const found = run && (await findFile(run, segments));
  if (found === undefined) return refuse(response, 404, 'no such file in the named runs');
  response.writeHead(200, {
    'content-type': found.type,
    'content-length': found.bytes,
    'cache-control': 'no-store',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  createReadStream(found.file, { end: Math.max(0, found.bytes - 1) })
    .on('error', () => response.destroy())
    .pipe(response);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
}
