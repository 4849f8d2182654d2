import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLive, type LiveServer } from '../run.js';

let dir: string;
let server: LiveServer;
let bare: LiveServer;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-what-if-'));
  const start = (name: string, cell: object) =>
    runLive({
      ...{
        host: '127.0.0.1',
        store: 'sqlite',
        mqttPort: 0,
        httpPort: 0,
        version: 'test',
        log: () => undefined,
      },
      dir: mkdtempSync(path.join(dir, name)),
      ...cell,
    });
  bare = await start('bare', {});
  server = await start('cell', {
    scenario: parseScenario({}),
    policy: parsePolicy('fixed:0.5,0.5'),
    speed: 20,
  });
});
afterAll(async () => {
  await server.close();
  await bare.close();
  rmSync(dir, { recursive: true, force: true });
});

const ask = async (body: object, of = server) => {
  const answer = await fetch(`${of.http}/api/live/analyses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'whatIf', ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as { message: string; inS: number[] } };
};

describe('POST /api/live/analyses, whatIf', () => {
  it('refuses what it cannot answer, and says why', async () => {
    expect(await ask({ policy: 'age-aware' }, bare)).toMatchObject({ status: 404 });
    const idle = await ask({ policy: 'age-aware' });
    expect([idle.status, idle.body.message]).toEqual([409, expect.stringContaining('nobody has asked')]);
    expect((await ask({ policy: 'nonsense' })).status).toBe(400);
    const blind = await ask({ policy: 'demand-proportional' });
    expect([blind.status, blind.body.message]).toEqual([400, expect.stringContaining('does not see')]);
    expect((await ask({})).status).toBe(400);
  });

  it('tells two futures, and a twin if one is named', async () => {
    const say = (topic: string, message: object) =>
      server.live.receive(topic, Buffer.from(JSON.stringify(message)));
    for (let k = 0; k < 3; k++) {
      const features = { position: { xM: 50 * k, yM: 20 } };
      await say(`things/plant:sensor-${k}/state`, { t: Date.now(), features });
      const position = { t: Date.now(), xM: 40 * k, yM: 30 };
      await say(`requests/plant-ue-${k}`, { t: Date.now(), id: '1', thing: `plant:sensor-${k}`, position });
    }
    const { status, body } = await ask({ policy: 'fixed:0.2,0.9', horizonS: 3, thing: 'plant:sensor-0' });
    expect(status).toBe(200);
    expect(body.inS).toHaveLength(60);
    expect(body).toMatchObject({
      episodes: 32,
      futures: [{ policy: 'fixed:0.5,0.5' }, { policy: 'fixed:0.2,0.9' }],
    });
    // Two minutes of a twentieth of a second each would be too many steps: it looks as far as it may.
    expect((await ask({ policy: 'age-aware' })).body.inS.at(-1)).toBe(60);
    expect((await ask({ policy: 'age-aware', horizonS: 120 })).status).toBe(409);
    const twin = await fetch(
      `${server.http}/api/2/things/plant:sensor-0/features/analysis/properties/whatIf`,
    );
    expect(await twin.json()).toMatchObject({
      now: 'fixed:0.5,0.5',
      otherwise: 'fixed:0.2,0.9',
      episodes: 32,
    });
  });
});
