/** How stale a thing is, measured by its own deadline: one scale everywhere, with a shape for each band. */
export const BANDS = [
  { name: 'fresh', upTo: 0.5, shape: 'circle', sign: '●', colour: '#0072b2', darkColour: '#56b4e9' },
  { name: 'ageing', upTo: 1, shape: 'triangle', sign: '▲', colour: '#b07a00', darkColour: '#e69f00' },
  { name: 'stale', upTo: 3, shape: 'square', sign: '■', colour: '#c04a00', darkColour: '#ff8a4c' },
  { name: 'silent', upTo: Infinity, shape: 'cross', sign: '✕', colour: '#6b7680', darkColour: '#98a3ad' },
] as const;

export type Band = (typeof BANDS)[number];

/** Deadline of a thing that names none in its attribute `deadlineS`, s. */
const DEADLINE_S = 10;

/** After how long without news a thing is stale, s. */
export function deadlineOf(attributes: Readonly<Record<string, unknown>> | undefined): number {
  const own = attributes?.deadlineS;
  return typeof own === 'number' && own > 0 ? own : DEADLINE_S;
}

/** @param ageS now − measured, s; NaN for a thing that never said anything */
export function bandOf(ageS: number, deadlineS: number): Band {
  return BANDS.find(({ upTo }) => ageS <= upTo * deadlineS) ?? BANDS[BANDS.length - 1];
}
