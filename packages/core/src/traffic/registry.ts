import { Registry } from '../registry/index.js';
import { bernoulli, bursty, periodic, poisson, type Arrivals, type BurstyOptions } from './arrivals.js';
import { checkArrivals } from './checked.js';

/** Arrival models by the name that scenario files use; a factory takes the remaining fields of `arrivals`. */
export const arrivalModels = new Registry<(options: never) => Arrivals>(
  'arrival model',
  {
    bernoulli: (options: { probability: number }) => bernoulli(options),
    periodic: (options: { intervalSteps: number; offsetSteps: number; spread?: boolean }) =>
      periodic(options),
    poisson: (options: { meanPerStep: number }) => poisson(options),
    bursty: (options: BurstyOptions) => bursty(options),
  },
  checkArrivals,
);
