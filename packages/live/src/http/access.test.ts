import mqtt from 'mqtt';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Gate } from '../access/gate.js';
import { owns, ROLES, type Role } from '../access/roles.js';
import { createToken, readTokens, revokeToken, Tokens, TOKENS_FILE } from '../access/tokens.js';
import { measureLoad } from '../load/load.js';
import { runLive, type LiveServer } from '../run.js';
import type { AuditEntry } from '../service/audit-log.js';
import { routesOf } from './server.js';
import { protocolsOf } from './socket.js';

const LOOK = 'viewer operator admin';
const CHANGE = 'device operator admin';
const MANAGE = 'operator admin';

/** Who may use which route; of a device, for a thing of its own. A route that is not here fails the test. */
const ROUTES: Record<string, string> = {
  'get /api/2/things': LOOK,
  'post /api/2/things': MANAGE,
  'get /api/2/things/{thingId}': LOOK,
  'put /api/2/things/{thingId}': CHANGE,
  'patch /api/2/things/{thingId}': CHANGE,
  'delete /api/2/things/{thingId}': MANAGE,
  'get /api/2/things/{thingId}/attributes': LOOK,
  'put /api/2/things/{thingId}/attributes': CHANGE,
  'get /api/2/things/{thingId}/attributes/{attributePath}': LOOK,
  'put /api/2/things/{thingId}/attributes/{attributePath}': CHANGE,
  'delete /api/2/things/{thingId}/attributes/{attributePath}': CHANGE,
  'get /api/2/things/{thingId}/definition': LOOK,
  'put /api/2/things/{thingId}/definition': CHANGE,
  'get /api/2/things/{thingId}/features': LOOK,
  'put /api/2/things/{thingId}/features': CHANGE,
  'get /api/2/things/{thingId}/features/{featureId}': LOOK,
  'put /api/2/things/{thingId}/features/{featureId}': CHANGE,
  'patch /api/2/things/{thingId}/features/{featureId}': CHANGE,
  'delete /api/2/things/{thingId}/features/{featureId}': CHANGE,
  'get /api/2/things/{thingId}/features/{featureId}/properties': LOOK,
  'put /api/2/things/{thingId}/features/{featureId}/properties': CHANGE,
  'get /api/2/things/{thingId}/features/{featureId}/properties/{propertyPath}': LOOK,
  'put /api/2/things/{thingId}/features/{featureId}/properties/{propertyPath}': CHANGE,
  'delete /api/2/things/{thingId}/features/{featureId}/properties/{propertyPath}': CHANGE,
  'get /api/2/things/{thingId}/features/{featureId}/desiredProperties': LOOK,
  'put /api/2/things/{thingId}/features/{featureId}/desiredProperties': CHANGE,
  'put /api/2/things/{thingId}/features/{featureId}/desiredProperties/{propertyPath}': CHANGE,
  'get /api/2/things/{thingId}/ages': LOOK,
  'get /api/2/things/{thingId}/features/{featureId}/timeseries/{propertyId}': LOOK,
  'get /api/2/things/{thingId}/predictions': LOOK,
  'get /api/2/things/{thingId}/proof': LOOK,
  'get /api/2/things/{thingId}/wot': LOOK,
  'get /api/2/policies': 'admin',
  'get /api/2/policies/{policyId}': 'admin',
  'put /api/2/policies/{policyId}': 'admin',
  'delete /api/2/policies/{policyId}': 'admin',
  'get /api/live/counts': LOOK,
  'get /api/live/alarms': LOOK,
  'get /api/live/caller': LOOK,
  'get /api/live/audit': 'admin',
  'get /api/live/then': LOOK,
  'post /api/live/analyses': MANAGE,
  'get /api/live/policy': LOOK,
  'put /api/live/policy': MANAGE,
  'delete /api/live/policy': MANAGE,
  'get /api/live/stream': LOOK,
  'get /api/live/models': LOOK,
  'get /api/live/models/{model}': LOOK,
  'get /api/live/ledger/root': LOOK,
  'get /api/live/ledger/consistency': LOOK,
  'get /metrics': LOOK,
  'get /health': 'viewer device operator admin',
  'get /ready': 'viewer device operator admin',
};

/** Who may publish and subscribe where; `own` is a device's own thing, `other` is not. */
const PUBLISH: Record<string, string> = {
  'things/own:pump/state': CHANGE,
  'things/own:pump/senml': CHANGE,
  'things/own:pump/ditto': CHANGE,
  'things/other:pump/state': MANAGE,
  'requests/own:ue': CHANGE,
  'requests/other:ue': MANAGE,
  'control/speed': MANAGE,
};
const SUBSCRIBE: Record<string, string> = {
  'replies/own:ue': 'viewer device operator admin',
  'replies/other:ue': LOOK,
  'replies/+': LOOK,
  'things/own:pump/receipt': 'viewer device operator admin',
  'things/own:pump/state': LOOK,
  'things/+/receipt': LOOK,
  'control/requests': 'viewer device operator admin',
  'alarms/#': LOOK,
  '#': LOOK,
};

let dir: string;
let server: LiveServer;
const secrets = {} as Record<Role, string>;
beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-access-'));
  for (const role of ROLES) {
    secrets[role] = createToken(
      dir,
      { role, things: role === 'device' ? 'own:*' : '*', days: 1 },
      Date.now(),
    );
  }
  const settings = { host: '127.0.0.1', store: 'sqlite', mqttPort: 0, httpPort: 0, version: 'test' };
  server = await runLive({ ...settings, dir, log: () => undefined });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const call = (role: Role, method: string, where: string) =>
  fetch(server.http + where, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${secrets[role]}`, 'content-type': 'application/json' },
    ...(['put', 'patch', 'post'].includes(method) && { body: '{}' }),
  });

/** Denials are limited by the second. */
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));

const audit = async () =>
  (await (await call('admin', 'get', '/api/live/audit?limit=1000')).json()) as AuditEntry[];

describe('who may do what', () => {
  it('over HTTP: every route, every role', async () => {
    const gate = new Gate(dir, undefined, () => undefined);
    const routes = [...routesOf(server.live, gate).values()].flat();
    expect(routes.map(({ method, path: at }) => `${method} ${at}`).sort()).toEqual(
      Object.keys(ROUTES).sort(),
    );
    for (const { method, path: at } of routes) {
      const where = at.replace('{thingId}', 'own:pump').replaceAll(/\{\w+\}/g, 'x');
      for (const role of ROLES) {
        const { status } = await call(role, method, where);
        expect(`${method} ${at} ${role} ${status !== 403}`).toBe(
          `${method} ${at} ${role} ${ROUTES[`${method} ${at}`].includes(role)}`,
        );
      }
    }
    const denied = await call('device', 'put', '/api/2/things/other:pump');
    expect([denied.status, ((await denied.json()) as { error: string }).error]).toEqual([403, 'not.allowed']);
  });

  it('over a WebSocket: readers alone, by a token among the protocols, from no page elsewhere', async () => {
    const url = `${server.http.replace('http', 'ws')}/api/live/stream`;
    const open = (secret: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(url, protocolsOf(secret), { headers });
        socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
          socket.on('error', () => undefined);
          socket.terminate();
          resolve(statusCode);
        });
        socket.once('message', () => {
          socket.close();
          resolve(101);
        });
      });
    for (const role of ROLES) expect(await open(secrets[role])).toBe(LOOK.includes(role) ? 101 : 403);
    expect(await open('wrong')).toBe(401);
    expect(await open(secrets.viewer, { origin: 'https://elsewhere.example' })).toBe(403);
    expect(await open(secrets.viewer, { origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await open(secrets.viewer, { origin: server.http })).toBe(101);
    expect(await open(secrets.viewer, { host: 'elsewhere.example' })).toBe(403);
    expect((await call('viewer', 'get', '/api/live/stream')).status).toBe(426);
  });

  it('over MQTT: every topic, every role', async () => {
    for (const role of ROLES) {
      const connect = () =>
        mqtt.connectAsync(server.mqtt, { username: role, password: secrets[role], reconnectPeriod: 0 });
      for (const [topic, who] of Object.entries(SUBSCRIBE)) {
        const client = await connect();
        const [{ qos }] = await client.subscribeAsync(topic, { qos: 1 }).catch(() => [{ qos: 128 }]);
        expect(`${topic} ${role} ${qos !== 128}`).toBe(`${topic} ${role} ${who.includes(role)}`);
        await client.endAsync();
      }
      for (const [topic, who] of Object.entries(PUBLISH)) {
        const client = await connect();
        const cut = new Promise<boolean>((resolve) => client.on('close', () => resolve(false)));
        const sent = client.publishAsync(topic, '{}', { qos: 1 }).then(
          () => true,
          () => false,
        );
        const allowed = await Promise.race([sent, cut]);
        expect(`${topic} ${role} ${allowed}`).toBe(`${topic} ${role} ${who.includes(role)}`);
        await client.endAsync(true);
      }
    }
  });

  it('nobody without a token, and why is not told', async () => {
    const wrong = [undefined, 'Bearer x', `Bearer ${secrets.admin.slice(0, -1)}!`, `Basic ${secrets.admin}`];
    const bodies = await Promise.all(
      wrong.map(async (authorization) => {
        const answer = await fetch(`${server.http}/api/2/things`, {
          ...(authorization && { headers: { authorization } }),
        });
        expect(answer.status).toBe(401);
        return answer.text();
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    await expect(mqtt.connectAsync(server.mqtt, { reconnectPeriod: 0 }, false)).rejects.toThrow();
  });

  it('a load shows its token at both doors', async () => {
    const load = {
      mqttPort: Number(new URL(server.mqtt).port),
      http: server.http,
      ...{ rate: 50, seconds: 1, things: 5 },
      onSecond: () => undefined,
      signal: new AbortController().signal,
    };
    const report = await measureLoad({ ...load, token: secrets.operator });
    expect([report.stored - report.sent, report.heldBack]).toEqual([0, 0]);
    await expect(measureLoad(load)).rejects.toThrow(/401/);
  });

  it('is audited in the ledger: what was done and what was denied', async () => {
    await aSecond();
    await fetch(`${server.http}/api/2/things`);
    await call('operator', 'put', '/api/2/things/own:audited');
    await call('viewer', 'put', '/api/2/things/own:audited');
    await server.live.keeper.save();
    const [operator, viewer] = (['operator', 'viewer'] as const).map((role) => secrets[role].split('_')[1]);
    const entries = (await audit()).filter(({ what }) => what.endsWith('own:audited'));
    expect(entries.map(({ who, what, from, allowed }) => [who, what, from, allowed])).toEqual([
      [operator, 'PUT /api/2/things/own:audited', '127.0.0.1', true],
      [viewer, 'PUT /api/2/things/own:audited', '127.0.0.1', false],
    ]);
    expect((await audit()).some(({ who, what }) => who === 'unknown' && what === 'authenticate')).toBe(true);
    // It is no thing, and nobody writes to it.
    expect((await call('admin', 'get', '/api/2/things/metalore:audit')).status).toBe(404);
    expect((await call('admin', 'put', '/api/2/things/metalore:audit')).status).toBe(400);
  });

  it('writes no more denials than it can bear, and counts the rest', async () => {
    await aSecond();
    await call('viewer', 'put', '/api/2/things/own:flood');
    const denials = async () => (await audit()).filter(({ allowed }) => !allowed);
    const before = (await denials()).length;
    const denied = server.live.audit.denied;
    await Promise.all(Array.from({ length: 200 }, () => call('viewer', 'put', '/api/2/things/own:flood')));
    expect(server.live.audit.denied - denied).toBe(200);
    await aSecond();
    await call('viewer', 'put', '/api/2/things/own:flood');
    const entries = (await denials()).slice(before);
    const omitted = entries.reduce((sum, entry) => sum + (entry.omitted ?? 0), 0);
    expect(entries.length + omitted).toBe(201);
    expect(entries.length).toBeLessThan(100);
  });
});

describe('tokens', () => {
  const own = () => mkdtempSync(path.join(os.tmpdir(), 'metalore-tokens-'));

  it('are kept as hashes, end in time, and are revoked', () => {
    const folder = own();
    const request = { role: 'viewer', things: '*', days: 1 } as const;
    const secret = createToken(folder, request, 1000);
    expect(readFileSync(path.join(folder, TOKENS_FILE), 'utf8')).not.toContain(
      secret.slice('metalore_00000000_'.length),
    );
    const tokens = new Tokens(folder);
    expect(tokens.find(secret, 1000)?.role).toBe('viewer');
    expect(tokens.find(secret, 1000 + 86_400_000)).toBeUndefined();
    expect(tokens.find(`${secret.slice(0, -1)}!`, 1000)).toBeUndefined();
    const [{ id }] = readTokens(folder);
    revokeToken(folder, id);
    expect(tokens.find(secret, 1e12)).toBeUndefined();
    // The last one is gone: the door stays closed.
    expect(tokens.isEmpty(2e12)).toBe(false);
    expect(() => revokeToken(folder, id)).toThrow(/no token/);
    rmSync(folder, { recursive: true });
  });

  it('that are wrong too often make their address wait', async () => {
    const folder = own();
    createToken(folder, { role: 'viewer', things: '*', days: 1 }, 0);
    const gate = new Gate(folder, undefined, () => undefined);
    for (let k = 0; k < 10; k++) await gate.authenticate('wrong', '10.0.0.1');
    let waited = true;
    const eleventh = gate.authenticate('wrong', '10.0.0.1').then(() => (waited = true));
    waited = false;
    await gate.authenticate('wrong', '10.0.0.2');
    expect(waited).toBe(false);
    await eleventh;
    rmSync(folder, { recursive: true });
  });

  it('match things by a pattern', () => {
    const caller = (things: string) => ({ name: 'x', role: 'device' as const, things });
    expect(owns(caller('plant:*'), 'plant:pump-1')).toBe(true);
    expect(owns(caller('plant:*'), 'plants:pump-1')).toBe(false);
    expect(owns(caller('plant:pump.1'), 'plant:pumpx1')).toBe(false);
    expect(owns(caller('*:pump-*'), 'a:pump-9')).toBe(true);
  });
});
