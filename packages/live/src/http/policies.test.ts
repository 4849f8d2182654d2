import { decode } from '@msgpack/msgpack';
import mqtt from 'mqtt';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Role } from '../access/roles.js';
import { createToken, readTokens } from '../access/tokens.js';
import { runLive, type LiveServer } from '../run.js';
import type { AuditEntry } from '../service/audit-log.js';

const PUMP = 'plant:pump-1';
/** What nobody but admins may read. */
const SECRET = 'secret-4711';

let dir: string;
let server: LiveServer;
const secrets = {} as Record<Role, string>;

const settings = () => ({
  ...{ host: '127.0.0.1', store: 'sqlite', mqttPort: 0, httpPort: 0, version: 'test', dir },
  rules: [
    {
      name: 'hot',
      thing: '*',
      feature: '*',
      exceptFeatures: [],
      property: '*',
      value: { above: 5, hysteresis: 0 },
    },
  ],
  log: () => undefined,
});

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-policies-'));
  for (const role of ['viewer', 'device', 'operator', 'admin'] as const) {
    secrets[role] = createToken(dir, { role, things: 'plant:*', days: 1 }, Date.now());
  }
  server = await runLive(settings());
  const thing = {
    attributes: { place: 'hall', owner: SECRET },
    features: {
      motor: { properties: { rpm: 7, serial: SECRET } },
      tank: { properties: { level: 9, note: SECRET } },
    },
  };
  expect((await call('admin', 'put', `/api/2/things/${PUMP}`, thing)).status).toBe(201);
  expect((await call('admin', 'put', '/api/2/things/other:thing', thing)).status).toBe(201);
  const policy = {
    entries: {
      lookers: {
        subjects: { 'role:viewer': { type: 'people' }, [`token:${idOf('operator')}`]: {} },
        resources: {
          'thing:/features/motor': { grant: ['READ'], revoke: [] },
          'thing:/features/motor/properties/serial': { grant: [], revoke: ['READ'] },
          'thing:/attributes/place': { grant: ['READ', 'WRITE'], revoke: [] },
        },
      },
      makers: {
        subjects: { 'role:device': {} },
        resources: {
          'thing:/features/motor/properties/rpm': { grant: ['READ', 'WRITE'], revoke: [] },
          'message:/': { grant: ['WRITE'], revoke: [] },
        },
      },
    },
  };
  const made = await call('admin', 'put', '/api/2/policies/plant:people', policy);
  expect(made.status).toBe(201);
  expect(await made.json()).toEqual({ policyId: 'plant:people', ...policy });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const idOf = (role: Role) => secrets[role].split('_')[1];

const call = (role: Role, method: string, where: string, body?: unknown) =>
  fetch(server.http + where, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${secrets[role]}`,
      ...(body !== undefined && {
        'content-type': method === 'patch' ? 'application/merge-patch+json' : 'application/json',
      }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const get = async (role: Role, where: string) => {
  const answer = await call(role, 'get', where);
  return answer.status === 200 ? ((await answer.json()) as unknown) : answer.status;
};
const T = `/api/2/things/${PUMP}`;

describe('a policy', () => {
  it('cuts what is read to what is granted, at every route', async () => {
    expect(await get('viewer', T)).toEqual({
      thingId: PUMP,
      attributes: { place: 'hall' },
      features: { motor: { properties: { rpm: 7 } } },
    });
    expect(await get('viewer', `${T}/features`)).toEqual({ motor: { properties: { rpm: 7 } } });
    expect(await get('viewer', `${T}/features/motor/properties`)).toEqual({ rpm: 7 });
    expect(await get('viewer', `${T}/attributes`)).toEqual({ place: 'hall' });
    for (const part of [
      '/features/tank',
      '/features/motor/properties/serial',
      '/attributes/owner',
      '/definition',
    ]) {
      expect(await get('viewer', T + part)).toBe(403);
    }
    // What shows all of a thing is for those who may read all of it.
    for (const part of ['/proof', '/wot', '/features/tank/timeseries/level']) {
      expect(await get('viewer', T + part)).toBe(403);
      expect(await get('admin', T + part)).not.toBe(403);
    }
    const ages = (await get('viewer', `${T}/ages`)) as { features: Record<string, object> };
    expect(Object.entries(ages.features).map(([name, of]) => [name, Object.keys(of)])).toEqual([
      ['motor', ['rpm']],
    ]);
    const predictions = (await get('viewer', `${T}/predictions`)) as { features: object };
    expect(Object.keys(predictions.features)).toEqual(['motor']);
    const points = (await get('viewer', `${T}/features/motor/timeseries/rpm`)) as { points: unknown[] };
    expect(points.points).toHaveLength(1);
  });

  it('lets no door tell what is not granted', async () => {
    const told = [
      await get('viewer', '/api/2/things?fields=attributes,features'),
      await get('viewer', `${T}?fields=features`),
      await get('viewer', `/api/live/then?t=${Date.now() + 1000}`),
      await get('viewer', '/api/live/alarms?all=true'),
    ];
    const text = JSON.stringify(told.map((answer) => answer));
    expect(text).toContain('"rpm"');
    // Another namespace has no policy: there the role alone counts.
    const other = (await get('viewer', '/api/2/things/other:thing')) as object;
    expect(JSON.stringify(other)).toContain(SECRET);
    const ofPlant = told.flatMap((answer) =>
      (Array.isArray(answer) ? answer : ((answer as { things?: object[] }).things ?? [answer])).filter(
        (each: object) =>
          !JSON.stringify(each).includes('other:thing') &&
          !('tank' in ((each as { features?: object }).features ?? {})),
      ),
    );
    expect(JSON.stringify(ofPlant)).not.toContain(SECRET);
    const alarms = (await get('viewer', '/api/live/alarms')) as { thing: string; property: string }[];
    expect(alarms.filter(({ thing }) => thing === PUMP).map(({ property }) => property)).toEqual(['rpm']);
    const all = (await get('admin', '/api/live/alarms')) as { thing: string; property: string }[];
    expect(
      all
        .filter(({ thing }) => thing === PUMP)
        .map(({ property }) => property)
        .sort(),
    ).toEqual(['level', 'rpm']);
  });

  it('holds for streams, which a change of it ends', async () => {
    const token = Buffer.from(secrets.viewer).toString('base64url');
    const socket = new WebSocket(`${server.http.replace('http', 'ws')}/api/live/stream`, [
      'metalore.frames',
      `token.${token}`,
    ]);
    /** What frames told of the things of the plant. */
    const told: string[] = [];
    const numbers = new Set<number>();
    socket.on('message', (data: Buffer) => {
      const { things, changes } = decode(data) as {
        things: { id: string; number: number }[];
        changes: [number: number, ...rest: unknown[]][];
      };
      for (const thing of things) {
        if (!thing.id.startsWith('plant:')) continue;
        numbers.add(thing.number);
        told.push(JSON.stringify(thing));
      }
      told.push(...changes.filter(([number]) => numbers.has(number)).map((change) => JSON.stringify(change)));
    });
    const abort = new AbortController();
    const events = await fetch(`${server.http}/api/2/things?ids=${PUMP}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${secrets.viewer}` },
      signal: abort.signal,
    });
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    let streamed = '';
    void (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        streamed += value;
      }
    })().catch(() => undefined);
    await expect.poll(() => told).toHaveLength(1);
    const features = { motor: { rpm: 3, serial: SECRET }, tank: { level: 1, note: SECRET } };
    await server.live.update({
      ...{
        thing: PUMP,
        t: Date.now(),
        seq: 99,
        features,
        receipt: false,
        direct: true,
        loadUnits: undefined,
      },
    });
    await expect.poll(() => told.at(-1)).toContain('{"motor":{"rpm":3}}');
    await expect.poll(() => streamed).toContain('"rpm":3');
    expect(told.join() + streamed).not.toContain(SECRET);
    expect(told.join() + streamed).not.toContain('tank');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await call('admin', 'put', '/api/2/policies/elsewhere:p', { entries: {} });
    await closed;
    abort.abort();
  });

  it('decides what is written, property by property, over HTTP and MQTT, and audits what it denies', async () => {
    const write = (where: string, body: unknown) =>
      call('operator', where.includes('motor') ? 'patch' : 'put', T + where, body);
    expect((await write('/attributes/place', 'yard')).status).toBe(204);
    expect((await write('/attributes/owner', 'me')).status).toBe(403);
    expect((await write('/features/motor', { properties: { rpm: 1 } })).status).toBe(403);
    const device = await mqtt.connectAsync(server.mqtt, {
      username: 'x',
      password: secrets.device,
      reconnectPeriod: 0,
    });
    const refused = () => server.live.counts.refused.denied;
    const say = (properties: object) =>
      device.publishAsync(
        `things/${PUMP}/state`,
        JSON.stringify({ t: Date.now(), features: { motor: properties } }),
        { qos: 1 },
      );
    await say({ rpm: 4 });
    await expect.poll(async () => get('device', `${T}/features/motor/properties/rpm`)).toBe(403); // devices read nothing over HTTP
    await expect.poll(async () => get('admin', `${T}/features/motor/properties/rpm`)).toBe(4);
    const before = refused();
    await say({ rpm: 5, serial: 'x' });
    expect(refused()).toBe(before + 1);
    expect(await get('admin', `${T}/features/motor/properties/rpm`)).toBe(4);
    // A request is answered with what its asker may read.
    const replies: string[] = [];
    device.on('message', (_topic, payload) => replies.push(payload.toString()));
    await device.subscribeAsync('replies/plant:ue', { qos: 1 });
    const ask = (thing: string) =>
      device.publishAsync('requests/plant:ue', JSON.stringify({ t: Date.now(), id: '1', thing }), { qos: 1 });
    await ask(PUMP);
    await expect.poll(() => replies.length).toBe(1);
    expect((JSON.parse(replies[0]) as { features: object }).features).toEqual({
      motor: { properties: { rpm: 4 } },
    });
    await device.endAsync();
    const entries = (await get('admin', '/api/live/audit?limit=1000')) as AuditEntry[];
    const denied = entries.filter(({ allowed }) => !allowed).map(({ what }) => what);
    expect(denied).toContain(`write ${PUMP}/features/motor/serial`);
    expect(denied.some((what) => what.endsWith('/attributes/owner'))).toBe(true);
  });

  it('keeps what devices say from those who may not read it all', async () => {
    const connect = (role: Role) =>
      mqtt.connectAsync(server.mqtt, { username: role, password: secrets[role], reconnectPeriod: 0 });
    const [viewer, admin] = [await connect('viewer'), await connect('admin')];
    const heard = { viewer: [] as string[], admin: [] as string[] };
    viewer.on('message', (topic) => heard.viewer.push(topic));
    admin.on('message', (topic) => heard.admin.push(topic));
    for (const client of [viewer, admin]) await client.subscribeAsync('things/#', { qos: 1 });
    for (const id of [PUMP, 'free:pump']) {
      await admin.publishAsync(
        `things/${id}/state`,
        JSON.stringify({ t: Date.now(), features: { f: { p: 1 } } }),
        { qos: 1 },
      );
    }
    await expect.poll(() => heard.admin).toHaveLength(2);
    await expect.poll(() => heard.viewer).toEqual(['things/free:pump/state']);
    await Promise.all([viewer.endAsync(), admin.endAsync()]);
  });

  it('stays over a restart, is checked, and goes', async () => {
    await server.close();
    server = await runLive(settings());
    expect(await get('admin', '/api/2/policies')).toEqual(['elsewhere:p', 'plant:people']);
    expect(await get('viewer', `${T}/features/tank`)).toBe(403);
    const put = async (id: string, body: unknown) => {
      const answer = await call('admin', 'put', `/api/2/policies/${id}`, body);
      return [answer.status, ((await answer.json()) as { message: string }).message];
    };
    expect(await put('plant:x', { entries: { e: { subjects: { bob: {} }, resources: {} } } })).toEqual([
      400,
      expect.stringContaining('expected token:<id>, role:<role> or anyone'),
    ]);
    expect(
      (await put('plant:x', { entries: { e: { subjects: {}, resources: { 'thing:features': {} } } } }))[0],
    ).toBe(400);
    expect((await put('plant:x', { policyId: 'plant:y', entries: {} }))[0]).toBe(400);
    expect((await put('nonamespace', { entries: {} }))[0]).toBe(400);
    expect((await call('admin', 'delete', '/api/2/policies/plant:people')).status).toBe(204);
    expect((await call('admin', 'delete', '/api/2/policies/plant:people')).status).toBe(404);
    expect(await get('viewer', `${T}/features/tank`)).not.toBe(403);
    expect(readTokens(dir)).toHaveLength(4);
  });
});
