import mqtt from 'mqtt';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Commands, type LiveServer } from './live-commands.js';
import { expectAccessible, StudioBrowser } from './studio-page.js';

const IWER = readFileSync(createRequire(import.meta.url).resolve('iwer/build/iwer.min.js'), 'utf8');

let folder: string;
let studio: StudioBrowser;
let server: LiveServer;
let device: mqtt.MqttClient;
const commands = new Commands();

/** A binary glTF with one triangle of 3 by 4 m. */
function triangle(): Buffer {
  const corners = Buffer.from(new Float32Array([0, 0, 0, 3, 0, 0, 0, 4, 0]).buffer);
  const document = JSON.stringify({
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
    buffers: [{ byteLength: 36 }],
    bufferViews: [{ buffer: 0, byteLength: 36 }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [3, 4, 0] },
    ],
  });
  const json = Buffer.from(document.padEnd(Math.ceil(document.length / 4) * 4, ' '));
  const chunk = (type: string, bytes: Buffer) => {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(bytes.length, 0);
    header.write(type, 4, 'latin1');
    return Buffer.concat([header, bytes]);
  };
  const chunks = Buffer.concat([chunk('JSON', json), chunk('BIN\0', corners)]);
  const header = Buffer.alloc(12);
  header.write('glTF', 0);
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(12 + chunks.length, 8);
  return Buffer.concat([header, chunks]);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'studio-space-'));
  const models = path.join(folder, 'models');
  mkdirSync(models);
  writeFileSync(path.join(models, 'org.example_crane_1.glb'), triangle());
  studio = await StudioBrowser.start([], true);
  server = await commands.startLive(path.join(folder, 'live'), ['--models', models]);
  device = await mqtt.connectAsync(server.mqtt);
});
afterAll(async () => {
  await device?.endAsync();
  await studio?.stop();
  await commands.end();
  rmSync(folder, { recursive: true });
});

const say = (id: string, xM: number, yM: number, t = Date.now()) =>
  device.publishAsync(`things/${id}/state`, JSON.stringify({ t, features: { position: { xM, yM } } }), {
    qos: 1,
  });
const put = (id: string, document: object) =>
  fetch(`${server.http}/api/2/things/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
const openSpace = (before: readonly string[] = []) =>
  studio.open('live?picture=space', { at: server.http, before });
const framesPerS = async (page: Page) =>
  Number(await page.getAttribute('canvas[data-frames-per-s]', 'data-frames-per-s'));

describe('Live, in space', () => {
  it('moves, draws models by definition, chooses, and is saved as glTF', async () => {
    await put('yard:crane', { definition: 'org.example:crane:1', attributes: { deadlineS: 60 } });
    for (const [at, id] of ['yard:crane', 'yard:a', 'yard:b', 'yard:c'].entries())
      await say(id, 10 * at, 5 * at);
    const { page, complaints, requests } = await openSpace();
    const canvas = page.getByLabel('All things in space');
    await expect.poll(() => framesPerS(page), { timeout: 15_000 }).toBeGreaterThan(1);
    await expect
      .poll(() => requests.some((url) => url.includes('/api/live/models/org.example_crane_1')))
      .toBe(true);
    const before = await canvas.screenshot();
    await say('yard:a', 30, 30);
    await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(false);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as glTF' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('sub-metaverse.glb');
    const bytes = readFileSync(await download.path());
    const length = bytes.readUInt32LE(12);
    const { nodes } = JSON.parse(bytes.subarray(20, 20 + length).toString()) as {
      nodes: { name?: string; extras?: { band: string; ageS: number } }[];
    };
    const things = nodes.filter(({ name }) => name?.startsWith('yard'));
    expect(things.map(({ name }) => name).sort()).toEqual(['yard:a', 'yard:b', 'yard:c', 'yard:crane']);
    for (const { extras } of things) expect(extras).toMatchObject({ band: expect.any(String) as string });

    await canvas.focus();
    await page.keyboard.press('ArrowLeft');
    const whole = (await canvas.boundingBox())!;
    for (let at = 0; at < 400 && !page.url().includes('thing='); at++) {
      const [column, row] = [at % 20, Math.floor(at / 20)];
      await page.mouse.click(
        whole.x + ((column + 0.5) * whole.width) / 20,
        whole.y + ((row + 0.5) * whole.height) / 20,
      );
    }
    expect(page.url()).toContain('thing=yard');
    await expectAccessible(page);
    expect(complaints.filter((text) => !/GPU stall|swiftshader/i.test(text))).toEqual([]);
    await page.close();
  }, 50_000);

  it('is shown in a headset, on a table, and comes back', async () => {
    const emulated = `${IWER}; new IWER.XRDevice(IWER.metaQuest3).installRuntime({ forceInstall: true });`;
    const { page } = await openSpace([emulated]);
    const button = page.getByRole('button', { name: 'Show in a headset' });
    await button.click();
    const leave = page.getByRole('button', { name: 'Leave the headset' });
    await leave.waitFor();
    await page.waitForTimeout(500);
    await leave.dispatchEvent('click'); // the emulated glasses cover the page
    await button.waitFor();
    await expect.poll(() => framesPerS(page), { timeout: 15_000 }).toBeGreaterThan(1);
    expect(await page.locator('.fault').count()).toBe(0);
    await page.close();
  }, 40_000);

  it('says when a thing that fell silent is past its deadline, and tells the ages of the instant', async () => {
    const deadlineS = 3;
    await put('yard:clock', { attributes: { deadlineS } });
    const { page } = await studio.open('live?thing=yard%3Aclock', { at: server.http });
    await page.locator('[data-id="yard:clock"]').waitFor();
    const t = Date.now();
    await say('yard:clock', 1, 1, t);
    const staleAt = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const look = () => {
            const label = document.querySelector('[data-id="yard:clock"]')?.getAttribute('aria-label');
            if (label?.endsWith('stale')) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    expect(Math.abs(staleAt - t - 1000 * deadlineS)).toBeLessThan(1000);
    const answer = await page.waitForResponse((response) => response.url().endsWith('/ages'));
    const told = (await answer.json()) as { features: { position: { xM: { meanAgeS: number } } } };
    await expect
      .poll(async () => Number(await page.locator('[data-mean-age]').first().getAttribute('data-mean-age')), {
        interval: 10,
      })
      .toBe(told.features.position.xM.meanAgeS);
    await page.close();
  }, 40_000);

  it('is shown by a studio elsewhere, once its origin is let', async () => {
    const config = path.join(folder, 'live.yaml');
    const lines = ['dir: elsewhere', 'mqttPort: 0', 'httpPort: 0'];
    writeFileSync(config, lines.join('\n'));
    const child = commands.start('live', '--config', config, '--json');
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    const own = await StudioBrowser.start(['--live', (JSON.parse(line) as { http: string }).http]);
    try {
      const page = await own.browser.newPage();
      await page.goto(own.url);
      const connection = page.getByTestId('connection');
      await page.waitForEvent('requestfailed', (request) => request.url().endsWith('/caller'));
      expect(await connection.textContent()).toContain('connecting');
      writeFileSync(config, [...lines, `origins: [${new URL(own.url).origin}]`].join('\n'));
      child.kill('SIGHUP');
      await connection.getByText('connected', { exact: true }).waitFor();
    } finally {
      await own.stop();
    }
  }, 40_000);

  // THINGS=10000 for more of them.
  it('bears a thousand things that move', async () => {
    const things = Number(process.env['THINGS'] ?? 1000);
    const side = Math.ceil(Math.sqrt(things));
    let seq = 0;
    const move = (k: number, by: number) =>
      device.publishAsync(
        `things/many:${k}/state`,
        JSON.stringify({
          ...{ t: Date.now(), seq: seq++ },
          features: { position: { xM: 10 * (k % side) + by, yM: 10 * Math.floor(k / side) } },
        }),
        { qos: 1 },
      );
    await Promise.all(Array.from({ length: things }, (_, k) => move(k, 0)));
    const before = performance.now();
    const { page } = await openSpace();
    await page.waitForFunction(
      (all) => Number(document.querySelector('[data-testid=things]')?.textContent) >= all,
      things,
    );
    const shownS = (performance.now() - before) / 1000;
    const moving = setInterval(() => {
      for (let n = 0; n < things / 50; n++) void move(Math.floor(things * Math.random()), Math.random());
    }, 100);
    await page.waitForTimeout(6000);
    clearInterval(moving);
    const rate = await framesPerS(page);
    console.log(
      `${things} things: known ${shownS.toFixed(1)} s after the address was opened; ` +
        `in space ${rate.toFixed(0)} frames/s, rendered in software`,
    );
    expect(rate).toBeGreaterThan(things > 1000 ? 0 : 1);
    await page.close();
  }, 60_000);
});
