import { RandomStream } from '../../random/index.js';
import type { ServiceSpec, ServingInstance, ServingParams } from '../instance.js';

export interface RandomInstanceOptions {
  readonly seed: number;
  readonly services: number;
  readonly requests: number;
  readonly lambda?: number;
  /** Requests at whole slots, so that several come at the same time and scores tie. */
  readonly wholeSlots?: boolean;
  /** GPU memory relative to the sum of all models. */
  readonly memoryShare?: number;
}

/** A small random instance of every kind of service: with and without context, and one larger than the GPU. */
export function randomInstance(options: RandomInstanceOptions): ServingInstance {
  const { seed, services: count, requests, lambda = 0.95, wholeSlots = false, memoryShare = 0.4 } = options;
  const stream = new RandomStream(seed, 'testing/serving');
  const services: ServiceSpec[] = [];
  for (let s = 0; s < count; s++) {
    const hasContext = stream.uniform() < 0.5;
    const a0 = 5 + 60 * stream.uniform();
    services.push({
      name: `m${s}`,
      gb: 0.5 + Math.floor(stream.uniform() * 40) / 4,
      gflops: 400 * stream.uniform(),
      W: hasContext ? 2 + stream.integer(60) : 0,
      a0,
      one: hasContext ? a0 + 15 * stream.uniform() + 0.1 : null,
      alpha: hasContext ? stream.uniform() - 0.2 : null,
    });
  }
  const sum = services.reduce((gb, service) => gb + service.gb, 0);
  const params: ServingParams = {
    gpuGB: Math.max(11, memoryShare * sum),
    lam: lambda,
    flops: 7500,
    ctxFlops: 0.005,
    loadGBs: 13,
    cSwitch: 0.2,
    cAcc: 0.02,
    cInf: 1,
    cOff: 0.0055,
    cCloud: 0.0828,
    warm: stream.integer(3),
  };
  if (count > 2) services[1] = { ...services[1], gb: params.gpuGB + 1 };
  let now = 0;
  const slot = new Float64Array(requests);
  const service = new Int32Array(requests);
  for (let index = 0; index < requests; index++) {
    now += wholeSlots ? stream.integer(2) : stream.exponential(8 / requests);
    slot[index] = now;
    service[index] = Math.floor(count * stream.uniform() * stream.uniform());
  }
  slot[requests - 1] = Math.max(now, params.warm + 1);
  return { params, services, slot, service };
}
