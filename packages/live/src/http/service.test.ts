import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureLoad } from '../load/load.js';
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

describe('measured from outside', () => {
  it('tells Prometheus what came, how old it is, and how long commits take', async () => {
    await call('PUT', '/api/2/things/metered:one', { features: { f: { properties: { p: 1, q: 2 } } } });
    const response = await fetch(`${server.http}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    const value = (line: string) =>
      Number(
        text
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.split(' ')[1],
      );
    const counts = (await call('GET', '/api/live/counts')).body as { accepted: number; things: number };
    expect(value('metalore_updates_total{outcome="accepted"}')).toBe(counts.accepted);
    expect(value('metalore_things')).toBe(counts.things);
    expect(value('metalore_commit_seconds_count')).toBeGreaterThan(0);
    expect(value('metalore_age_seconds_bucket{namespace="metered",le="+Inf"}')).toBe(2);
    expect(value('metalore_age_seconds_bucket{namespace="metered",le="10"}')).toBe(2);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    // The dashboard asks for nothing that is not there.
    const dashboard = readFileSync(new URL('../../../../docs/live-dashboard.json', import.meta.url), 'utf8');
    const asked = [...new Set(dashboard.match(/\b(metalore|process|nodejs)_\w+/g))];
    expect(asked.length).toBeGreaterThan(12);
    expect(
      asked.filter((name) => !new RegExp(`^${name}\\b`, 'm').test(text) && name !== 'metalore_split'),
    ).toEqual([]);
  });

  it('a load is stored to the last update, and seen', async () => {
    const seconds: number[] = [];
    const report = await measureLoad({
      mqttPort: Number(new URL(server.mqtt).port),
      http: server.http,
      rate: 300,
      seconds: 1,
      things: 30,
      onSecond: ({ second }) => seconds.push(second),
      signal: new AbortController().signal,
    });
    expect(report.stored).toBe(report.sent);
    expect(report.sent + report.heldBack).toBeGreaterThan(250);
    expect(seconds).toEqual([1]);
    for (const { p50, p99, max } of [report.acknowledged, report.visible]) {
      expect(p50).toBeGreaterThanOrEqual(0);
      expect(p99).toBeGreaterThanOrEqual(p50);
      expect(max).toBeGreaterThanOrEqual(p99);
    }
  });
});

describe('analyses on demand', () => {
  const THING_OF = '/api/2/things/plant:analysed';
  const ask = (body: unknown) => call('POST', '/api/live/analyses', body);

  it('find what does not fit and look ahead; the twin and the ledger hold what they found', async () => {
    const start = Date.now() - 100_000;
    const { live } = server;
    for (let k = 0; k < 100; k++) {
      const rpm = k === 70 ? 900 : 100 + 0.5 * k + 0.01 * ((7 * k) % 5);
      const features = { motor: { rpm, name: 'm' } };
      const update = { thing: 'plant:analysed', t: start + 1000 * k, seq: 0, features, receipt: false };
      await live.update({ ...update, loadUnits: undefined, direct: true });
    }
    const { body: anomaly } = await ask({ thing: 'plant:analysed', kind: 'anomaly' });
    expect(anomaly.result.motor.rpm).toMatchObject({ values: 100, at: start + 70_000 });
    expect(anomaly.result.motor.rpm.score).toBeGreaterThan(6);
    expect(anomaly.result.motor.name).toBeUndefined();
    const { body: ahead } = await ask({ thing: 'plant:analysed', kind: 'forecast', horizonS: 100 });
    const { value, sd, horizonS } = ahead.result.motor.rpm;
    expect(horizonS).toBe(100);
    expect(Math.abs(value - 200)).toBeLessThan(Math.max(10, 4 * sd));
    const { body: feature } = await call('GET', `${THING_OF}/features/analysis/properties`);
    expect(feature.forecast).toEqual(ahead.result);
    const { body: proof } = await call('GET', `${THING_OF}/proof`);
    expect(proof.entry.features.analysis.forecast).toEqual(ahead.result);
  });

  it('say what is wrong with the question', async () => {
    for (const body of [
      {},
      { thing: 'plant:analysed', kind: 'whim' },
      { thing: 'a/b', kind: 'anomaly' },
      [],
      7,
    ]) {
      expect((await ask(body)).status).toBe(400);
    }
    expect((await ask({ thing: 'plant:nothing', kind: 'anomaly' })).status).toBe(404);
  });
});

describe('a cell', () => {
  it('is steered by an operator, and given back', async () => {
    const own = mkdtempSync(path.join(os.tmpdir(), 'metalore-steer-'));
    const cell = {
      scenario: parseScenario({ name: 'small' }),
      policy: parsePolicy('fixed:0.3,0.3'),
      speed: 50,
    };
    const steered = await runLive({ ...settings, ...cell, dir: own });
    const send = async (method: string, body?: unknown) => {
      const answer = await fetch(`${steered.http}/api/live/policy`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    expect((await send('GET')).body).toMatchObject({ policy: 'fixed:0.3,0.3', by: 'start' });
    expect((await send('PUT', { policy: 'fixed:0.8,0.1' })).body).toMatchObject({ by: 'anyone' });
    expect(steered.live.cell?.splits).toEqual({ rhoC: 0.8, rhoP: 0.1 });
    for (const policy of ['fixed:2,0', 'no-such', 7, 'queue-proportional']) {
      const { status, body } = await send('PUT', { policy });
      expect([status, String(body.message).length > 10]).toEqual([400, true]);
    }
    expect(steered.live.cell?.splits).toEqual({ rhoC: 0.8, rhoP: 0.1 });
    expect((await send('DELETE')).body).toMatchObject({ policy: 'fixed:0.3,0.3', by: 'start' });
    expect(steered.live.cell?.splits).toEqual({ rhoC: 0.3, rhoP: 0.3 });
    await steered.close();
    rmSync(own, { recursive: true, force: true });
    expect((await call('PUT', '/api/live/policy', { policy: 'age-aware' })).status).toBe(404);
  });
});
