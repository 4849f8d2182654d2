import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafHash, provesConsistency, provesInclusion } from '../ledger/index.js';
import { runLive, type LiveServer } from '../run.js';

let dir: string;
let server: LiveServer;
const settings = {
  host: '127.0.0.1',
  store: 'sqlite',
  mqttPort: 0,
  httpPort: 0,
  version: 'test',
  log: () => undefined,
};

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-http-'));
  server = await runLive({ ...settings, dir });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever JSON came
  headers: Headers;
}

async function call(
  method: string,
  where: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(server.http + where, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}

const THING = '/api/2/things/plant:pump-1';

describe('Ditto’s HTTP API', () => {
  it('makes, reads, replaces, merges and removes things', async () => {
    const thing = {
      attributes: { maker: 'X' },
      features: { motor: { properties: { rpm: 1450, phases: { a: 1 } } } },
    };
    const made = await call('PUT', THING, thing);
    expect([made.status, made.body]).toEqual([201, { thingId: 'plant:pump-1', ...thing }]);
    expect((await call('PUT', THING, thing)).status).toBe(204);
    expect((await call('GET', `${THING}?fields=attributes/maker,_revision`)).body).toMatchObject({
      attributes: { maker: 'X' },
      _revision: expect.any(Number),
    });
    const patch = {
      attributes: { maker: null, floor: 3 },
      features: { motor: { properties: { rpm: 1500 } } },
    };
    expect(
      (await call('PATCH', THING, patch, { 'content-type': 'application/merge-patch+json' })).status,
    ).toBe(204);
    expect((await call('GET', THING)).body).toEqual({
      thingId: 'plant:pump-1',
      attributes: { floor: 3 },
      features: { motor: { properties: { rpm: 1500, phases: { a: 1 } } } },
    });
    expect((await call('GET', `${THING}/features/motor/properties/phases/a`)).body).toBe(1);
    expect((await call('PUT', `${THING}/features/motor/properties/phases/b`, 2)).status).toBe(201);
    expect((await call('DELETE', `${THING}/features/motor/properties/phases/a`)).status).toBe(204);
    expect((await call('GET', `${THING}/features/motor/properties`)).body).toEqual({
      rpm: 1500,
      phases: { b: 2 },
    });
    expect((await call('PUT', `${THING}/features/motor/desiredProperties`, { rpm: 900 })).status).toBe(201);
    expect((await call('PUT', `${THING}/features/motor/desiredProperties/rpm`, 950)).status).toBe(204);
    expect((await call('GET', `${THING}/features/motor`)).body).toEqual({
      desiredProperties: { rpm: 950 },
      properties: { rpm: 1500, phases: { b: 2 } },
    });
    expect((await call('PUT', `${THING}/attributes/place/room`, '"x"')).status).toBe(201);
    expect((await call('GET', `${THING}/attributes`)).body).toEqual({ floor: 3, place: { room: 'x' } });
    expect((await call('DELETE', `${THING}/attributes/place/room`)).status).toBe(204);
    expect((await call('PUT', `${THING}/definition`, '"org:pump:1.0.0"')).status).toBe(201);
    expect((await call('DELETE', `${THING}/features/motor`)).status).toBe(204);
    expect((await call('GET', `${THING}/features`)).body).toEqual({});
    const posted = await call('POST', '/api/2/things', {});
    expect([posted.status, posted.headers.get('location')]).toEqual([
      201,
      `/api/2/things/${encodeURIComponent(posted.body.thingId)}`,
    ]);
    expect((await call('DELETE', `/api/2/things/${posted.body.thingId}`)).status).toBe(204);
    expect((await call('GET', '/api/2/things')).body).toHaveLength(1);
    expect((await call('GET', '/api/2/things?ids=plant:pump-1,none')).body).toHaveLength(1);
  });

  it('answers what is wrong in Ditto’s form', async () => {
    const missing = await call('GET', '/api/2/things/plant:none');
    expect(missing.body).toEqual({
      status: 404,
      error: 'things:thing.notfound',
      message: "The Thing with ID 'plant:none' could not be found.",
      description: expect.any(String),
    });
    const status = async (...args: Parameters<typeof call>) => (await call(...args)).status;
    expect(await status('GET', `${THING}/features/none`)).toBe(404);
    expect(await status('PUT', THING, '{')).toBe(400);
    expect(await status('PUT', THING, [1])).toBe(400);
    expect(await status('PUT', THING, { thingId: 'other' })).toBe(400);
    expect(await status('PUT', THING, 'x', { 'content-type': 'text/plain' })).toBe(415);
    expect(await status('PUT', THING, JSON.stringify('x'.repeat(70_000)))).toBe(413);
    expect(await status('PUT', THING, `${'['.repeat(40)}${']'.repeat(40)}`)).toBe(400);
    expect(await status('PUT', '/api/2/things/a%2Fb', {})).toBe(400);
    expect(await status('PUT', '/api/2/things/__proto__', {})).toBe(400);
    expect(await status('PUT', THING, '{"attributes":{"__proto__":{"x":1}}}')).toBe(400);
    expect(await status('GET', '/api/2/things/..%2f..%2fetc')).toBe(400);
    expect(await status('GET', '/api/2/things?size=0')).toBe(400);
    expect(await status('GET', '/nothing')).toBe(404);
    const wrong = await call('POST', THING, {});
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PUT, PATCH, DELETE']);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('refuses foreign hosts and pages from elsewhere', async () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      expect((await call('GET', '/api/2/things', undefined, { origin })).status).toBe(403);
    expect((await call('GET', '/api/2/things', undefined, { origin: server.http })).status).toBe(200);
    const { port } = new URL(server.http);
    const status = await new Promise((resolve) =>
      request(
        { port, host: '127.0.0.1', path: '/api/2/things', headers: { host: 'evil.example' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      ).end(),
    );
    expect(status).toBe(403);
  });
});

describe('what is known beside values', () => {
  const send = (t: number, value: unknown, seq = 0) =>
    server.live.receive(
      'things/plant:fan/state',
      Buffer.from(JSON.stringify({ t, seq, features: { f: { 'p q': value } } })),
    );
  const FAN = '/api/2/things/plant:fan';

  it('tells ages, history in pages and in steps, predictions', async () => {
    const start = Date.now() - 100_000;
    for (let i = 0; i < 10; i++) await send(start + 1000 * i, i);
    const { body: ages } = await call('GET', `${FAN}/ages`);
    const { measured, ageS, meanAgeS } = ages.features.f['p q'];
    expect(measured).toBe(start + 9000);
    expect(ageS).toBeCloseTo((ages.now - measured) / 1000, 6);
    expect(meanAgeS).toBeGreaterThan(90);
    const SERIES = `${FAN}/features/f/timeseries/p%20q`;
    const page = await call('GET', `${SERIES}?limit=4`);
    expect(page.body.points.map((point: { value: number }) => point.value)).toEqual([0, 1, 2, 3]);
    const second = await call('GET', `${SERIES}?limit=4&cursor=${page.body.next}`);
    expect(second.body.points.map((point: { value: number }) => point.value)).toEqual([4, 5, 6, 7]);
    const third = await call('GET', `${SERIES}?limit=4&cursor=${second.body.next}`);
    expect([third.body.points.length, third.body.next]).toEqual([2, null]);
    const from = Math.ceil(start / 5000) * 5000;
    const steps = await call('GET', `${SERIES}?step=5000&from=${from}`);
    expect(steps.body.points[0].count).toBeLessThanOrEqual(5);
    const narrow = await call('GET', `${SERIES}?from=${start + 2000}&to=${start + 4000}`);
    expect(narrow.body.points.map((point: { value: number }) => point.value)).toEqual([2, 3, 4]);
    const { body: prediction } = await call('GET', `${FAN}/predictions?model=linear&at=${start + 11_000}`);
    expect(prediction.features.f['p q'].value).toBeCloseTo(11, 6);
  });

  it('proves updates, and that the ledger only grew', async () => {
    const before = (await call('GET', '/api/live/ledger/root')).body;
    await send(Date.now(), 77, 5);
    const hex = (text: string) => Buffer.from(text, 'hex');
    const { body: proof } = await call('GET', `${FAN}/proof?seq=5`);
    const path = proof.path.map(hex);
    expect(leafHash(proof.entry).toString('hex')).toBe(proof.leaf);
    expect(provesInclusion(hex(proof.leaf), proof.index, proof.size, path, hex(proof.root))).toBe(true);
    const { body: grown } = await call('GET', `/api/live/ledger/consistency?first=${before.size}`);
    const [older, newer] = [hex(grown.firstRoot), hex(grown.secondRoot)];
    expect(grown.firstRoot).toBe(before.root);
    expect(provesConsistency(grown.first, grown.second, grown.path.map(hex), older, newer)).toBe(true);
    expect((await call('GET', `${FAN}/proof?seq=99`)).status).toBe(404);
    expect((await call('GET', `${FAN}/proof?size=1`)).status).toBe(404);
    expect((await call('GET', '/api/live/ledger/consistency?first=5&second=2')).status).toBe(404);
  });

  it('streams changes, and a reader that comes again misses none', async () => {
    const seen: number[] = [];
    const ids: string[] = [];
    const read = async (last: string | undefined, until: number) => {
      const abort = new AbortController();
      const answer = await fetch(`${server.http}/api/2/things/plant:fan`, {
        headers: { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) },
        signal: abort.signal,
      });
      let text = '';
      try {
        for await (const chunk of answer.body!) {
          text += Buffer.from(chunk as Uint8Array).toString();
          const events = text.split('\n\n');
          text = events.pop()!;
          for (const event of events) {
            const data = /^data: (.*)$/m.exec(event)?.[1];
            if (data === undefined) continue;
            ids.push(/^id: (.*)$/m.exec(event)![1]);
            seen.push(JSON.parse(data).features.f.properties['p q']);
          }
          if (seen.length >= until) abort.abort();
        }
      } catch {
        // cut by ourselves
      }
    };
    const t = Date.now();
    const first = read(undefined, 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 0; i < 5; i++) await send(t + i, 100 + i, 1);
    await first;
    for (let i = 5; i < 10; i++) await send(t + i, 100 + i, 1);
    const second = read(ids.at(-1), 13);
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let i = 10; i < 13; i++) await send(t + i, 100 + i, 1);
    await second;
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => 100 + i));
  });

  it('describes itself: every route, and the counts', async () => {
    const { body: description } = await call('GET', '/openapi.json');
    expect(Object.keys(description.paths).length).toBeGreaterThan(15);
    expect((await call('GET', '/api/live/counts')).body).toMatchObject({
      things: expect.any(Number),
      splits: null,
    });
    expect((await call('GET', '/api/live/alarms?all=true')).status).toBe(200);
    expect((await call('GET', '/health')).body).toEqual({ status: 'UP' });
    expect((await call('GET', '/ready')).status).toBe(200);
  });
});

describe('a server with a token', () => {
  it('asks for it over HTTP and over MQTT', async () => {
    const own = mkdtempSync(path.join(os.tmpdir(), 'metalore-token-'));
    const guarded = await runLive({ ...settings, dir: own, token: 'secret' });
    try {
      const status = async (headers: Record<string, string>) =>
        (await fetch(`${guarded.http}/api/2/things`, { headers })).status;
      expect(await status({})).toBe(401);
      expect(await status({ authorization: 'Bearer wrong!' })).toBe(401);
      expect(await status({ authorization: 'Bearer secret' })).toBe(200);
      expect((await fetch(`${guarded.http}/health`)).status).toBe(200);
      const { connectAsync } = (await import('mqtt')).default;
      await expect(connectAsync(guarded.mqtt, { reconnectPeriod: 0 }, false)).rejects.toThrow(/uthor/);
      const client = await connectAsync(guarded.mqtt, { username: 'x', password: 'secret' }, false);
      await client.endAsync();
    } finally {
      await guarded.close();
      rmSync(own, { recursive: true, force: true });
    }
  });
});
