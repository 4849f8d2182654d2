import { serve as listen, type ServerType } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { timingSafeEqual } from 'node:crypto';
import { isAllowedHost } from './allowed-host.js';
import type { Live } from '../service/live.js';
import { MAX_BYTES } from '../message/bounded-json.js';
import { Refusal } from '../message/refusal.js';
import { featureRoutes } from './features.js';
import { insightRoutes } from './insight.js';
import { HttpProblem, refused } from './problem.js';
import { describe, serve, type Route } from './route.js';
import { serviceRoutes } from './service.js';
import { thingRoutes } from './things.js';

export interface HttpOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What `Authorization: Bearer` must hold; nothing on this machine alone. */
  readonly token: string | undefined;
  readonly log: (line: string) => void;
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** All routes, by the tag under which they are described. */
export function routesOf(live: Live): ReadonlyMap<string, readonly Route[]> {
  return new Map([
    ['Things', thingRoutes(live)],
    ['Features', featureRoutes(live)],
    ['Ages, history, proofs', insightRoutes(live)],
    ['Service', serviceRoutes(live)],
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
  const { host, port, token, log } = options;
  const app = new Hono({ strict: true });
  app.use(async (context, next) => {
    guard(context, host, token);
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
  const tags = routesOf(live);
  for (const routes of tags.values()) {
    for (const route of routes) {
      serve(app, route);
      methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
    }
  }
  const description = openApi(tags, live.secured, version);
  app.get('/openapi.json', (context) => context.json(description));
  refuseOtherMethods(app, methods);
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
  const server = await new Promise<ServerType>((resolve, reject) => {
    const starting = listen({ fetch: app.fetch, hostname: host, port }, () => {
      starting.off('error', reject);
      resolve(starting);
    });
    starting.once('error', reject);
  });
  const address = server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** @throws HttpProblem for a foreign host, a page from elsewhere, or a missing token */
function guard(context: Context, host: string, token: string | undefined): void {
  const { req } = context;
  const origin = req.header('origin');
  const foreign = origin !== undefined && !isAllowedHost(origin.replace(/^https?:\/\//, ''), host);
  if (foreign || !isAllowedHost(req.header('host'), host)) {
    throw new HttpProblem(
      403,
      'gateway:host.notallowed',
      'This host or origin is not allowed.',
      'Use its own name.',
    );
  }
  if (token === undefined || ['/health', '/ready'].includes(req.path)) return;
  const given = Buffer.from(req.header('authorization')?.replace(/^Bearer /i, '') ?? '');
  const expected = Buffer.from(token);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new HttpProblem(401, 'gateway:authentication.failed', 'Not authenticated.', 'Give the token.');
  }
}

function extraHeaders(problem: HttpProblem, context: Context): Record<string, string> {
  if (problem.status === 401) return { 'www-authenticate': 'Bearer' };
  if (problem.status === 405) return { allow: context.get('allow' as never) };
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
      context.set('allow' as never, known.join(', ') as never);
      const message = `${context.req.method} is not allowed here.`;
      throw new HttpProblem(405, 'method.notallowed', message, `Accepted: ${known.join(', ')}.`);
    });
  }
}
