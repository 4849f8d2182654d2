import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Devices } from '../src/load/devices.js';
import { eventually, startLive, type LiveProcess } from './processes.js';

let dir: string;
let live: LiveProcess;
beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-hostile-'));
  live = await startLive(['--dir', dir, '--mqtt-port', '0', '--http-port', '0', '--max-things', '500']);
});
afterEach(async () => {
  await live.kill();
  rmSync(dir, { recursive: true, force: true });
});

const counts = async () =>
  (await (await fetch(`${live.http}/api/live/counts`)).json()) as {
    accepted: number;
    things: number;
    refused: Record<string, number>;
  };

/** A neighbour's update: how long it takes to be stored, ms. */
async function neighbourMs(): Promise<number> {
  const neighbour = await mqtt.connectAsync(`mqtt://127.0.0.1:${live.mqttPort}`);
  const start = performance.now();
  const message = { t: Date.now(), features: { f: { p: 1 } } };
  await neighbour.publishAsync('things/good:neighbour/state', JSON.stringify(message), { qos: 1 });
  const took = performance.now() - start;
  await neighbour.endAsync();
  return took;
}

describe('hostile clients do not harm a neighbour', () => {
  it('half-open connections are cut, and cost nothing meanwhile', async () => {
    const open = (first: Buffer) =>
      new Promise<Socket>((resolve) => {
        const socket = connect(live.mqttPort, '127.0.0.1', () => {
          if (first.length > 0) socket.write(first);
          resolve(socket);
        });
        socket.on('error', () => undefined);
      });
    // Nothing; half a CONNECT; one that promises 256 MB.
    const firsts = [
      Buffer.alloc(0),
      Buffer.from([0x10, 0x20, 0, 4]),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
    ];
    const sockets = await Promise.all(Array.from({ length: 600 }, (_, k) => open(firsts[k % 3])));
    expect(await neighbourMs()).toBeLessThan(2000);
    await eventually(() => sockets.every((socket) => socket.closed), 15_000);
    expect((await fetch(`${live.http}/ready`)).status).toBe(200);
  }, 40_000);

  it('a flood of topics and of rubbish is refused, counted, and acknowledged', async () => {
    const flood = await Devices.connect(live.mqttPort, 'flood');
    const rubbish = [
      '{',
      '[]',
      '{"t":1e400}',
      '{"__proto__":{}}',
      `${'['.repeat(40)}${']'.repeat(40)}`,
      'x'.repeat(70_000),
    ];
    await neighbourMs();
    for (let k = 0; k < 20_000; k++) {
      const state = JSON.stringify({ t: Date.now(), features: { f: { p: k } } });
      flood.publish(`things/flood:thing-${k}/state`, k % 100 === 99 ? rubbish[((k / 100) % 6) | 0] : state);
    }
    for (const topic of ['things/../../etc/state', 'things/a:b/../c', 'replies/x', 'things/a%2fb:c/state']) {
      (await Devices.connect(live.mqttPort, `odd-${topic.length}`)).publish(topic, '{}');
    }
    await eventually(() => flood.unacknowledged === 0, 30_000);
    const { things, refused } = await counts();
    expect(things).toBe(500);
    // Of 20,000 messages 200 are rubbish, and one of the 500 things is the neighbour.
    expect(refused.room).toBe(19_800 - 499);
    await eventually(async () => {
      const all = Object.values((await counts()).refused).reduce((sum, count) => sum + count);
      return all === refused.room + 200 + 4;
    });
    expect(await neighbourMs()).toBeLessThan(2000);
    flood.end();
  }, 50_000);
});
