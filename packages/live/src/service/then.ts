import type { Features } from '../message/update.js';
import type { Then } from '../store/store.js';
import type { Thing } from '../twin/thing.js';
import type { ShownThing } from './frames.js';
import type { Live } from './live.js';

/** Updates that are looked at for each thing: properties that none of them has were last heard of longer ago. */
const UPDATES = 20;
/** Most things that are shown of the past. */
const MAX_THINGS = 5000;

/** What of a moment is asked for: what was known then, or what was true then, as far as it is known today. */
export type ThenKind = 'known' | 'true';

/** Things as they were known, or as they were, at a time. Documents are those of today. */
export async function thingsThen(live: Live, at: number, kind: ThenKind): Promise<ShownThing[]> {
  const then: Then = { measured: kind === 'true' ? at : Infinity, received: kind === 'true' ? Infinity : at };
  const things: ShownThing[] = [];
  for (const thing of live.twins.all()) {
    if (things.length === MAX_THINGS) break;
    const found = await thingThen(live, thing, bounded(then));
    if (found !== undefined) things.push(found);
  }
  return things;
}

/** Databases have no infinity among their integers. */
const bounded = ({ measured, received }: Then): Then => ({
  measured: Math.min(measured, Number.MAX_SAFE_INTEGER),
  received: Math.min(received, Number.MAX_SAFE_INTEGER),
});

async function thingThen(live: Live, thing: Thing, then: Then): Promise<ShownThing | undefined> {
  const rows = await live.store.before(thing.id, then, UPDATES);
  if (rows.length === 0) return undefined;
  const features: Record<string, { properties: Features[string] }> = {};
  for (const { features: updated } of rows) {
    for (const [feature, values] of Object.entries(updated)) {
      const { properties } = (features[feature] ??= { properties: {} });
      features[feature] = { properties: { ...values, ...properties } }; // freshest first: what is there stays
    }
  }
  const { attributes } = thing.document;
  return { id: thing.id, t: rows[0].t, ...(attributes !== undefined && { attributes }), features };
}
