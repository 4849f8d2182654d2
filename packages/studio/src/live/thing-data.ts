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

/** Has the server do something. @throws Error with what it answered */
export async function tell(
  method: 'PUT' | 'DELETE',
  path: string,
  token: string,
  body?: object,
): Promise<void> {
  const answer = await fetch(path, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.ok) return;
  const { message } = (await answer.json()) as { message?: string };
  throw new Error(message ?? `the server answered ${answer.status}`);
}

export const pathOf = (thing: string) => `api/2/things/${encodeURIComponent(thing)}`;
