import type { Thing } from './thing.js';

/** Where a thing is, m. */
export interface Place {
  readonly xM: number;
  readonly yM: number;
}

/** Where a twin believes its thing to be: its feature `position`, else its attributes; undefined if it says nothing of that. */
export function placeOf(thing: Thing | undefined): Place | undefined {
  const position = thing?.registers.get('position');
  const told = { xM: position?.get('xM')?.value, yM: position?.get('yM')?.value };
  return asPlace(told) ?? asPlace(thing?.document.attributes);
}

/** What says `xM` and `yM`, as a place. */
export function asPlace(values: unknown): Place | undefined {
  const { xM, yM } = (values ?? {}) as Partial<Record<'xM' | 'yM', unknown>>;
  return typeof xM === 'number' && typeof yM === 'number' ? { xM, yM } : undefined;
}
