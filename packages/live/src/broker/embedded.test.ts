import mqtt from 'mqtt';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Gate } from '../access/gate.js';
import type { Broker } from './broker.js';
import type { Settings } from '../service/settings.js';
import { startEmbeddedBroker, type EmbeddedBrokerOptions } from './embedded.js';

let broker: Broker;
const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-broker-'));
afterEach(() => broker.close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const start = async (options: Partial<EmbeddedBrokerOptions> = {}) => {
  broker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    gate: new Gate(dir, undefined, () => undefined),
    settings: () => ({}),
    onRefused: () => undefined,
    onSpeed: () => undefined,
    onTruth: () => undefined,
    receive: () => Promise.resolve(),
    ...options,
  });
  return mqtt.connectAsync(broker.url, { rejectUnauthorized: false });
};

/** Resolves with what came until nothing has come for a while. */
async function collected(messages: readonly string[]): Promise<readonly string[]> {
  for (let count = -1; count < messages.length;) {
    count = messages.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return messages;
}

describe('the embedded broker', () => {
  it('delivers every reply, whatever is said between them', async () => {
    const client = await start();
    const messages: string[] = [];
    client.on('message', (topic, payload) => messages.push(`${topic} ${payload.toString()}`));
    await client.subscribeAsync(['replies/+', 'control/+'], { qos: 1 });
    const sent: string[] = [];
    const send = (topic: string, payload: string, retain = false) => {
      broker.publish(topic, payload, { retain });
      sent.push(`${topic} ${payload}`);
    };
    for (let step = 0; step < 50; step++) {
      for (let k = 0; k < 5; k++) send(`replies/ue-${k}`, `${step}`);
      send('control/requests', `${step}`, true);
    }
    expect([...(await collected(messages))].sort()).toEqual(sent.sort());
    await client.endAsync();
  });

  it('delivers messages of devices of every QoS to whoever listens', async () => {
    const client = await start();
    const device = await mqtt.connectAsync(broker.url);
    const messages: string[] = [];
    client.on('message', (_topic, payload) => messages.push(payload.toString()));
    await client.subscribeAsync('things/+/state', { qos: 2 });
    const sent = Array.from({ length: 60 }, (_, k) => String(k));
    await Promise.all(
      sent.map((text) =>
        device.publishAsync('things/a:b/state', text, { qos: (Number(text) % 3) as 0 | 1 | 2 }),
      ),
    );
    expect([...(await collected(messages))].sort()).toEqual([...sent].sort());
    await Promise.all([client.endAsync(), device.endAsync()]);
  });

  it('speaks TLS, and paces a client that sends more than it may', async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(dir, name));
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ];
    spawnSync('openssl', [...args, '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);
    let received = 0;
    const client = await start({
      tls: { key: readFileSync(key), cert: readFileSync(cert) },
      settings: () => ({ clientRate: 20 }),
      receive: () => Promise.resolve(void received++),
    });
    expect(broker.url).toMatch(/^mqtts:/);
    const before = performance.now();
    await Promise.all(
      Array.from({ length: 12 }, (_, k) => client.publishAsync('things/a:b/state', String(k), { qos: 1 })),
    );
    expect(received).toBe(12);
    expect(performance.now() - before).toBeGreaterThan(350); // two at once, then twenty a second
    await client.endAsync();
  });

  it('holds a client to its bytes and its things, and hears of the rest no more', async () => {
    const received: string[] = [];
    const refused: string[] = [];
    const settings: Settings = { clientBytesPerS: 20_000, clientThings: 2 };
    const client = await start({
      settings: () => settings,
      onRefused: ({ kind }, topic) => refused.push(`${kind} ${topic}`),
      receive: (topic) => Promise.resolve(void received.push(topic)),
    });
    const before = performance.now();
    const say = (id: string) => client.publishAsync(`things/${id}/state`, 'x'.repeat(5000), { qos: 1 });
    for (let k = 0; k < 3; k++) await Promise.all([say('a:1'), say('a:2')]);
    expect(received).toHaveLength(6);
    // 30,000 bytes at 20,000 a second; the last ones are paid for afterwards.
    expect(performance.now() - before).toBeGreaterThan(900);
    await say('a:3'); // acknowledged, as it would not be taken the next time either
    expect([received.length, refused]).toEqual([6, ['room things/a:3/state']]);
    await client.endAsync();
  });
});
