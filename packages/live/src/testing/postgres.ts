import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** A PostgreSQL server of a test's own. */
export interface TestPostgres {
  /** @returns its URL */
  newDatabase(): Promise<string>;
  /** kill -9 of all its processes, and a new start. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Where Debian keeps its programs, newest version first. */
function binaries(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.length > 0 ? path.join(base, versions[0], 'bin') : '';
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts a server in a folder of its own. PostgreSQL does not run as root: root runs it as the user `postgres`. */
export async function startPostgres(): Promise<TestPostgres> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-postgres-'));
  chmodSync(dir, 0o777);
  const isRoot = process.getuid?.() === 0;
  const command = (name: string, args: string[]): [string, string[]] => {
    const program = path.join(binaries(), name);
    return isRoot ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args];
  };
  const data = path.join(dir, 'data');
  const [initdb, initArgs] = command('initdb', ['-D', data, '-A', 'trust', '-U', 'metalore', '--no-sync']);
  const made = spawnSync(initdb, initArgs, { encoding: 'utf8', cwd: dir });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr || String(made.error)}`);
  const port = await freePort();
  const admin = `postgres://metalore@127.0.0.1:${port}/postgres`;
  let server: ChildProcess;
  const start = async () => {
    const settings = ['-p', String(port), '-h', '127.0.0.1', '-k', dir, '-D', data];
    const [postgres, args] = command('postgres', settings);
    const spawnServer = () => (server = spawn(postgres, args, { stdio: 'ignore', cwd: dir }));
    spawnServer();
    for (let tries = 0; ; tries++) {
      // After a kill the old backends hold its memory for a moment, and a new start fails.
      if (server.exitCode !== null || server.signalCode !== null) spawnServer();
      const client = new pg.Client({ connectionString: admin });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (tries > 150) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const kill = async (signal: string) => {
    const closed = once(server, 'close');
    // All of them: PostgreSQL has a process for each connection, and runuser stands before the first.
    spawnSync('pkill', [`-${signal}`, '-f', '--', `-D ${data}`]);
    await closed;
  };
  await start();
  let databases = 0;
  return {
    newDatabase: async () => {
      const name = `test${++databases}`;
      const client = new pg.Client({ connectionString: admin });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return `postgres://metalore@127.0.0.1:${port}/${name}`;
    },
    crash: async () => {
      await kill('KILL');
      await start();
    },
    stop: async () => {
      await kill('INT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
