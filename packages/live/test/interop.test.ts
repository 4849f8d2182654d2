import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Thing, DittoNodeClient, NodeHttpBasicAuth } from '@eclipse-ditto/ditto-javascript-client-node';
import { HttpClientFactory } from '@node-wot/binding-http';
import { Servient } from '@node-wot/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLive, type LiveProcess } from './processes.js';

const SCHEMATHESIS = fileURLToPath(new URL('../../../python/.venv/bin/schemathesis', import.meta.url));

let dir: string;
let live: LiveProcess;
beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-interop-'));
  live = await startLive(['--dir', dir, '--mqtt-port', '0', '--http-port', '0']);
});
afterAll(async () => {
  await live.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

describe('programs of others, unchanged', () => {
  it('Eclipse Ditto’s JavaScript client', async () => {
    const client = DittoNodeClient.newHttpClient()
      .withoutTls()
      .withDomain(new URL(live.http).host)
      .withAuthProvider(NodeHttpBasicAuth.newInstance('ditto', 'ditto'))
      .build();
    const things = client.getThingsHandle();
    const thing = Thing.fromObject({
      thingId: 'plant:press-1',
      attributes: { maker: 'X' },
      features: { motor: { properties: { rpm: 1450 } } },
    });
    expect((await things.putThing(thing)).status).toBe(201);
    const got = await things.getThing('plant:press-1');
    expect(got.attributes).toEqual({ maker: 'X' });
    expect(got.features!.motor.properties).toEqual({ rpm: 1450 });
    const features = client.getFeaturesHandle('plant:press-1');
    expect((await features.putProperty('motor', 'rpm', 1500)).status).toBe(204);
    expect(await features.getProperty('motor', 'rpm')).toBe(1500);
    expect(Object.keys(await features.getFeatures())).toEqual(['motor']);
    expect((await things.putAttribute('plant:press-1', 'floor', 2)).status).toBe(201);
    expect(await things.getAttributes('plant:press-1')).toEqual({ maker: 'X', floor: 2 });
    expect((await features.deleteFeature('motor')).status).toBe(204);
    expect((await things.deleteThing('plant:press-1')).status).toBe(204);
    await expect(things.getThing('plant:press-1')).rejects.toMatchObject({ status: 404 });
  });

  it('Eclipse Thingweb’s node-wot', async () => {
    const put = (value: unknown) =>
      fetch(`${live.http}/api/2/things/plant:oven`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      });
    await put({ features: { heat: { properties: { celsius: 180.5, program: { name: 'bread' } } } } });
    const servient = new Servient();
    servient.addClientFactory(new HttpClientFactory());
    const wot = await servient.start();
    const thing = await wot.consume(
      await wot.requestThingDescription(`${live.http}/api/2/things/plant:oven/wot`),
    );
    expect(await (await thing.readProperty('heat_celsius')).value()).toBe(180.5);
    expect(await (await thing.readProperty('heat_program')).value()).toEqual({ name: 'bread' });
    await thing.writeProperty('heat_celsius', 200);
    expect(await (await thing.readProperty('heat_celsius')).value()).toBe(200);
    await servient.shutdown();
  });

  // EXAMPLES=200 for a long search.
  it.skipIf(!existsSync(SCHEMATHESIS))('schemathesis finds nothing against the description', () => {
    const examples = process.env.EXAMPLES ?? '5';
    const args = [
      'run',
      `${live.http}/openapi.json`,
      '--max-examples',
      examples,
      '--seed',
      '1',
      '--no-color',
      '--exclude-path', // a stream that never ends
      '/api/live/stream',
    ];
    const run = spawnSync(SCHEMATHESIS, args, { cwd: dir, encoding: 'utf8' });
    expect(run.stdout.slice(run.stdout.indexOf('= FAILURES =')), run.stdout).not.toContain('❌');
    expect(run.status).toBe(0);
  });
});
