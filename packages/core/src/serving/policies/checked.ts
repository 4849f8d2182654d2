import { requireFunctions, type Check } from '../../registry/index.js';
import type { Admission, CachingPolicy, PolicyState } from '../policy.js';

const ADMISSIONS: readonly Admission[] = ['always', 'never', 'max', 'sum', 'margin'];

/** A user's caching policy ranks by numbers and admits by a rule that there is. */
export const checkCaching: Check<CachingPolicy> = (policy, refuse, name) => {
  requireFunctions(policy, ['start'], 'a caching policy { start(instance, server, seed) }', refuse);
  const number = (path: string, value: number, least: number, accepted: string) => {
    if (!(value >= least && value < Infinity)) refuse(path, value, accepted);
    return value;
  };
  return {
    name,
    start(instance, server, seed) {
      const state = policy.start(instance, server, seed);
      requireFunctions(state, ['key'], 'from start, { admission, key(service, slot) }', refuse);
      if (!ADMISSIONS.includes(state.admission)) refuse('admission', state.admission, ADMISSIONS.join(', '));
      const checked: PolicyState = {
        admission: state.admission,
        key: (service, slot) =>
          number(`key(${service}, ${slot})`, state.key(service, slot), -Number.MAX_VALUE, 'a finite number'),
        ...(state.worth && {
          worth: (service, slot) =>
            number(
              `worth(${service}, ${slot})`,
              state.worth!(service, slot),
              0,
              'a finite number, at least 0',
            ),
        }),
        ...(state.onRequest && {
          onRequest: (service, slot, cache) => state.onRequest!(service, slot, cache),
        }),
        ...(state.onLoad && { onLoad: (service, slot) => state.onLoad!(service, slot) }),
        ...(state.onEvict && { onEvict: (service, slot) => state.onEvict!(service, slot) }),
        ...(state.timer && { timer: state.timer }),
        ...(state.afterRequest && {
          afterRequest: (service, slot, atEdge, cache) => state.afterRequest!(service, slot, atEdge, cache),
        }),
      };
      return checked;
    },
  };
};
