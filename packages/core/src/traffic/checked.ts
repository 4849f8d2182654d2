import { requireFunction, requireFunctions, type Check } from '../registry/index.js';
import type { Arrivals } from './arrivals.js';

/** A user's arrivals are whole numbers of jobs. */
export const checkArrivals: Check<(options: never) => Arrivals> = (make, refuse) => {
  requireFunction(make, 'a function of the options that makes arrivals', refuse);
  return (options) => {
    const model = make(options);
    requireFunctions(model, ['count'], 'arrivals { count(device, step, streams) }', refuse);
    return {
      ...(model.reset && { reset: (devices) => model.reset!(devices) }),
      count(device, step, streams) {
        const jobs = model.count(device, step, streams);
        if (!Number.isSafeInteger(jobs) || jobs < 0) {
          refuse(`device ${device}, step ${step}`, jobs, 'a whole number of jobs, at least 0');
        }
        return jobs;
      },
      ...(model.snapshot && { snapshot: () => model.snapshot!() }),
      ...(model.restore && { restore: (state) => model.restore!(state) }),
    };
  };
};
