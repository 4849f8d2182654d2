import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROKER_SETTINGS } from '../src/broker/external.js';
import { Devices, type SentUpdate } from '../src/load/devices.js';
import { startPostgres } from '../src/testing/postgres.js';
import { expectAll, expectIntact, Feed, KILLS, THINGS, TIMEOUT } from './kill.js';
import { eventually, sleep, startLive, startMosquitto, type LiveProcess } from './processes.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-kill-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('kill -9', () => {
  it(
    'of the Mosquitto: nothing receipted is lost, and what has no receipt is sent again',
    async () => {
      const mosquitto = await startMosquitto(BROKER_SETTINGS);
      const live = await startLive([
        '--dir',
        dir,
        '--broker',
        `mqtt://127.0.0.1:${mosquitto.port}`,
        '--http-port',
        '0',
      ]);
      const unreceipted = new Map<string, SentUpdate>();
      const receipted: SentUpdate[] = [];
      let seq = 0;
      const connect = async (name: string) => {
        const devices = await Devices.connect(mosquitto.port, name);
        devices.subscribe('things/+/receipt');
        devices.onMessage = ({ topic, payload }) => {
          const thing = topic.split('/')[1];
          for (const one of JSON.parse(payload.toString()) as { t: number; seq: number }[]) {
            const key = `${thing} ${one.t} ${one.seq}`;
            const sent = unreceipted.get(key);
            if (sent !== undefined) receipted.push(sent);
            unreceipted.delete(key);
          }
        };
        await sleep(50);
        for (const sent of unreceipted.values()) devices.update(sent, true);
        return devices;
      };
      try {
        for (let kill = 0; kill <= KILLS; kill++) {
          const devices = await connect(`feed-${kill}`);
          await eventually(async () => (await fetch(`${live.http}/ready`)).status === 200);
          for (let round = 0; round < 20; round++) {
            for (let i = 0; i < 10; i++) {
              const sent = { thing: `plant:p-${seq % THINGS}`, t: Date.now(), seq, value: seq };
              unreceipted.set(`${sent.thing} ${sent.t} ${seq++}`, sent);
              devices.update(sent, true);
            }
            await sleep(10);
          }
          // A device sends again what has no receipt for long: who was killed may have lost our subscription with it.
          if (kill === KILLS)
            await eventually(() => unreceipted.size === 0, 5000).catch(() => connect('again'));
          if (kill === KILLS) await eventually(() => unreceipted.size === 0);
          else await mosquitto.crash();
          devices.end();
        }
        expect(receipted).toHaveLength(seq);
        await expectAll(live.http, receipted);
        await live.kill('SIGTERM');
        await expectIntact(dir);
      } finally {
        await live.kill();
        await mosquitto.stop();
      }
    },
    TIMEOUT,
  );

  it(
    'of PostgreSQL, under two processes that share it: nothing acknowledged is lost',
    async () => {
      const postgres = await startPostgres();
      const url = await postgres.newDatabase();
      const args = (name: string) => [
        '--dir',
        path.join(dir, name),
        '--store',
        url,
        '--mqtt-port',
        '0',
        '--http-port',
        '0',
      ];
      const lives: LiveProcess[] = await Promise.all([startLive(args('a')), startLive(args('b'))]);
      const feeds = [new Feed(), new Feed()];
      feeds[1].sent = 20_000_000; // keys of its own: a multiple of THINGS away
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          await Promise.all(feeds.map((feed, at) => feed.run(lives[at].mqttPort, `feed-${kill}`)));
          await sleep(200 + ((kill * 97) % 300));
          await postgres.crash();
          await Promise.all(feeds.map((feed) => feed.stop()));
        }
        const acknowledged = feeds.flatMap((feed) => feed.acknowledged);
        expect(acknowledged.length).toBeGreaterThan(50 * KILLS);
        await eventually(
          async () => (await fetch(`${lives[0].http}/api/2/things/plant:p-0/ages`)).status === 200,
        );
        // each learns of the other's rows ten times a second, on a busy machine later
        const learned = () => Promise.all(lives.map(({ http }) => expectAll(http, acknowledged)));
        const haveLearned = () =>
          learned().then(
            () => true,
            () => false,
          );
        await eventually(haveLearned, 8000).catch(() => undefined);
        await learned();
        await Promise.all(lives.map((live) => live.kill('SIGTERM')));
        await expectIntact(dir, ['--store', url]);
        if (KILLS > 3) console.log(`PostgreSQL: ${KILLS} kills, ${acknowledged.length} acknowledged, 0 lost`);
      } finally {
        await Promise.all(lives.map((live) => live.kill()));
        await postgres.stop();
      }
    },
    TIMEOUT + 20_000,
  );
});
