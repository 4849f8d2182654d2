/** A future: means over its episodes, by step. Ages in s; null in a step without a completed request. */
export interface Future {
  readonly policy: string;
  readonly aosiS: readonly (number | null)[];
  readonly aoriS: readonly (number | null)[];
  readonly requests: readonly number[];
  readonly updates: readonly number[];
  readonly mean: { readonly aosiS: number | null; readonly aoriS: number | null; readonly served: number };
}

/** Of the other future less the present one, with half of its 95 % interval. */
export interface Difference {
  readonly mean: number;
  readonly halfWidth: number;
}

/** What would happen as it splits now, and otherwise, as `POST api/live/analyses` tells it. */
export interface WhatIf {
  readonly inS: readonly number[];
  readonly episodes: number;
  readonly futures: readonly [Future, Future];
  readonly difference: Readonly<Record<'aosiS' | 'aoriS' | 'served', Difference | null>>;
}
