import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Gate, Rights } from '../access/gate.js';
import type { Caller } from '../access/roles.js';
import type { Live } from '../service/live.js';
import { isAllowedHost } from './allowed-host.js';
import { HttpProblem, notGranted } from './problem.js';
import { isGranted, resourceOf } from './resource.js';
import type { Route } from './route.js';
import { tokenOfProtocols } from './socket.js';

/** @param origins of pages from elsewhere that may ask; @throws HttpProblem for a foreign host, or a page from elsewhere */
export function refuseForeign(context: Context, host: string, origins: readonly string[] = []): void {
  const { req } = context;
  const origin = req.header('origin');
  // A page of another port on this machine is from elsewhere too.
  const isOwn = origin === undefined || origin.replace(/^https?:\/\//, '') === req.header('host');
  const isForeign = !isOwn && !origins.includes(origin);
  if (isForeign || !isAllowedHost(req.header('host'), host)) {
    throw new HttpProblem(
      403,
      'gateway:host.notallowed',
      'This host or origin is not allowed.',
      'Use its own name.',
    );
  }
}

/**
 * Tells a page from elsewhere, which has not been refused, that it may ask and read.
 *
 * @returns whether it only asked for that
 */
export function letElsewhereAsk(context: Context): boolean {
  const { req } = context;
  const origin = req.header('origin');
  if (origin === undefined) return false;
  context.header('access-control-allow-origin', origin);
  context.header('vary', 'origin');
  const isPreflight = req.method === 'OPTIONS' && req.header('access-control-request-method') !== undefined;
  if (!isPreflight) return false;
  context.header('access-control-allow-methods', 'GET, PUT, POST, PATCH, DELETE');
  context.header('access-control-allow-headers', 'authorization, content-type');
  return true;
}

/** Open: to whoever watches over processes, and the page, which holds nothing. */
export function isOpen(path: string): boolean {
  return !/^\/(api\/|metrics$|openapi\.json$)/.test(path);
}

/** @throws HttpProblem the token is missing, wrong, or has ended: which, is not told */
export async function authenticate(context: Context, gate: Gate): Promise<Caller> {
  const { req } = context;
  const secret =
    req.header('authorization')?.replace(/^Bearer /i, '') ??
    tokenOfProtocols(req.header('sec-websocket-protocol'));
  const caller = await gate.authenticate(secret, addressOf(context));
  if (caller !== undefined) return caller;
  throw new HttpProblem(401, 'gateway:authentication.failed', 'Not authenticated.', 'Give a token.');
}

/** What a caller may do with the parts of things. */
export function rightsOf(gate: Gate, context: Context): Rights {
  return gate.rights(context.get('caller'), addressOf(context));
}

/** What changes something is audited, and what is denied (by the gate). @throws HttpProblem the caller may not */
export function permit(
  live: Live,
  gate: Gate,
  context: Context,
  { need, method, path }: Route,
  params: Readonly<Record<string, string>>,
): void {
  if (need === 'nothing') return;
  const thing: string | undefined = params.thingId;
  const caller = context.get('caller');
  const from = addressOf(context);
  const what = `${context.req.method} ${context.req.path}`;
  if (!gate.allows(caller, need, what, from, thing)) {
    const message = `The role ${caller.role} may not ${need}${thing === undefined ? '' : ` ${thing}`}.`;
    throw new HttpProblem(403, 'not.allowed', message, 'Ask for a token of another role.');
  }
  if (thing !== undefined) {
    const view = gate.policies.view(caller, thing);
    const part = resourceOf(path, params);
    if (!isGranted(view, method, part)) {
      gate.audit({ who: caller.name, what, from, allowed: false });
      throw notGranted(`${method.toUpperCase()} of ${[thing, ...part.path].join('/')}`);
    }
  }
  if (need !== 'read') live.audit.add({ who: caller.name, what, from, allowed: true });
}

const addressOf = (context: Context) => getConnInfo(context).remote.address ?? '';
