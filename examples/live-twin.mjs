// A live twin in one process: a device publishes over MQTT, a program reads the twin and its age over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runLive } from '@metalore/live';
import mqtt from 'mqtt';

const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-live-twin-'));
const doors = { host: '127.0.0.1', mqttPort: 0, httpPort: 0, store: 'sqlite' };
const server = await runLive({ ...doors, dir, version: 'example', log: () => {} });

const device = await mqtt.connectAsync(server.mqtt);
const measured = Date.now() - 250; // a quarter of a second ago
const state = { t: measured, features: { motor: { rpm: 1450 } } };
await device.publishAsync('things/plant:pump-1/state', JSON.stringify(state), { qos: 1 }); // acknowledged once stored
await device.endAsync();

const twin = `${server.http}/api/2/things/plant:pump-1`;
const { motor } = await (await fetch(`${twin}/features`)).json();
const { features } = await (await fetch(`${twin}/ages`)).json();
console.log(`the twin says ${motor.properties.rpm} rpm`);
console.log(`it was measured 0.25 s or longer ago: ${features.motor.rpm.ageS >= 0.25}`);
await server.close();
rmSync(dir, { recursive: true });

// Prints:
//   the twin says 1450 rpm
//   it was measured 0.25 s or longer ago: true
