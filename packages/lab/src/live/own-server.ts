import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { MetaloreError } from '@metalore/core/errors';

/** A live sub-metaverse that a command started for itself. */
export interface OwnServer {
  readonly mqtt: string;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts `metalore live` in a process of its own, on free ports and in a temporary folder.
 *
 * @param args scenario and options of `metalore live`
 * @throws MetaloreError with what the process said, if it ends before it is ready
 */
export async function startOwnServer(args: readonly string[]): Promise<OwnServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-fleet-'));
  const command = [process.argv[1], 'live', ...args, '--dir', dir];
  const child = spawn(process.execPath, [...command, '--mqtt-port', '0', '--http-port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, METALORE_LIVE_TOKEN: '' }, // ours alone: it asks for none
    detached: true, // Ctrl-C ends the episode first, then the server
  });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
    rmSync(dir, { recursive: true, force: true });
  };
  const ready = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const first = await Promise.race([ready, closed.then(() => undefined)]);
  if (first === undefined || child.exitCode !== null) {
    await stop();
    throw new MetaloreError('the live sub-metaverse ended before it was ready', { hint: said.trim() });
  }
  return { mqtt: (JSON.parse(first[0]) as { mqtt: string }).mqtt, stop };
}
