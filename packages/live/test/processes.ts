import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/testing/postgres.js';

const BIN = fileURLToPath(new URL('../../lab/bin/metalore.js', import.meta.url));

/** A process of `metalore live`, started as a user starts it. */
export interface LiveProcess {
  readonly http: string;
  readonly mqttPort: number;
  readonly child: ChildProcess;
  /** How long it took to take messages, ms. */
  readonly readyMs: number;
  /** What it has said on standard error. */
  said(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** @throws Error with what it said, if it ends before it is ready */
export async function startLive(args: readonly string[]): Promise<LiveProcess> {
  const start = performance.now();
  const child = spawn(process.execPath, [BIN, 'live', ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${text} ${said}`)));
  });
  const { http, mqtt } = JSON.parse(line) as { http: string; mqtt: string };
  return {
    http,
    mqttPort: Number(new URL(mqtt).port),
    child,
    readyMs: performance.now() - start,
    said: () => said,
    kill: async (signal = 'SIGKILL') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    },
  };
}

/** Runs the command to its end. */
export async function metalore(args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout };
}

/** A Mosquitto of a test's own. */
export interface Mosquitto {
  readonly port: number;
  /** kill -9 and a new start on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMosquitto(settings: readonly string[]): Promise<Mosquitto> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-mosquitto-'));
  chmodSync(dir, 0o777); // as root it becomes the user mosquitto
  const port = await freePort();
  const file = path.join(dir, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    `persistence_location ${dir}/`,
    ...settings,
  ];
  writeFileSync(file, lines.join('\n') + '\n');
  const program = existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto';
  let child: ChildProcess;
  const start = async () => {
    child = spawn(program, ['-c', file], { stdio: 'ignore' });
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries > 100) throw new Error('mosquitto does not listen');
      await sleep(50);
    }
  };
  const kill = async (signal: NodeJS.Signals) => {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };
  await start();
  return {
    port,
    crash: async () => {
      await kill('SIGKILL');
      await start();
    },
    stop: async () => {
      await kill('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats until it holds. @throws Error after `ms` */
export async function eventually(what: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > end) throw new Error('it did not come to pass in time');
    await sleep(20);
  }
}
