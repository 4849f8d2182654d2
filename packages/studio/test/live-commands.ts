import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { COMMAND } from './studio-page.js';

/** A `metalore live` that a test has started. */
export interface LiveServer {
  readonly child: ChildProcess;
  readonly http: string;
  readonly mqtt: string;
}

/** Processes of the command line, all ended together. */
export class Commands {
  readonly #children: ChildProcess[] = [];

  start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  /** @param args options beside folder and ports; @param ports of MQTT and HTTP, any that are free without them */
  async startLive(
    dir: string,
    args: readonly string[] = [],
    ports: readonly string[] = ['0', '0'],
  ): Promise<LiveServer> {
    const [mqttPort, httpPort] = ports as [string, string];
    const own = ['--dir', dir, '--mqtt-port', mqttPort, '--http-port', httpPort, '--json'];
    const child = this.start('live', ...args, ...own);
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    return { child, ...(JSON.parse(line) as { http: string; mqtt: string }) };
  }

  async end(): Promise<void> {
    for (const child of this.#children) await stop(child);
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
