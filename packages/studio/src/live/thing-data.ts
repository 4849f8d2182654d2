/** Ages of a property, s, as `GET …/ages` tells them. */
export interface PropertyAges {
  readonly measured: number;
  readonly seq: number;
  readonly ageS: number;
  readonly meanAgeS: number;
  readonly peakAgeS: number;
}

export interface ThingAges {
  readonly now: number;
  readonly clockAheadMs: number | null;
  readonly features: Readonly<Record<string, Readonly<Record<string, PropertyAges>>>>;
}

export interface HistoryPoint {
  readonly t: number;
  readonly seq: number;
  readonly received: number;
  readonly value: unknown;
}

/** Asks the server that serves this page. @throws Error with what it answered */
export async function ask<T>(path: string, token: string): Promise<T> {
  const answer = await fetch(path, { headers: token === '' ? {} : { authorization: `Bearer ${token}` } });
  const body = (await answer.json()) as T & { message?: string };
  if (!answer.ok) throw new Error(body.message ?? `the server answered ${answer.status}`);
  return body;
}

export const pathOf = (thing: string) => `api/2/things/${encodeURIComponent(thing)}`;
