import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawAuctionInstance } from '@metalore/core/auction';
import type { RandomStream } from '@metalore/core/random';
import { parseText } from 'metalore/documents';
import { pick } from './mutate.js';

/** Beside this folder, as source or built. */
const SCENARIOS = ['../scenarios', '../../scenarios']
  .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  .find((folder) => existsSync(folder))!;

/** Documents that are no presets. */
const OWN: Readonly<Record<string, unknown>> = {
  // Small enough that it is solved thousands of times.
  auction: JSON.parse(
    JSON.stringify({
      kind: 'auction',
      ...drawAuctionInstance({ seed: 1, vehicles: 4, simulators: 3, tasksPerVehicle: 3 }),
    }),
  ) as unknown,
  policy: {
    format: 'metalore-policy',
    version: 1,
    name: 'small',
    features: ['request-queue-length', 'update-queue-length'],
    actions: { names: ['rhoC', 'rhoP'], low: [0, 0], high: [1, 1] },
    model: {
      kind: 'network',
      encoding: { scale: 'log', moments: { mean: [0, 0], variance: [1, 1] } },
      layers: [
        {
          weights: [
            [0.1, 0.2],
            [0.3, 0.4],
          ],
          biases: [0, 0],
        },
      ],
      head: { kind: 'clipped', logStd: [0, 0] },
    },
    training: {},
  },
  live: {
    scenario: 'paper',
    policy: 'age-aware',
    mqttPort: 1883,
    clientRate: 10,
    origins: ['https://studio.example'],
    rules: [{ name: 'hot', property: 'temperatureC', value: { above: 80, hysteresis: 2 } }],
    keep: [{ definition: 'a:*', keep: ['position/*'] }],
  },
};

const documents = new Map<string, unknown>();

/** Presets that are made smaller, as they are solved again and again. */
const SMALLER: Readonly<Record<string, (preset: Record<string, object>) => unknown>> = {
  city: (preset) => ({
    ...preset,
    twins: { ...preset.twins, count: 8 },
    grid: { columns: 20, rows: 20 },
  }),
};

/** A preset, or a document of our own, that is right. */
export function documentOf(name: string): unknown {
  let document = OWN[name] ?? documents.get(name);
  if (document === undefined) {
    document = parseText(textOf(name), name);
    document = SMALLER[name]?.(document as Record<string, object>) ?? document;
    documents.set(name, document);
  }
  return document;
}

const MESSAGES = [
  '{"t":1799999999000,"seq":1,"features":{"motor":{"rpm":1450.5}},"receipt":true,"loadUnits":7}',
  '[{"bn":"motor/","bt":1799999999,"n":"rpm","u":"1/min","v":1450},{"n":"on","vb":true},{"n":"name","vs":"x"}]',
  '{"topic":"a/b/things/twin/commands/modify","headers":{"sequence":3},"path":"/features/f/properties/p","value":1}',
  '{"t":1799999999000,"id":"1","thing":"a:b","replyTo":"replies/x","position":{"t":1799999999000,"xM":1,"yM":2}}',
];

export const messageOf = (random: RandomStream): string => pick(random, MESSAGES);

export const textOf = (name: string): string => readFileSync(path.join(SCENARIOS, `${name}.yaml`), 'utf8');

/** A document as the parser of an explicit instance takes it: what kind it is has been read. */
export function withoutKind(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { kind: _kind, ...content } = document as Record<string, unknown>;
  return content;
}
