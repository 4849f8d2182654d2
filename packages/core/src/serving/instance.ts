import { z } from 'zod';
import type { Problem } from '../errors/index.js';
import { InvalidInputError, throwIfAny } from '../errors/index.js';
import { parseWith } from '../document/index.js';

/** What an edge server and the prices of serving are. Names as in the instance files. */
export interface ServingParams {
  /** GPU memory, GB. */
  readonly gpuGB: number;
  /** Vanishing coefficient λ of context and demand per slot, in (0, 1]. */
  readonly lam: number;
  /** Compute rate F, GFLOP/s. */
  readonly flops: number;
  /** Extra inference time per effective example, relative: 0.005. */
  readonly ctxFlops: number;
  /** Bandwidth of loading a model, GB/s. */
  readonly loadGBs: number;
  /** Price of a second of loading. */
  readonly cSwitch: number;
  /** Price of a wholly wrong answer at the edge. */
  readonly cAcc: number;
  /** Price of a second of inference at the edge. */
  readonly cInf: number;
  /** Price of offloading a request to the edge. */
  readonly cOff: number;
  /** Price of a request that runs in the cloud. */
  readonly cCloud: number;
  /** Slots at the beginning whose costs do not count. */
  readonly warm: number;
  /** Length of the run in slots. Missing: the slot of the last request and all before it. */
  readonly slots?: number | undefined;
}

/** A cacheable model: one unit that is loaded and evicted as a whole. */
export interface ServiceSpec {
  readonly name: string;
  /** Memory when resident, GB. */
  readonly gb: number;
  /** Time of loading it, s; missing: its memory over the server's bandwidth of loading. */
  readonly loadS?: number | undefined;
  /** Work of one inference without context, GFLOP. */
  readonly gflops: number;
  /** Window: most effective examples; 0 for a model without context. */
  readonly W: number;
  /** Zero-shot accuracy, %. */
  readonly a0: number;
  /** One-shot accuracy, %; null or 0 for a model without context. */
  readonly one: number | null;
  /** Exponent of the accuracy law; null or 0 for a model without context. */
  readonly alpha: number | null;
}

/** A complete serving problem: nothing random is left in it. */
export interface ServingInstance {
  readonly params: ServingParams;
  readonly services: readonly ServiceSpec[];
  /** When each request comes, in slots (fractions allowed), ascending. `Float64Array [requests]` */
  readonly slot: Float64Array;
  /** Which service it is for. `Int32Array [requests]` */
  readonly service: Int32Array;
}

const positive = z.number().positive();
const price = z.number().min(0);

const paramsSchema = z.object({
  gpuGB: positive,
  lam: z.number().gt(0).max(1),
  flops: positive,
  ctxFlops: price,
  loadGBs: positive,
  cSwitch: price,
  cAcc: price,
  cInf: price,
  cOff: price,
  cCloud: price,
  warm: z.number().min(0).default(0),
  slots: positive.optional(),
});

const serviceSchema = z.object({
  name: z.string().optional(),
  gb: positive,
  gflops: price,
  loadS: positive.optional(),
  W: z
    .number()
    .min(0)
    .nullish()
    .transform((window) => window ?? 0),
  a0: z.number().min(0).max(100),
  one: z
    .number()
    .min(0)
    .max(100)
    .nullish()
    .transform((one) => one ?? null),
  alpha: z
    .number()
    .nullish()
    .transform((alpha) => alpha ?? null),
});

const instanceSchema = z.object({
  params: paramsSchema,
  services: z.array(serviceSchema).min(1),
  requests: z.array(z.unknown()),
});

/** Most problems of one list that an error shows; the rest is counted. */
const SHOWN_PROBLEMS = 20;

/**
 * Reads the explicit form `{ params, services, requests: [[slot, service], …] }`. A service in a request is its number or,
 * where only one has it, its name. Unknown keys are left alone.
 *
 * @throws InvalidInputError with every problem and its path
 */
export function parseServingInstance(value: unknown, what = 'serving instance'): ServingInstance {
  const { params, requests, ...written } = parseWith(instanceSchema, value, what);
  const services = written.services.map((service, number) => ({
    ...service,
    name: service.name ?? `service ${number}`,
  }));
  const numbers = numbersByName(services);
  const slot = new Float64Array(requests.length);
  const service = new Int32Array(requests.length);
  const problems: Problem[] = [];
  let last = 0;
  requests.forEach((request, index) => {
    const message = readRequest(request, numbers, services.length, last, index, slot, service);
    if (message === null) last = slot[index];
    else problems.push({ path: `requests[${index}]`, message });
  });
  if (problems.length > SHOWN_PROBLEMS) {
    const more = problems.length - SHOWN_PROBLEMS;
    problems.splice(SHOWN_PROBLEMS, more, { path: 'requests', message: `… and ${more} more problems` });
  }
  throwIfAny(what, problems);
  return checkInstance({ params, services, slot, service }, what);
}

function readRequest(
  request: unknown,
  numbers: ReadonlyMap<string, number>,
  services: number,
  last: number,
  index: number,
  slot: Float64Array,
  service: Int32Array,
): string | null {
  if (!Array.isArray(request) || request.length < 2) return 'expected [slot, service]';
  const [time, which] = request as unknown[];
  if (typeof time !== 'number' || !Number.isFinite(time) || time < 0) {
    return `slot ${JSON.stringify(time)}: expected a number >= 0`;
  }
  if (time < last)
    return `slot ${time} lies before the request above it (${last}); requests are in ascending order`;
  const number = typeof which === 'string' ? numbers.get(which) : which;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= services) {
    return `service ${JSON.stringify(which)}: expected a name that one service has, or a number from 0 to ${services - 1}`;
  }
  slot[index] = time;
  service[index] = number;
  return null;
}

/** Names that only one service has: copies of a model may share theirs, and are then asked for by number. */
function numbersByName(services: readonly ServiceSpec[]): Map<string, number> {
  const numbers = new Map<string, number>();
  const shared = new Set<string>();
  services.forEach(({ name }, number) => {
    if (numbers.has(name)) shared.add(name);
    numbers.set(name, number);
  });
  for (const name of shared) numbers.delete(name);
  return numbers;
}

/**
 * Checks what holds for every instance, however it was made: there is a slot that counts.
 *
 * @throws InvalidInputError
 */
export function checkInstance(instance: ServingInstance, what = 'serving instance'): ServingInstance {
  if (instance.slot.length === 0 && instance.params.slots === undefined) {
    throw new InvalidInputError(what, [
      { path: 'requests', message: 'is empty and params.slots is missing' },
    ]);
  }
  const slots = totalSlots(instance);
  const last = instance.slot.length === 0 ? 0 : instance.slot[instance.slot.length - 1];
  const problems: Problem[] = [];
  if (last > slots)
    problems.push({ path: 'params.slots', message: `is ${slots}, but a request is at ${last}` });
  if (slots <= instance.params.warm) {
    problems.push({
      path: 'params.warm',
      message: `is ${instance.params.warm}: none of the ${slots} slots counts`,
    });
  }
  throwIfAny(what, problems);
  return instance;
}

/** Length of the run, slots: `params.slots`, otherwise ⌊slot of the last request⌋ + 1. */
export function totalSlots(instance: ServingInstance): number {
  const { params, slot } = instance;
  return params.slots ?? Math.floor(slot[slot.length - 1]) + 1;
}

/** Slots whose costs count: all but the `warm` first ones. Costs per slot are sums over these, divided by this. */
export function countedSlots(instance: ServingInstance): number {
  return totalSlots(instance) - instance.params.warm;
}

/** The explicit form, for writing to a file. */
export function instanceToJson(instance: ServingInstance): Record<string, unknown> {
  return {
    params: instance.params,
    services: instance.services,
    requests: Array.from(instance.slot, (slot, index) => [slot, instance.service[index]]),
  };
}
