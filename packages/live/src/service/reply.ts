import { WHOLE_VIEW, type View } from '../access/view.js';
import type { Splits } from '../ingest/sub-metaverse.js';
import type { LiveRequest } from '../message/request.js';
import { featuresOf, type Thing } from '../twin/thing.js';

/** What a request's way took, ms since 1970. */
export interface RequestTimes {
  readonly received: number;
  readonly startedAt: number;
  readonly completed: number;
}

/** A message to a UE. */
export interface Reply {
  readonly topic: string;
  readonly ue: string;
  readonly payload: Record<string, unknown>;
}

/**
 * What a request is answered with: the twin as it is, how far in time the request lies from it (AoSI, paper 000, eq. 2), and
 * what its way took (AoRI, eq. 1, in its parts). The way back is known to the UE alone: `completed` tells it.
 */
export function answer(
  { id, t, ue, thing: thingId, replyTo }: LiveRequest,
  thing: Thing,
  { received, startedAt, completed }: RequestTimes,
  splits: Splits | undefined,
  view: View = WHOLE_VIEW,
): Reply {
  let measured = NaN;
  for (const properties of thing.registers.values()) {
    for (const register of properties.values()) {
      if (!(register.t <= measured)) measured = register.t;
    }
  }
  return {
    topic: replyTo,
    ue,
    payload: {
      id,
      thing: thingId,
      features: view.readable(featuresOf(thing), ['features']) ?? {},
      aosiS: Number.isNaN(measured) ? null : Math.abs(t - measured) / 1000,
      aoriS: {
        uplink: (received - t) / 1000,
        queue: (startedAt - received) / 1000,
        compute: (completed - startedAt) / 1000,
        downlink: null,
      },
      measured: Number.isNaN(measured) ? null : measured,
      completed,
      splits: splits ?? null,
    },
  };
}

/** The answer to a request for a thing that cannot be had. */
export function notFound({ id, ue, thing, replyTo }: LiveRequest, why: string): Reply {
  const error = { status: 404, error: 'things:thing.notfound', message: `The thing ${thing} ${why}.` };
  return { topic: replyTo, ue, payload: { id, thing, ...error } };
}
