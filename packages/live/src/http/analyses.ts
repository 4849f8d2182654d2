import { z } from 'zod';
import { unseenFeature, whyUnseen } from '../ingest/unseen.js';
import { Refusal } from '../message/refusal.js';
import { placeOf } from '../twin/place.js';
import { whatIf, type WhatIf } from '../foresight/what-if.js';
import { ANALYSES, findAnomaly, forecast, type AnalysisKind } from '../analysis/analyse.js';
import { isThingId, MAX_NAME, THING_ID } from '../message/names.js';
import type { Json } from '../message/bounded-json.js';
import type { Rights } from '../access/gate.js';
import type { Live } from '../service/live.js';
import type { Thing } from '../twin/thing.js';
import type { Writer } from '../service/writer.js';
import { HttpProblem, notGranted } from './problem.js';
import { route, type Route } from './route.js';
import { parseRule, requireCell } from './steering.js';
import { requireThing } from './things.js';

/** Values of a property that an analysis looks at. */
const VALUES = 500;
/** The feature of a twin that holds what was found. */
const FEATURE = 'analysis';

const thingId = z.string().min(1).max(MAX_NAME).regex(THING_ID, 'no id of a thing');
const horizon = z.number().positive().max(86_400).optional();
const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('anomaly'), thing: thingId }),
  z.strictObject({
    kind: z.literal('forecast'),
    thing: thingId,
    horizonS: horizon.describe('s; 60 without it'),
  }),
  z.strictObject({
    kind: z.literal('whatIf'),
    thing: thingId.optional().describe('whose twin is told the result'),
    policy: z.string().describe('a rule that would split in place of the present one, as fixed:0.6,0.3'),
    horizonS: horizon.describe('s; 120 without it, or 1,200 steps if that is less'),
  }),
]);

const found = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number().nullable())));
const series = z.array(z.number());
const futureSchema = z.object({
  policy: z.string(),
  aosiS: z.array(z.number().nullable()),
  aoriS: z.array(z.number().nullable()),
  requests: series,
  updates: series,
  mean: z.object({ aosiS: z.number().nullable(), aoriS: z.number().nullable(), served: z.number() }),
});
const differenceSchema = z.object({ mean: z.number(), halfWidth: z.number() }).nullable();
const resultSchema = z.union([
  z.object({ thing: z.string(), kind: z.enum(ANALYSES), result: found }),
  z.object({
    kind: z.literal('whatIf'),
    inS: series,
    episodes: z.int(),
    futures: z.tuple([futureSchema, futureSchema]),
    difference: z.object({ aosiS: differenceSchema, aoriS: differenceSchema, served: differenceSchema }),
  }),
]);

/** Analyses on demand: what they find of a thing is written into its twin, and so into the ledger. */
export function analysesRoute(live: Live, writer: Writer): Route {
  return route({
    method: 'post',
    path: '/api/live/analyses',
    need: 'operate',
    summary:
      'Looks for what does not fit, or ahead (the result becomes the twin’s feature `analysis`), or what another split would do',
    body: bodySchema,
    answers: { 200: resultSchema },
    errors: [404, 409],
    handle: async ({ body, rights }) => {
      const asked = readBody(body);
      if (asked.kind !== 'whatIf') {
        const thing = analysable(live, rights, asked.thing);
        const result = await lookAt(live, thing, asked);
        await writer.write(thing, { [FEATURE]: { [asked.kind]: result } });
        return { body: { thing: thing.id, kind: asked.kind, result } };
      }
      const thing = asked.thing === undefined ? undefined : analysable(live, rights, asked.thing);
      const answer = await answerWhatIf(live, asked);
      if (thing !== undefined) {
        const { futures, difference, episodes } = answer;
        const told = { now: futures[0].policy, otherwise: futures[1].policy, episodes, difference };
        await writer.write(thing, { [FEATURE]: { whatIf: told as unknown as Json } });
      }
      return { body: answer };
    },
  });
}

/** @throws HttpProblem there is no such thing, or a policy does not grant all that an analysis reads and writes */
function analysable(live: Live, rights: Rights, id: string): Thing {
  const view = rights.view(id);
  if (!view.grantsAll('READ', ['features']) || !view.grantsAll('WRITE', ['features', FEATURE])) {
    rights.deny(`analyse ${id}`);
    throw notGranted(`an analysis of ${id}`);
  }
  return requireThing(live, id);
}

/** What is found in each property of a thing. */
async function lookAt(
  live: Live,
  thing: Thing,
  asked: { kind: AnalysisKind; horizonS?: number | undefined },
): Promise<Record<string, Record<string, Json>>> {
  const result: Record<string, Record<string, Json>> = {};
  for (const [feature, properties] of thing.registers) {
    if (feature === FEATURE) continue;
    for (const property of properties.keys()) {
      const points = await live.store.latest(thing.id, feature, property, VALUES);
      const found =
        asked.kind === 'anomaly' ? findAnomaly(points) : forecast(points, live.now(), asked.horizonS ?? 60);
      if (found !== undefined) (result[feature] ??= {})[property] = { ...found };
    }
  }
  return result;
}

/** Two futures from the present on: as it splits now, and otherwise. @throws HttpProblem */
async function answerWhatIf(
  live: Live,
  asked: { policy: string; horizonS?: number | undefined },
): Promise<{ kind: 'whatIf' } & WhatIf> {
  const cell = requireCell(live);
  const other = parseRule(asked.policy);
  const unseen = unseenFeature(other);
  if (unseen !== undefined) throw new Refusal('schema', whyUnseen(other.name, unseen));
  const { scenario, state, stepMs } = cell;
  const present = { scenario, state, stepMs, placeOf: (id: string) => placeOf(live.twins.get(id)) };
  try {
    return { kind: 'whatIf', ...(await whatIf(present, [cell.policy, other], asked.horizonS)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new HttpProblem(409, 'live:whatif.impossible', `${error.message}.`, 'Try again, or look less far.');
  }
}

/** @throws HttpProblem */
function readBody(body: Json): z.infer<typeof bodySchema> {
  const read = bodySchema.safeParse(body);
  if (read.success && (read.data.thing === undefined || isThingId(read.data.thing))) return read.data;
  const issue = read.error?.issues[0];
  const message =
    issue === undefined ? 'thing: no id of a thing' : `${issue.path.join('.')}: ${issue.message}`;
  throw new HttpProblem(400, 'live:analysis.invalid', message, `Kinds: ${ANALYSES.join(', ')}, whatIf.`);
}
