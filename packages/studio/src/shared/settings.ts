/** A number that a slider sets. */
export interface Setting<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly start: number;
}

/** Where all sliders stand at first. */
export function startValues<Key extends string>(settings: readonly Setting<Key>[]): Record<Key, number> {
  return Object.fromEntries(settings.map(({ key, start }) => [key, start])) as Record<Key, number>;
}

/** Takes from a link what lies within the ranges; the rest stands where it starts. */
export function readSettings<Key extends string>(
  query: URLSearchParams,
  settings: readonly Setting<Key>[],
  values: Record<Key, number>,
): void {
  for (const { key, min, max, start } of settings) {
    const value = Number(query.get(key) ?? NaN);
    values[key] = value >= min && value <= max ? value : start;
  }
}

/** The seed that a link names, else 1. */
export function readSeed(query: URLSearchParams): number {
  const seed = Number(query.get('seed') ?? NaN);
  return Number.isSafeInteger(seed) && seed >= 0 ? seed : 1;
}

/** What a link has to say: the sliders that were moved, and of `others` (name, value, start) what is not at its start. */
export function linkOf<Key extends string>(
  settings: readonly Setting<Key>[],
  values: Readonly<Record<Key, number>>,
  others: readonly (readonly [string, string, string])[],
): string {
  const moved = settings
    .filter(({ key, start }) => values[key] !== start)
    .map(({ key }): [string, string] => [key, String(values[key])]);
  const own = others.filter(([, value, start]) => value !== start).map(([key, value]) => [key, value]);
  return new URLSearchParams([...moved, ...own]).toString();
}
