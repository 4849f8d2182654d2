import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROKER_SETTINGS } from '../src/broker/external.js';
import { Devices, type SentUpdate } from '../src/load/devices.js';
import { startPostgres } from '../src/testing/postgres.js';
import { eventually, metalore, sleep, startLive, startMosquitto, type LiveProcess } from './processes.js';

/** How often each is killed; KILLS=50 for the figure in docs/live.md. */
const KILLS = Number(process.env.KILLS ?? 3);
const THINGS = 40;
const TIMEOUT = 20_000 + KILLS * 6000;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-kill-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Sends updates, each with a key and value of its own, until it is told to stop or its connection is cut. */
class Feed {
  sent = 0;
  readonly acknowledged: SentUpdate[] = [];
  #devices: Devices | undefined;
  #timer: NodeJS.Timeout | undefined;

  async run(port: number, name: string): Promise<void> {
    this.#devices = await Devices.connect(port, name).catch(() => undefined);
    if (this.#devices !== undefined) {
      this.#devices.onAcknowledged = (sent) => sent && this.acknowledged.push(sent);
    }
    this.#timer = setInterval(() => {
      const devices = this.#devices;
      if (devices === undefined || devices.closed || devices.unacknowledged > 500) return;
      for (let i = 0; i < 8; i++) {
        const seq = this.sent++;
        devices.update({ thing: `plant:p-${seq % THINGS}`, t: Date.now(), seq, value: seq });
      }
    }, 2);
  }

  /** @param settle let what is on its way be acknowledged first */
  async stop(settle = false): Promise<void> {
    clearInterval(this.#timer);
    if (settle) await eventually(() => this.#devices === undefined || this.#devices.unacknowledged === 0);
    this.#devices?.end();
  }
}

/** Every update in history by its sequence number: how often, and when. */
async function history(http: string): Promise<Map<number, { times: number; t: number }>> {
  const seen = new Map<number, { times: number; t: number }>();
  for (let thing = 0; thing < THINGS; thing++) {
    let cursor = '';
    do {
      const url = `${http}/api/2/things/plant:p-${thing}/features/motor/timeseries/rpm?limit=10000${cursor}`;
      const { points = [], next } = (await (await fetch(url)).json()) as {
        points?: { t: number; seq: number; value: number }[];
        next?: string | null;
      };
      for (const { t, seq, value } of points) {
        expect(value).toBe(seq);
        seen.set(seq, { times: (seen.get(seq)?.times ?? 0) + 1, t });
      }
      cursor = next ? `&cursor=${next}` : '';
    } while (cursor !== '');
  }
  return seen;
}

/** Nothing acknowledged is missing, nothing is there twice, and every twin shows its freshest. */
async function expectAll(http: string, acknowledged: readonly SentUpdate[]): Promise<void> {
  const seen = await history(http);
  expect(acknowledged.filter(({ seq }) => !seen.has(seq))).toEqual([]);
  expect([...seen.values()].every(({ times }) => times === 1)).toBe(true);
  for (let thing = 0; thing < THINGS; thing++) {
    const id = `plant:p-${thing}`;
    const of = [...seen].filter(([seq]) => seq % THINGS === thing);
    if (of.length === 0) continue;
    const [[freshest]] = of.sort(([a, { t: ta }], [b, { t: tb }]) => tb - ta || b - a);
    const value = (await (
      await fetch(`${http}/api/2/things/${id}/features/motor/properties/rpm`)
    ).json()) as number;
    expect(value).toBe(freshest);
  }
}

async function expectIntact(store: string[] = []): Promise<void> {
  const { code, stdout } = await metalore(['live', 'verify', dir, ...store, '--json']);
  expect([code, (JSON.parse(stdout) as { fault: unknown }).fault]).toEqual([0, null]);
}

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
      await expectIntact();
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
        await expectIntact();
        if (KILLS > 3)
          console.log(`Mosquitto: ${KILLS} kills, ${feed.acknowledged.length} acknowledged, 0 lost`);
      } finally {
        await live.kill();
        await mosquitto.stop();
      }
    },
    TIMEOUT,
  );

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
          if (kill === KILLS) await eventually(() => unreceipted.size === 0);
          else await mosquitto.crash();
          devices.end();
        }
        expect(receipted).toHaveLength(seq);
        await expectAll(live.http, receipted);
        await live.kill('SIGTERM');
        await expectIntact();
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
        await sleep(500); // each learns of the other's rows ten times a second
        for (const { http } of lives) await expectAll(http, acknowledged);
        await Promise.all(lives.map((live) => live.kill('SIGTERM')));
        await expectIntact(['--store', url]);
        if (KILLS > 3) console.log(`PostgreSQL: ${KILLS} kills, ${acknowledged.length} acknowledged, 0 lost`);
      } finally {
        await Promise.all(lives.map((live) => live.kill()));
        await postgres.stop();
      }
    },
    TIMEOUT,
  );
});
