import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROKER_SETTINGS } from '../src/broker/external.js';
import { expectAll, expectIntact, Feed, history, KILLS, TIMEOUT } from './kill.js';
import { eventually, sleep, startLive, startMosquitto } from './processes.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-kill-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('kill -9', () => {
  it(
    'of our process, with the embedded broker: nothing acknowledged is lost',
    async () => {
      const feed = new Feed();
      const args = ['--dir', dir, '--mqtt-port', '0', '--http-port', '0'];
      let live = await startLive(args);
      for (let kill = 0; kill < KILLS; kill++) {
        await feed.run(live.mqttPort, `feed-${kill}`);
        await sleep(150 + ((kill * 97) % 500));
        await live.kill();
        await feed.stop();
        live = await startLive(args);
      }
      expect(feed.acknowledged.length).toBeGreaterThan(100 * KILLS);
      await expectAll(live.http, feed.acknowledged);
      await live.kill('SIGTERM');
      await expectIntact(dir);
      if (KILLS > 3)
        console.log(`embedded: ${KILLS} kills, ${feed.acknowledged.length} acknowledged, 0 lost`);
    },
    TIMEOUT,
  );

  it(
    'of our process, behind a Mosquitto: nothing acknowledged is lost',
    async () => {
      const mosquitto = await startMosquitto(BROKER_SETTINGS);
      const feed = new Feed();
      const args = ['--dir', dir, '--broker', `mqtt://127.0.0.1:${mosquitto.port}`, '--http-port', '0'];
      let live = await startLive(args);
      try {
        await feed.run(mosquitto.port, 'feed');
        for (let kill = 0; kill < KILLS; kill++) {
          await sleep(150 + ((kill * 97) % 500));
          await live.kill();
          await sleep(100);
          live = await startLive(args);
        }
        await feed.stop(true);
        await eventually(async () => (await history(live.http)).size >= feed.acknowledged.length, 30_000);
        await expectAll(live.http, feed.acknowledged);
        await live.kill('SIGTERM');
        await expectIntact(dir);
        if (KILLS > 3)
          console.log(`Mosquitto: ${KILLS} kills, ${feed.acknowledged.length} acknowledged, 0 lost`);
      } finally {
        await live.kill();
        await mosquitto.stop();
      }
    },
    TIMEOUT,
  );
});
