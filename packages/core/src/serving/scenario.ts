import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { serviceOf } from './accuracy.js';
import type { CatalogueModel } from './catalogue.js';
import { catalogue, catalogueRows } from './catalogue.js';
import type { ServiceSpec, ServingParams } from './instance.js';

const modelNames = [...new Set(catalogue.map((entry) => entry.model))] as [
  CatalogueModel,
  ...CatalogueModel[],
];
const positive = z.number().positive();
const price = z.number().min(0);

const groupSchema = z.strictObject({
  model: z.enum(modelNames).describe('a model of Table I'),
  count: z.int().min(1).describe('services per group of rows'),
  each: z
    .enum(['model', 'artefact'])
    .default('model')
    .describe(
      'model: `count` services that take the rows of the model in turn; artefact: `count` of every row',
    ),
});

const scenarioSchema = z.strictObject({
  kind: z.literal('serving'),
  server: z.strictObject({
    gpuGB: positive.default(80),
    bytesPerParameter: positive.default(2),
    gflopsPerSecond: positive.default(7500),
    loadGBs: positive.default(13),
  }),
  costs: z.strictObject({
    vanishing: z.number().gt(0).max(1).default(0.95),
    contextFlops: price.default(0.005),
    switch: price.default(1),
    accuracy: price.default(0.02),
    inference: price.default(1),
    offload: price.default(0.0055),
    cloud: price.default(7.29 / 88),
  }),
  workload: z.strictObject({
    slots: positive.default(300),
    warmSlots: z.number().min(0).default(60),
    requestsPerSlot: positive.default(88),
    zipfExponent: z.number().min(0).default(1),
    sessionMean: z.number().min(1).default(2.3),
    exchangeProbability: z.number().min(0).max(1).default(0.01),
  }),
  services: z.array(groupSchema).min(1),
});

/** A serving scenario with every default filled in: an edge server, prices, a random workload, a population of models. */
export type ServingScenario = z.infer<typeof scenarioSchema>;

/**
 * Checks a scenario and fills in what is missing.
 *
 * @throws InvalidInputError with every problem and its path
 */
export function parseServingScenario(value: unknown, what = 'serving scenario'): ServingScenario {
  return parseWith(scenarioSchema, value, what);
}

/** The scenario's cacheable services. Each is a unit of its own, also where several come from one row of Table I. */
export function scenarioServices(scenario: ServingScenario): ServiceSpec[] {
  const services: ServiceSpec[] = [];
  const add = (entry: (typeof catalogue)[number], copy: number): void => {
    const name = `${entry.model} ${entry.task} #${copy}`;
    services.push(serviceOf(entry, scenario.server.bytesPerParameter, name));
  };
  for (const { model, count, each } of scenario.services) {
    const rows = catalogueRows(model);
    if (each === 'artefact') for (const row of rows) for (let copy = 1; copy <= count; copy++) add(row, copy);
    else for (let i = 0; i < count; i++) add(rows[i % rows.length], Math.floor(i / rows.length) + 1);
  }
  return services;
}

/** The prices and capacities of a scenario, as instances have them. */
export function scenarioParams({ server, costs }: ServingScenario): Omit<ServingParams, 'warm' | 'slots'> {
  return {
    gpuGB: server.gpuGB,
    lam: costs.vanishing,
    flops: server.gflopsPerSecond,
    ctxFlops: costs.contextFlops,
    loadGBs: server.loadGBs,
    cSwitch: costs.switch,
    cAcc: costs.accuracy,
    cInf: costs.inference,
    cOff: costs.offload,
    cCloud: costs.cloud,
  };
}
