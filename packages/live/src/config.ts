import { InvalidInputError, type Problem } from '@metalore/core/errors';
import { z } from 'zod';
import { ruleSchema } from './analysis/rules.js';
import { keepRuleSchema } from './ingest/minimise.js';

const port = z.int().min(0).max(65_535);

/** What `metalore live --config` reads: its options by name, with rules in place. */
const configSchema = z
  .strictObject({
    scenario: z.string().describe('a scenario of one cell, whose compute and splits the server then has'),
    set: z.array(z.string()).describe('fields of the scenario that are changed, as path=value'),
    policy: z.string().describe('what splits bandwidth and compute'),
    speed: z.number().min(0.01).describe('steps a second'),
    dir: z.string().describe('folder of twins, history and ledger'),
    store: z.string().describe('sqlite, or postgres://user@host/database'),
    broker: z.string().describe('a broker of one’s own, mqtt(s)://user:password@host:port'),
    host: z.string().describe('address to listen on'),
    mqttPort: port,
    httpPort: port,
    tlsCert: z.string().describe('file, PEM'),
    tlsKey: z.string().describe('file, PEM'),
    maxThings: z.int().positive(),
    models: z.string().describe('folder of glTF models, by definition'),
    origins: z.array(z.url()).describe('pages from elsewhere that may ask'),
    ingestRate: z.number().min(1).describe('messages a second taken in, shared by the bandwidth split'),
    clientRate: z.number().min(1).describe('messages a second of one client of the embedded broker'),
    clientBytesPerS: z.number().min(1).describe('bytes a second of one client of the embedded broker'),
    clientThings: z.int().positive().describe('things that one connection may speak for'),
    retentionHours: z.number().positive().describe('values received longer ago are forgotten'),
    rules: z.array(ruleSchema).describe('alarms'),
    keep: z.array(keepRuleSchema).describe('properties that are kept, by thing or definition'),
  })
  .partial();

export type LiveConfig = z.infer<typeof configSchema>;

/** @throws InvalidInputError with every problem and its place */
export function parseConfig(document: unknown, what: string): LiveConfig {
  const result = configSchema.safeParse(document ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue): Problem[] => {
    const place = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: place.join('.'), message: issue.message }];
    const known = Object.keys(configSchema.shape).join(', ');
    return issue.keys.map((key) => ({
      path: [...place, key].join('.'),
      message: place.length === 0 ? `is not known; accepted: ${known}` : 'is not known',
    }));
  });
  throw new InvalidInputError(what, problems);
}
