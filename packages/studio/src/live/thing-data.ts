/** Where a live sub-metaverse is, and what it asks for. */
export interface Server {
  /** A URL that ends in a slash. */
  readonly server: string;
  readonly token: string;
}

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

/** @throws Error with what it answered */
export async function ask<T>({ server, token }: Server, path: string): Promise<T> {
  const answer = await fetch(server + path, {
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  });
  const body = (await answer.json()) as T & { message?: string };
  if (!answer.ok) throw new Error(body.message ?? `the server answered ${answer.status}`);
  return body;
}

/** A file of the server's. @throws Error with what it answered */
export async function askBytes({ server, token }: Server, path: string): Promise<ArrayBuffer> {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(server + path, { headers });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.arrayBuffer();
}

/** Has the server do something. @throws Error with what it answered */
export async function tell<T>(
  { server, token }: Server,
  method: 'PUT' | 'DELETE' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(server + path, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const told = (await answer.json()) as T & { message?: string };
  if (answer.ok) return told;
  throw new Error(told.message ?? `the server answered ${answer.status}`);
}

export const pathOf = (thing: string) => `api/2/things/${encodeURIComponent(thing)}`;
