import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { parseJson, type Json } from '../message/bounded-json.js';
import type { Rights } from '../access/gate.js';
import { POLICY_ID } from '../access/policies.js';
import type { Caller, Need } from '../access/roles.js';
import { MAX_NAME, NAME, THING_ID } from '../message/names.js';
import { HttpProblem, notGranted } from './problem.js';
import { cut, deniedPart, resourceOf } from './resource.js';

declare module 'hono' {
  interface ContextVariableMap {
    /** Who calls; there for every route that needs more than nothing. */
    caller: Caller;
    /** Methods that a path takes, where another was tried. */
    allow: string;
  }
}

/** What a handler answers. */
export interface Answer {
  readonly status?: 200 | 201 | 204;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** What a handler is given. */
export interface Call<Query> {
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** The value of the body; undefined where the route takes none. */
  readonly body: Json;
  readonly context: Context;
  /** What the caller may do with the parts of things. */
  readonly rights: Rights;
}

/** A route: what it takes and answers, for the server and for its description (OpenAPI) at once. */
export interface Route<Query extends z.ZodObject = z.ZodObject> {
  readonly method: 'get' | 'put' | 'patch' | 'post' | 'delete';
  /** With parts in braces, as in OpenAPI; one that ends the path with `Path` may hold slashes. */
  readonly path: string;
  /** What a caller must be allowed to do; of a device, with the thing of the path. */
  readonly need: Need;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: z.ZodType;
  /** The media type of the body; a merge patch has its own. */
  readonly bodyType?: 'application/json' | 'application/merge-patch+json';
  /** What it answers beside errors, by status. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Statuses of errors beside 400. */
  readonly errors?: readonly number[];
  readonly handle: (call: Call<z.infer<Query>>) => Answer | Response | Promise<Answer | Response>;
}

/** Lets the types of a route's query flow into its handler. */
export function route<Query extends z.ZodObject>(definition: Route<Query>): Route {
  return definition;
}

const errorSchema = z.object({
  status: z.int(),
  error: z.string(),
  message: z.string(),
  description: z.string(),
});

const partsOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

type Params = Readonly<Record<string, string>>;

/** Who may do what. */
export interface Permits {
  /** Asked before a route is run. @throws HttpProblem the caller may not */
  check(context: Context, route: Route, params: Readonly<Record<string, string>>): void;
  rights(context: Context): Rights;
}

/** Adds a route to the server. */
export function serve(app: Hono, route: Route, permits: Permits): void {
  const { method, path, query, body, handle } = route;
  const pattern = path.replaceAll(/\{(\w+)\}/g, (_part, name: string) =>
    name.endsWith('Path') ? `:${name}{.+}` : `:${name}`,
  );
  app.on(method.toUpperCase(), pattern, async (context) => {
    const params = Object.fromEntries(partsOf(path).map((name) => [name, context.req.param(name) ?? '']));
    permits.check(context, route, params);
    const rights = permits.rights(context);
    const sent = body === undefined ? null : await readBody(context);
    if (method === 'patch') checkPatch(route, params, sent, rights);
    const answer = await handle({
      params,
      query: readQuery(query, context),
      body: sent,
      context,
      rights,
    });
    if (answer instanceof Response) return answer;
    const { status = 200, headers = {} } = answer;
    const value = method === 'get' ? readable(route, params, answer.body, rights) : answer.body;
    if (value === undefined) return context.body(null, status === 200 ? 204 : (status as 204), headers);
    return context.json(value as object, status as 200, headers);
  });
}

/** @throws HttpProblem the caller may not change all that a patch changes */
function checkPatch({ path }: Route, params: Params, patch: Json, rights: Rights): void {
  const { thingId } = params;
  const denied = deniedPart(rights.view(thingId), patch, resourceOf(path, params).path);
  if (denied === undefined) return;
  rights.deny(`PATCH ${thingId}/${denied}`);
  throw notGranted(`PATCH of ${thingId}/${denied}`);
}

/** What of an answer about a thing the caller may read. */
function readable({ path }: Route, params: Params, body: unknown, rights: Rights): unknown {
  if (params.thingId === undefined || body === undefined) return body;
  return cut(rights.view(params.thingId), resourceOf(path, params), body);
}

function readQuery(schema: z.ZodObject | undefined, context: Context): Record<string, unknown> {
  if (schema === undefined) return {};
  const query = context.req.query();
  // Nothing is no number, though it can be made one.
  const empty = Object.entries(schema.shape).find(
    ([name, part]) => query[name]?.trim() === '' && isNumeric(part as z.ZodType),
  );
  if (empty !== undefined) {
    throw new HttpProblem(400, 'parameter.invalid', `${empty[0]}: expected a number`, 'Check the query.');
  }
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new HttpProblem(400, 'parameter.invalid', `${path.join('.')}: ${message}`, 'Check the query.');
}

const isNumeric = (part: z.ZodType) => part.safeParse('1').success && !part.safeParse('x').success;

async function readBody(context: Context): Promise<Json> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new HttpProblem(
      415,
      'mediatype.unsupported',
      `${type || 'no media type'} is not accepted.`,
      'Send JSON.',
    );
  }
  return parseJson(new Uint8Array(await context.req.arrayBuffer()));
}

/** Describes a route: a path item's operation of OpenAPI 3.1. */
export function describe(route: Route, tag: string): Record<string, unknown> {
  const { path, summary, query, body, bodyType = 'application/json', answers, errors = [] } = route;
  const failures = new Set([
    400,
    ...(route.need === 'nothing' ? [] : [401, 403]),
    ...(body === undefined ? [] : [413, 415]),
    ...errors,
  ]);
  const content = (type: string, schema: z.ZodType, io: 'input' | 'output' = 'output') => ({
    content: { [type]: { schema: jsonSchemaOf(schema, io) } },
  });
  return {
    summary,
    tags: [tag],
    parameters: [
      ...partsOf(path).map((name) => ({ in: 'path', name, required: true, schema: pathSchema(name) })),
      ...queryParameters(query),
    ],
    ...(body !== undefined && { requestBody: { required: true, ...content(bodyType, body, 'input') } }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, schema]) => [
        status,
        { description: 'done', ...(schema !== null && content(answerType(path), schema)) },
      ]),
      ...[...failures].map((status) => [
        status,
        { description: 'why not', ...content('application/json', errorSchema) },
      ]),
    ]) as unknown,
  };
}

/** A part of a path that may hold slashes: names, joined as JSON pointers are. */

const POINTER = /^[^\x00-\x1F\x7F-\x9F/~]+(?:\/[^\x00-\x1F\x7F-\x9F/~]+)*$/;

/** Of parts of a path that are no plain name. */
const PATTERNS: Readonly<Record<string, RegExp>> = { thingId: THING_ID, policyId: POLICY_ID };

function pathSchema(name: string): Record<string, unknown> {
  const pattern = PATTERNS[name] ?? (name.endsWith('Path') ? POINTER : NAME);
  return { type: 'string', minLength: 1, maxLength: MAX_NAME, pattern: pattern.source };
}

function queryParameters(query: z.ZodObject | undefined): unknown[] {
  return Object.entries(query?.shape ?? {}).map(([name, part]) => {
    const { default: _default, description, ...schema } = jsonSchemaOf(part as z.ZodType);
    const required = !(part as z.ZodType).safeParse(undefined).success;
    return { in: 'query', name, required, description, schema };
  });
}

/** @param io of what is sent to us, or of what we answer: they differ where something may be left out */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Record<string, unknown> {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io, reused: 'inline' });
  return plain;
}

function answerType(path: string): string {
  if (path === '/metrics') return 'text/plain';
  return path.endsWith('/wot') ? 'application/td+json' : 'application/json';
}
