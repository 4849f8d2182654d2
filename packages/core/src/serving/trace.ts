import { InvalidInputError } from '../errors/index.js';
import type { ServiceSpec, ServingInstance } from './instance.js';
import { checkInstance } from './instance.js';
import { scenarioParams } from './scenario.js';
import type { ServingScenario } from './scenario.js';

/** A request of a recorded log. */
export interface TraceRequest {
  /** Seconds on any clock. */
  readonly seconds: number;
  readonly model: string;
}

/** The same as columns, for logs of millions of requests. */
export interface TraceColumns {
  /** Seconds on any clock, per request. */
  readonly seconds: ArrayLike<number>;
  /** Number of the model, per request. */
  readonly model: ArrayLike<number>;
  /** Names of the models. */
  readonly models: readonly string[];
}

/** What is known about a model of a log. */
export interface TraceModel {
  readonly gb: number;
  readonly gflops: number;
  /** Time of loading it, s; missing: by its memory. */
  readonly loadS?: number | undefined;
  /** Accuracy, %; without examples where the model has a context. */
  readonly accuracy: number;
  /** Of a model that learns in context; the fields of `ServiceSpec`. */
  readonly context?: Pick<ServiceSpec, 'W' | 'one' | 'alpha'> | undefined;
}

export interface TraceOptions {
  /** Size and work of a model; `order` counts models by their first request, from 0. */
  readonly modelOf: (model: string, order: number) => TraceModel;
  /** Seconds per slot. Missing: as many as give the scenario's mean number of requests per slot. */
  readonly slotSeconds?: number | undefined;
  /** Server and prices; its workload's `requestsPerSlot` is used for the slot's length and nothing else. */
  readonly scenario: ServingScenario;
}

/**
 * A serving instance from a recorded log: requests in order of time from slot 0 on, models as services (without context where
 * nothing is known of theirs), numbered by their first request; every slot counts.
 *
 * @throws InvalidInputError if there are no requests
 */
export function traceInstance(
  requests: readonly TraceRequest[] | TraceColumns,
  { modelOf, slotSeconds, scenario }: TraceOptions,
): ServingInstance {
  const { seconds, model, models } = 'seconds' in requests ? requests : columnsOf(requests);
  if (seconds.length === 0) throw new InvalidInputError('trace', [{ path: '', message: 'has no requests' }]);
  const ordered = Int32Array.from({ length: seconds.length }, (_, row) => row).sort(
    (a, b) => seconds[a] - seconds[b] || a - b,
  );
  const first = seconds[ordered[0]];
  const span = seconds[ordered[ordered.length - 1]] - first;
  const { workload } = scenario;
  const perSlot = slotSeconds ?? ((span || 1) * workload.requestsPerSlot) / ordered.length;
  const numbers = new Map<number, number>();
  const services: ServiceSpec[] = [];
  const slot = new Float64Array(ordered.length);
  const service = new Int32Array(ordered.length);
  ordered.forEach((row, index) => {
    let number = numbers.get(model[row]);
    if (number === undefined) {
      number = services.length;
      numbers.set(model[row], number);
      const name = models[model[row]];
      const { gb, gflops, loadS, accuracy, context } = modelOf(name, number);
      services.push({
        ...{ name, gb, gflops, a0: accuracy },
        ...(loadS !== undefined && { loadS }),
        ...(context ?? { W: 0, one: null, alpha: null }),
      });
    }
    slot[index] = (seconds[row] - first) / perSlot;
    service[index] = number;
  });
  const params = { ...scenarioParams(scenario), warm: 0 };
  return checkInstance({ params, services, slot, service }, 'trace');
}

function columnsOf(requests: readonly TraceRequest[]): TraceColumns {
  const numbers = new Map<string, number>();
  const model = Int32Array.from(requests, ({ model: name }) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  });
  return {
    seconds: Float64Array.from(requests, ({ seconds }) => seconds),
    model,
    models: [...numbers.keys()],
  };
}
