import { expect } from 'vitest';
import { Devices, type SentUpdate } from '../src/load/devices.js';
import { eventually, metalore } from './processes.js';

/** How often each is killed; KILLS=50 for the figures in docs/live.md. */
export const KILLS = Number(process.env.KILLS ?? 3);
export const THINGS = 40;
export const TIMEOUT = 20_000 + KILLS * 6000;

/** Sends updates, each with a key and value of its own, until it is told to stop or its connection is cut. */
export class Feed {
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
export async function history(http: string): Promise<Map<number, { times: number; t: number }>> {
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
export async function expectAll(http: string, acknowledged: readonly SentUpdate[]): Promise<void> {
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

/** The ledger of a folder, or of a store, verifies. */
export async function expectIntact(dir: string, store: string[] = []): Promise<void> {
  const { code, stdout } = await metalore(['live', 'verify', dir, ...store, '--json']);
  expect([code, (JSON.parse(stdout) as { fault: unknown }).fault]).toEqual([0, null]);
}
