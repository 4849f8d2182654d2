import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { AUDIT_THING } from '../service/audit-log.js';
import type { Rights } from '../access/gate.js';
import type { Live } from '../service/live.js';
import type { Change } from '../twin/twins.js';
import type { Thing } from '../twin/thing.js';
import { dittoThing } from '../twin/thing.js';

/** Most events that wait for a slow reader; beyond, the connection is cut, and it resumes where it was. */
const MAX_WAITING = 10_000;
/** Rows that are read at once to catch up. */
const PAGE = 500;
const KEEP_ALIVE_MS = 15_000;

interface Event {
  readonly id?: string;
  readonly data: string;
}

/** Whether a request asks for a stream of server-sent events. */
export function wantsStream(context: Context): boolean {
  return (context.req.header('accept') ?? '').includes('text/event-stream');
}

/**
 * Server-sent events of what changes in twins, each with what was fresher in Ditto's form. The id of an event is a place in
 * the ledger up to which everything has been told; a client that comes again with `Last-Event-ID` gets everything after
 * it, some of it perhaps twice.
 *
 * @param rights of who listens, looked at anew for every event
 * @param wanted ids of the things; all without it
 */
export function streamChanges(
  live: Live,
  context: Context,
  rights: Rights,
  wanted: ReadonlySet<string> | undefined,
): Response {
  const last = context.req.header('last-event-id');
  const resumed = last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) + 1 : undefined;
  return streamSSE(context, async (stream) => {
    const waiting: Event[] = [];
    let wake = () => {};
    const push = (event: Event) => {
      waiting.push(event);
      wake();
    };
    const onChange = ({ thing, update, features }: Change) => {
      if (features === undefined || (wanted !== undefined && !wanted.has(thing.id))) return;
      const data = changeData(thing.id, features, rights);
      if (data !== undefined) push({ id: String(Math.min(live.toldUpTo, update.position)), data });
    };
    const onDocument = (thing: Thing, removed: boolean) => {
      if (wanted !== undefined && !wanted.has(thing.id)) return;
      const readable = rights.view(thing.id).readable(dittoThing(thing));
      if (readable === undefined) return;
      push({ data: JSON.stringify(removed ? { thingId: thing.id, _deleted: true } : readable) });
    };
    live.on('change', onChange);
    live.on('document', onDocument);
    stream.onAbort(() => {
      live.off('change', onChange);
      live.off('document', onDocument);
      wake();
    });
    try {
      await stream.write(': connected\n\n');
      if (resumed !== undefined) {
        const end = live.store.size;
        for (let from = resumed; from < end && !stream.aborted;) {
          const rows = await live.store.rows(from, PAGE);
          if (rows.length === 0) break;
          for (const { thing, features, position } of rows) {
            if (position >= end || thing === AUDIT_THING || (wanted !== undefined && !wanted.has(thing)))
              continue;
            const data = changeData(thing, features, rights);
            if (data !== undefined) await stream.writeSSE({ id: String(position), data });
          }
          from = rows.at(-1)!.position + 1;
        }
      }
      while (!stream.aborted) {
        if (waiting.length > MAX_WAITING) return;
        for (const event of waiting.splice(0)) await stream.writeSSE(event);
        const timer = setTimeout(() => wake(), KEEP_ALIVE_MS);
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (waiting.length > 0 || stream.aborted) resolve();
        });
        clearTimeout(timer);
        if (waiting.length === 0 && !stream.aborted) await stream.write(': still here\n\n');
      }
    } finally {
      live.off('change', onChange);
      live.off('document', onDocument);
    }
  });
}

/** What of a change may be read, in Ditto's form; undefined if that is nothing. */
function changeData(
  thingId: string,
  features: Record<string, Record<string, unknown>>,
  rights: Rights,
): string | undefined {
  const inDitto = Object.fromEntries(
    Object.entries(features).map(([name, properties]) => [name, { properties }]),
  );
  const readable = rights.view(thingId).readable({ features: inDitto }) as { features?: object } | undefined;
  if (readable?.features === undefined || Object.keys(readable.features).length === 0) return undefined;
  return JSON.stringify({ thingId, ...readable });
}
