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

/** What is known about a model of a log. */
export interface TraceModel {
  readonly gb: number;
  readonly gflops: number;
  /** Accuracy, %. */
  readonly accuracy: number;
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
 * A serving instance from a recorded log: requests in order of time from slot 0 on, models as services without context,
 * numbered by their first request; every slot counts.
 *
 * @throws InvalidInputError if there are no requests
 */
export function traceInstance(
  requests: readonly TraceRequest[],
  { modelOf, slotSeconds, scenario }: TraceOptions,
): ServingInstance {
  if (requests.length === 0) throw new InvalidInputError('trace', [{ path: '', message: 'has no requests' }]);
  const ordered = [...requests].sort((a, b) => a.seconds - b.seconds);
  const first = ordered[0].seconds;
  const span = ordered[ordered.length - 1].seconds - first;
  const { workload } = scenario;
  const perSlot = slotSeconds ?? ((span || 1) * workload.requestsPerSlot) / ordered.length;
  const numbers = new Map<string, number>();
  const services: ServiceSpec[] = [];
  const slot = new Float64Array(ordered.length);
  const service = new Int32Array(ordered.length);
  ordered.forEach(({ seconds, model }, index) => {
    let number = numbers.get(model);
    if (number === undefined) {
      number = services.length;
      numbers.set(model, number);
      const { gb, gflops, accuracy } = modelOf(model, number);
      services.push({ name: model, gb, gflops, W: 0, a0: accuracy, one: null, alpha: null });
    }
    slot[index] = (seconds - first) / perSlot;
    service[index] = number;
  });
  const params = { ...scenarioParams(scenario), warm: 0 };
  return checkInstance({ params, services, slot, service }, 'trace');
}
