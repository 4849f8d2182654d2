import type { View } from '../access/view.js';

/** Which part of a thing a route is about. */
export interface Resource {
  /** As in `features`, `motor`, `properties`, `rpm`. */
  readonly path: readonly string[];
  /**
   * How an answer is cut to what may be read: `json` has the part as it is; `properties` has properties by feature in its
   * `features`; `whole` is only for those who may read all of the part.
   */
  readonly answer: 'json' | 'properties' | 'whole';
}

const THING = '/api/2/things/{thingId}';

/** What a route on a thing is about; all of the thing, for those who may read all, unless it is said here. */
export function resourceOf(route: string, params: Readonly<Record<string, string>>): Resource {
  const [first, ...rest] = route
    .slice(THING.length)
    .split('/')
    .filter((part) => part !== '');
  const filled = [first, ...rest].map((part) => (/^\{\w+\}$/.test(part) ? params[part.slice(1, -1)] : part));
  if (first === undefined) return { path: [], answer: 'json' };
  if (first === 'ages' || first === 'predictions') return { path: ['features'], answer: 'properties' };
  if (rest.includes('timeseries')) {
    return { path: ['features', params.featureId, 'properties', params.propertyId], answer: 'whole' };
  }
  if (['attributes', 'definition', 'features'].includes(first)) {
    return { path: filled.flatMap((part) => part.split('/')), answer: 'json' };
  }
  return { path: [], answer: 'whole' };
}

/** Whether a policy lets a call begin; what a patch changes is looked at once its body is read. */
export function isGranted(view: View, method: string, { path, answer }: Resource): boolean {
  if (method === 'patch') return view.grantsAny('WRITE', path);
  if (method !== 'get') return view.grantsAll('WRITE', path);
  return answer === 'whole' ? view.grantsAll('READ', path) : view.grantsAny('READ', path);
}

/** The first part that a merge patch changes and the caller may not; undefined if there is none. */
export function deniedPart(view: View, patch: unknown, path: readonly string[]): string | undefined {
  if (view.grantsAll('WRITE', path)) return undefined;
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return path.join('/');
  for (const [name, part] of Object.entries(patch)) {
    const denied = deniedPart(view, part, [...path, name]);
    if (denied !== undefined) return denied;
  }
  return undefined;
}

/** What of an answer may be read. */
export function cut(view: View, { path, answer }: Resource, body: unknown): unknown {
  if (answer === 'whole' || view.grantsAll('READ', path)) return body;
  if (answer === 'json') return view.readable(body, path);
  const { features, ...rest } = body as { features: Record<string, Record<string, unknown>> };
  const left = Object.entries(features).flatMap(([feature, properties]) => {
    const readable = Object.entries(properties).filter(([property]) =>
      view.grantsAll('READ', ['features', feature, 'properties', property]),
    );
    return readable.length === 0 ? [] : [[feature, Object.fromEntries(readable)] as const];
  });
  return { ...rest, features: Object.fromEntries(left) };
}
