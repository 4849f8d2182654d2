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

const serverSchema = z.strictObject({
  gpuGB: positive.default(80).describe('GPU memory, GB'),
  bytesPerParameter: positive.default(2).describe('2 for fp16'),
  gflopsPerSecond: positive.default(7500).describe('compute rate, GFLOP/s; prices inference'),
  loadGBs: positive.default(13).describe('bandwidth of loading a model, GB/s'),
});

const costsSchema = z.strictObject({
  vanishing: z.number().gt(0).max(1).default(0.95).describe('λ of context and demand, per slot'),
  contextFlops: price.default(0.005).describe('more inference per effective example, relative'),
  switch: price.default(1).describe('per second of loading'),
  accuracy: price.default(0.02).describe('per wholly wrong answer'),
  inference: price.default(1).describe('per second'),
  offload: price.default(0.0055).describe('per request at the edge'),
  cloud: price.default(7.29 / 88).describe('per request in the cloud'),
});

const popularityFields = {
  zipfExponent: z.number().min(0).default(1),
  sessionMean: z.number().min(1).default(2.3).describe('requests for one model in a row, in the mean'),
  exchangeProbability: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('that two ranks change places, per request'),
};

/** Fields of whatever serves models: the server and its catalogue, the prices, what is asked for. */
export const servingFields = {
  server: serverSchema,
  costs: costsSchema,
  popularity: z.strictObject(popularityFields),
  services: z.array(groupSchema).min(1).describe('the catalogue, by models of Table I'),
};

const scenarioSchema = z.strictObject({
  kind: z.literal('serving'),
  server: serverSchema,
  costs: costsSchema,
  workload: z.strictObject({
    slots: positive.default(300),
    warmSlots: z.number().min(0).default(60),
    requestsPerSlot: positive.default(88),
    ...popularityFields,
  }),
  services: servingFields.services,
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
export function scenarioServices(scenario: Pick<ServingScenario, 'server' | 'services'>): ServiceSpec[] {
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
export function scenarioParams({
  server,
  costs,
}: Pick<ServingScenario, 'server' | 'costs'>): Omit<ServingParams, 'warm' | 'slots'> {
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
