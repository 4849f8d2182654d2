import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureLoad } from '../src/load/load.js';
import { eventually, startLive, type LiveProcess } from './processes.js';

let dir: string;
let live: LiveProcess | undefined;
const file = () => path.join(dir, 'live.yaml');
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-config-'));
});
afterEach(async () => {
  await live?.kill();
  live = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const get = async <T>(where: string) => (await (await fetch(live!.http + where)).json()) as T;

/** The smallest binary glTF: no scene, and what is given. */
function glb(document: object, { claimed }: { claimed?: number } = {}): Buffer {
  const text = JSON.stringify({ asset: { version: '2.0' }, ...document });
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4, ' '));
  const header = Buffer.alloc(20);
  header.write('glTF', 0);
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(claimed ?? 20 + json.length, 8);
  header.writeUInt32LE(json.length, 12);
  header.write('JSON', 16);
  return Buffer.concat([header, json]);
}

describe('live.yaml', () => {
  it('is read again on SIGHUP under load, without a lost message', async () => {
    writeFileSync(file(), 'dir: data\nmqttPort: 0\nhttpPort: 0\nscenario: paper\npolicy: fixed:0.3,0.3\n');
    live = await startLive(['--config', file()]);
    const load = measureLoad({
      ...{ mqttPort: live.mqttPort, http: live.http, rate: 500, seconds: 4, things: 20 },
      onSecond: () => undefined,
      signal: new AbortController().signal,
    });
    const configs = [
      'rules: [{ name: any, value: { above: 0 } }]',
      'ingestRate: 100000',
      'policy: fixed:0.6,0.7',
    ];
    for (let at = 0; at < configs.length; at++) {
      await new Promise((resolve) => setTimeout(resolve, 900));
      const lines = [
        'dir: data',
        'mqttPort: 0',
        'httpPort: 0',
        'scenario: paper',
        ...configs.slice(0, at + 1),
      ];
      writeFileSync(file(), lines.join('\n'));
      live.child.kill('SIGHUP');
      await eventually(() => live!.said().split('read again').length === at + 2);
    }
    const { sent, stored } = await load;
    expect(sent).toBeGreaterThan(1500);
    expect(stored).toBe(sent);
    expect(await get('/api/live/policy')).toMatchObject({ policy: 'fixed:0.6,0.7', by: 'start' });
    expect((await get<{ rule: string }[]>('/api/live/alarms')).every(({ rule }) => rule === 'any')).toBe(
      true,
    );
    expect(live.said()).not.toContain('new start');
  }, 40_000);

  it('that is wrong is told whole, and changes nothing; what needs a new start is named', async () => {
    const good = 'dir: data\nmqttPort: 0\nhttpPort: 0\nkeep: [{ thing: "*", keep: [f/p] }]\n';
    writeFileSync(file(), good);
    live = await startLive(['--config', file()]);
    const send = async (q: number) => {
      const body = JSON.stringify({ features: { f: { properties: { p: q, q } } } });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${live!.http}/api/2/things/a:b`, { method: 'PUT', headers, body });
      return get<Record<string, unknown>>('/api/2/things/a:b/features/f/properties');
    };
    expect(await send(1)).toEqual({ p: 1 });
    writeFileSync(file(), 'kep: 1\nclientRate: -1\nrules: [{ name: x }]\norigins: [here]\n');
    live.child.kill('SIGHUP');
    await eventually(() => live!.said().includes('nothing is changed'));
    for (const place of ['kep', 'clientRate', 'rules.0', 'origins.0']) expect(live.said()).toContain(place);
    expect(await send(2)).toEqual({ p: 2 });
    writeFileSync(file(), good.replace('f/p', 'f/q').replace('httpPort: 0', 'httpPort: 1'));
    live.child.kill('SIGHUP');
    await eventually(() => live!.said().includes('httpPort will hold after a new start'));
    expect(await send(3)).toEqual({ q: 3 });
  }, 30_000);

  it('lets a page from elsewhere ask, and no other', async () => {
    writeFileSync(file(), 'dir: data\nmqttPort: 0\nhttpPort: 0\norigins: [https://studio.example]\n');
    live = await startLive(['--config', file()]);
    const from = (origin: string, method = 'GET') =>
      fetch(`${live!.http}/api/2/things`, {
        method,
        headers: { origin, ...(method === 'OPTIONS' && { 'access-control-request-method': 'PUT' }) },
      });
    const let_ = await from('https://studio.example');
    expect([let_.status, let_.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://studio.example',
    ]);
    const asked = await from('https://studio.example', 'OPTIONS');
    expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, content-type',
    ]);
    const other = await from('https://elsewhere.example');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  }, 30_000);

  it('takes models that hold all they need, and names those that do not', async () => {
    const models = path.join(dir, 'models');
    mkdirSync(models);
    const put = (name: string, bytes: Buffer) => writeFileSync(path.join(models, `${name}.glb`), bytes);
    put('org.example_pump_1', glb({}));
    writeFileSync(file(), 'dir: data\nmqttPort: 0\nhttpPort: 0\nmodels: models\n');
    live = await startLive(['--config', file()]);
    expect(await get('/api/live/models')).toEqual(['org.example_pump_1']);
    const model = await fetch(`${live.http}/api/live/models/org.example_pump_1`);
    expect(model.headers.get('content-type')).toBe('model/gltf-binary');
    expect(Buffer.from(await model.arrayBuffer()).equals(glb({}))).toBe(true);
    expect((await fetch(`${live.http}/api/live/models/${encodeURIComponent('../tokens')}`)).status).toBe(404);

    put('remote', glb({ images: [{ uri: 'https://elsewhere.example/track.png' }] }));
    put('short', glb({}, { claimed: 4000 }));
    put('huge', glb({ accessors: [{ count: 1e9 }] }));
    put('codec', glb({ extensionsRequired: ['KHR_draco_mesh_compression'] }));
    put('text', Buffer.from('<svg onload="alert(1)"/>'));
    live.child.kill('SIGHUP');
    await eventually(() => live!.said().includes('nothing is changed'));
    for (const why of ['remote.glb', 'track.png', 'short.glb', 'huge.glb', 'codec.glb', 'text.glb']) {
      expect(live.said()).toContain(why);
    }
    expect(await get('/api/live/models')).toEqual(['org.example_pump_1']);
  }, 30_000);
});
