import { z } from 'zod';
import { ANALYSES, findAnomaly, forecast } from '../analysis/analyse.js';
import { isThingId } from '../message/names.js';
import type { Json } from '../message/bounded-json.js';
import type { Live } from '../service/live.js';
import type { Writer } from '../service/writer.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';
import { requireThing } from './things.js';

/** Values of a property that an analysis looks at. */
const VALUES = 500;
/** The feature of a twin that holds what was found. */
const FEATURE = 'analysis';

const bodySchema = z.strictObject({
  thing: z.string().min(1).max(256),
  kind: z.enum(ANALYSES),
  horizonS: z.number().positive().max(86_400).optional().describe('of a forecast, s; 60 without it'),
});

const resultSchema = z.object({
  thing: z.string(),
  kind: z.enum(ANALYSES),
  result: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number().nullable()))),
});

/** Analyses on demand: what they find is written into the twin, and so into the ledger. */
export function analysesRoute(live: Live, writer: Writer): Route {
  return route({
    method: 'post',
    path: '/api/live/analyses',
    need: 'operate',
    summary: 'Looks for what does not fit, or ahead; the result becomes the twin’s feature `analysis`',
    body: bodySchema,
    answers: { 200: resultSchema },
    errors: [404],
    handle: async ({ body }) => {
      const { thing: id, kind, horizonS = 60 } = readBody(body);
      const thing = requireThing(live, id);
      const result: Record<string, Record<string, Json>> = {};
      for (const [feature, properties] of thing.registers) {
        if (feature === FEATURE) continue;
        for (const property of properties.keys()) {
          const points = await live.store.latest(id, feature, property, VALUES);
          const found = kind === 'anomaly' ? findAnomaly(points) : forecast(points, live.now(), horizonS);
          if (found !== undefined) (result[feature] ??= {})[property] = { ...found };
        }
      }
      await writer.write(thing, { [FEATURE]: { [kind]: result } });
      return { body: { thing: id, kind, result } };
    },
  });
}

/** @throws HttpProblem */
function readBody(body: Json): z.infer<typeof bodySchema> {
  const read = bodySchema.safeParse(body);
  if (read.success && isThingId(read.data.thing)) return read.data;
  const issue = read.error?.issues[0];
  const message =
    issue === undefined ? 'thing: no id of a thing' : `${issue.path.join('.')}: ${issue.message}`;
  throw new HttpProblem(400, 'live:analysis.invalid', message, `Kinds: ${ANALYSES.join(', ')}.`);
}
