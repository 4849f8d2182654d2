import { serve as listen, type ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { createServer as createSecureServer } from 'node:https';
import type { Gate } from '../access/gate.js';
import type { Tls } from '../broker/broker.js';
import { MAX_BYTES } from '../message/bounded-json.js';
import { Refusal } from '../message/refusal.js';
import type { Live } from '../service/live.js';
import { Writer } from '../service/writer.js';
import { authenticate, isOpen, letElsewhereAsk, permit, refuseForeign, rightsOf } from './doors.js';
import { featureRoutes } from './features.js';
import { insightRoutes } from './insight.js';
import { ledgerRoutes } from './ledger.js';
import { modelRoutes } from './models.js';
import { cacheControlOf, pageHeaders } from './page-headers.js';
import { HttpProblem, refused } from './problem.js';
import { describe, serve, type Route } from './route.js';
import { policyRoutes } from './policies.js';
import { serviceRoutes } from './service.js';
import { newSocketServer } from './socket.js';
import { steeringRoutes } from './steering.js';
import { thingRoutes } from './things.js';

export interface HttpOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly gate: Gate;
  readonly tls?: Tls | undefined;
  /** Folder of a page that is served beside the API, to everybody. */
  readonly site?: string | undefined;
  readonly log: (line: string) => void;
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** All routes, by the tag under which they are described. */
export function routesOf(live: Live, gate: Gate): ReadonlyMap<string, readonly Route[]> {
  const writer = new Writer(live);
  return new Map([
    ['Things', thingRoutes(live, writer)],
    ['Features', featureRoutes(live, writer)],
    ['Ages, history, proofs', insightRoutes(live, gate)],
    ['Ledger', ledgerRoutes(live)],
    ['Policies', policyRoutes(gate.policies)],
    ['Steering', steeringRoutes(live)],
    ['Service', [...serviceRoutes(live, writer, gate), ...modelRoutes(live)]],
  ]);
}

/** The description of all routes: OpenAPI 3.1. */
function openApi(tags: ReadonlyMap<string, readonly Route[]>, secured: boolean, version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [tag, routes] of tags) {
    for (const route of routes) (paths[route.path] ??= {})[route.method] = describe(route, tag);
  }
  const description = 'Things as in Eclipse Ditto, with their ages, their history and proofs of it';
  return {
    openapi: '3.1.0',
    info: { title: 'MetaLore live twins', version, description },
    paths,
    ...(secured && {
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    }),
  };
}

/**
 * Serves the HTTP face of a live sub-metaverse.
 *
 * @throws the system's error where the port is taken
 */
export async function startHttp(live: Live, version: string, options: HttpOptions): Promise<HttpServer> {
  const { host, port, gate, log, site, tls } = options;
  const app = new Hono({ strict: true });
  app.use(async (context, next) => {
    refuseForeign(context, host, live.settings.origins);
    if (letElsewhereAsk(context)) return context.body(null, 204);
    if (!isOpen(context.req.path)) context.set('caller', await authenticate(context, gate));
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BYTES,
      onError: () => {
        throw new HttpProblem(413, 'things:thing.toolarge', `More than ${MAX_BYTES} bytes.`, 'Send less.');
      },
    }),
  );
  const methods = new Map<string, string[]>();
  const tags = routesOf(live, gate);
  const permits = {
    check: (context: Context, route: Route, params: Readonly<Record<string, string>>) =>
      permit(live, gate, context, route, params),
    rights: (context: Context) => rightsOf(gate, context),
  };
  for (const routes of tags.values()) {
    for (const route of routes) {
      serve(app, route, permits);
      methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
    }
  }
  const description = openApi(tags, gate.isClosed, version);
  app.get('/openapi.json', (context) => context.json(description));
  refuseOtherMethods(app, methods);
  if (site !== undefined) serveSite(app, site);
  app.notFound((context) => {
    const message = `${context.req.method} ${context.req.path} is nothing here.`;
    const problem = new HttpProblem(404, 'api.notfound', message, 'See /openapi.json.');
    return context.json(problem.toJSON(), 404);
  });
  app.onError((error, context) => {
    const problem = error instanceof Refusal ? refused(error) : error;
    if (problem instanceof HttpProblem) {
      return context.json(problem.toJSON(), problem.status, extraHeaders(problem, context));
    }
    log(`${context.req.method} ${context.req.path}: ${error.stack ?? error.message}`);
    const body = {
      status: 500,
      error: 'internalerror',
      message: 'An internal error.',
      description: error.message,
    };
    return context.json(body, 500);
  });
  const sockets = newSocketServer();
  const server = await new Promise<ServerType>((resolve, reject) => {
    const secure = tls !== undefined && { createServer: createSecureServer, serverOptions: tls };
    // The types of ws and of the server differ in what is optional; the README of the latter pairs them so.
    const websocket = { server: sockets } as unknown as NonNullable<
      Parameters<typeof listen>[0]['websocket']
    >;
    const starting = listen({ fetch: app.fetch, hostname: host, port, websocket, ...secure }, () => {
      starting.off('error', reject);
      resolve(starting);
    });
    starting.once('error', reject);
  });
  // Whoever reads on is let in anew, by what holds now.
  gate.policies.onChange(() => sockets.clients.forEach((socket) => socket.terminate()));
  const address = server.address() as { port: number };
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** A page beside the API: files alone, for everybody. */
function serveSite(app: Hono, root: string): void {
  app.get('/*', async (context, next) => {
    for (const [name, value] of Object.entries(pageHeaders())) context.header(name, value);
    context.header('cache-control', cacheControlOf(context.req.path));
    await next();
  });
  app.get('/*', compress());
  app.get('/*', serveStatic({ root }));
}

function extraHeaders(problem: HttpProblem, context: Context): Record<string, string> {
  if (problem.status === 401) return { 'www-authenticate': 'Bearer' };
  if (problem.status === 405) return { allow: context.get('allow') };
  return {};
}

/** A path that is there answers other methods with 405, and names those that it takes. */
function refuseOtherMethods(app: Hono, methods: ReadonlyMap<string, readonly string[]>): void {
  for (const [path, known] of methods) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, (_part, name: string) =>
      name.endsWith('Path') ? `:${name}{.+}` : `:${name}`,
    );
    app.all(pattern, (context, next) => {
      if (known.includes(context.req.method) || context.req.method === 'HEAD') return next();
      context.set('allow', known.join(', '));
      const message = `${context.req.method} is not allowed here.`;
      throw new HttpProblem(405, 'method.notallowed', message, `Accepted: ${known.join(', ')}.`);
    });
  }
}
