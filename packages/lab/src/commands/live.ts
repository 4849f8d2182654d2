import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import type { LiveServer, RunLiveOptions } from '@metalore/live';
import type { Command } from 'commander';
import { parse as parseYaml } from 'yaml';
import { siteFolder } from '../studio-server/site.js';
import { version } from '../results/manifest.js';
import { loadCell, loadLivePolicy } from './live-cell.js';
import { loadLive } from '../live/load-live.js';
import { note, print, printJson } from '../terminal/output.js';
import { registerLiveFiles } from './live-files.js';
import { registerLiveAccess } from './live-token.js';
import { registerLiveLoad } from './live-load.js';
import { collect, integerOption, numberOption, tokenOption } from './options.js';

interface LiveCommandOptions {
  dir: string;
  broker?: string;
  store: string;
  mqttPort: string;
  httpPort: string;
  host: string;
  token?: string;
  policy: string;
  set: string[];
  speed?: string;
  rules?: string;
  keep?: string;
  ingestRate?: string;
  retentionHours?: string;
  clientRate?: string;
  tlsCert?: string;
  tlsKey?: string;
  maxThings: string;
  json?: true;
}

const THIS_MACHINE = '127.0.0.1';

/** `metalore live`: a sub-metaverse that runs, and `live verify`: whether its ledger is what it was. */
export function registerLive(program: Command): void {
  const command = program
    .command('live')
    .description('Run live twins: devices over MQTT in, twins with their ages over HTTP out')
    .argument('[scenario]', 'a scenario of one cell, whose compute and splits this server then has')
    .option('--dir <dir>', 'where twins, history and ledger are kept', 'live')
    .option(
      '--broker <url>',
      'a broker of your own, mqtt(s)://user:password@host:port, in place of the embedded one',
    )
    .option(
      '--store <store>',
      'sqlite, in the folder, or postgres://user@host/database for several processes',
      'sqlite',
    )
    .option('--mqtt-port <n>', 'of the embedded MQTT broker; 0 for any that is free', '1883')
    .option('--http-port <n>', '0 for any that is free', '8080')
    .option(
      '--host <host>',
      'address to listen on; another than this machine’s own needs --token',
      THIS_MACHINE,
    )
    .option(
      '--token <token>',
      'what clients must show: MQTT password, HTTP bearer (default: $METALORE_LIVE_TOKEN)',
    )
    .option('--policy <policy>', 'what splits bandwidth and compute, as in simulate', 'fixed:0.3,0.3')
    .option('--set <path=value>', 'change a field of the scenario; repeatable', collect, [])
    .option('--speed <x>', 'steps a second (default: 1, or what a fleet says)')
    .option('--rules <file>', 'alarms (YAML or JSON); without it, values that do not fit what came before')
    .option(
      '--keep <file>',
      'properties that are kept, by thing or definition (YAML or JSON); others are never stored',
    )
    .option('--ingest-rate <n>', 'messages a second taken in, shared by the bandwidth split')
    .option('--retention-hours <n>', 'values received longer ago are forgotten; their hashes stay')
    .option('--client-rate <n>', 'messages a second of one client of the embedded broker; the rest wait')
    .option('--tls-cert <file>', 'certificate (PEM) for MQTT and HTTP; with --tls-key')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--max-things <n>', 'most things', '100000')
    .option('--json', 'print one line of JSON once it takes messages')
    .addHelpText(
      'after',
      `
Examples:
  metalore live
  mosquitto_pub -q 1 -t things/plant:pump-1/state -m "{\\"t\\": $(date +%s000), \\"features\\": {\\"motor\\": {\\"rpm\\": 1450}}}"
  curl localhost:8080/api/2/things/plant:pump-1/ages
  metalore live paper --policy fixed:0.3,0.3 --speed 10 --dir runs/cell
  metalore live verify runs/cell`,
    )
    .action(runLiveCommand);
  command
    .command('verify')
    .description('Check every row, hash and signature of a ledger; name the first that is wrong')
    .argument('<dir>', 'folder of metalore live')
    .option('--store <store>', 'sqlite, in the folder, or postgres://…', 'sqlite')
    .option('--key <file>', 'public key (PEM) that you trust; without it, the one in the folder')
    .option('--json', 'print one JSON object')
    .action(verify);
  registerLiveLoad(command);
  registerLiveAccess(command);
  registerLiveFiles(command);
}

async function runLiveCommand(scenarioName: string | undefined, options: LiveCommandOptions): Promise<void> {
  const token = tokenOption(options.token);
  const isLocal = [THIS_MACHINE, 'localhost', '::1'].includes(options.host);
  if (!isLocal && token === undefined) {
    throw new InvalidInputError(
      'option',
      [
        {
          path: '--host',
          message: `${options.host} is reached from other machines, and there is no --token`,
        },
      ],
      { hint: 'give --token, or set METALORE_LIVE_TOKEN' },
    );
  }
  const { parseKeepRules, parseRules } = await loadLive();
  const cell = await cellOf(scenarioName, options);
  const hours = numberOption('--retention-hours', options.retentionHours, 0);
  const settings: RunLiveOptions = {
    ...cell,
    dir: options.dir,
    host: options.host,
    broker: options.broker,
    store: options.store,
    token,
    mqttPort: portOption('--mqtt-port', options.mqttPort),
    httpPort: portOption('--http-port', options.httpPort),
    speed: numberOption('--speed', options.speed, 0.01),
    rules: readYaml('rules', options.rules, parseRules),
    keepRules: readYaml('keep', options.keep, parseKeepRules),
    ingestRate: numberOption('--ingest-rate', options.ingestRate, 1),
    retentionMs: hours === undefined ? undefined : hours * 3_600_000,
    clientRate: numberOption('--client-rate', options.clientRate, 1),
    tls: tlsOf(options),
    maxThings: integerOption('--max-things', options.maxThings, 1),
    version,
    site: siteFolder(),
    log: note,
  };
  // Before anything is said: whoever is told that it is ready may end it at once.
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const made = mkdirSync(options.dir, { recursive: true });
  const server = await start(settings).catch((error: unknown) => {
    if (made !== undefined) rmSync(made, { recursive: true });
    throw error;
  });
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ready: true, http: server.http, mqtt: server.mqtt, dir: options.dir })}\n`,
    );
  } else {
    print(`Studio:  ${server.http}/#live`);
    print(`Things:  ${server.http}/api/2/things   (described in /openapi.json)`);
    print(`Devices: ${server.mqtt}   things/{id}/state, requests/{ue}`);
    print(`Folder:  ${options.dir}   (Ctrl-C ends it)`);
  }
  await stopped;
  await server.close();
}

/** The cell that the server is, and what splits it. */
async function cellOf(
  name: string | undefined,
  { policy, set }: LiveCommandOptions,
): Promise<{ scenario?: Scenario; policy?: Policy }> {
  if (name === undefined) return {};
  return { scenario: loadCell(name, set).scenario, policy: await loadLivePolicy(policy) };
}

/** A file of rules; undefined without one. */
function readYaml<T>(
  what: string,
  file: string | undefined,
  parse: (document: unknown, what: string) => T,
): T | undefined {
  if (file === undefined) return undefined;
  let document: unknown;
  try {
    document = parseYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidInputError(what, [{ path: file, message: (error as Error).message.split('\n')[0] }]);
  }
  return parse(document, `${what} ${file}`);
}

function tlsOf({ tlsCert, tlsKey }: LiveCommandOptions): RunLiveOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  const read = (option: string, file: string | undefined): Buffer => {
    try {
      if (file === undefined) throw new Error('is missing: certificate and key go together');
      return readFileSync(file);
    } catch (error) {
      throw new InvalidInputError('option', [{ path: option, message: (error as Error).message }]);
    }
  };
  const tls = { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey) };
  try {
    createSecureContext(tls);
  } catch (error) {
    const message = `certificate and key do not go together: ${(error as Error).message}`;
    throw new InvalidInputError('option', [{ path: '--tls-cert', message }]);
  }
  return tls;
}

function portOption(name: string, text: string): number {
  const port = integerOption(name, text, 0);
  if (port <= 65_535) return port;
  throw new InvalidInputError('option', [{ path: name, message: `${port} is above 65535` }]);
}

async function start(settings: RunLiveOptions): Promise<LiveServer> {
  const { runLive } = await loadLive();
  try {
    return await runLive(settings);
  } catch (error) {
    const { code, syscall, port } = error as NodeJS.ErrnoException & { port?: number };
    if (syscall !== 'listen') throw error;
    const place = port === settings.httpPort ? '--http-port' : '--mqtt-port';
    throw new InvalidInputError('option', [
      { path: place, message: `cannot listen on ${settings.host}, port ${port} (${code})` },
    ]);
  }
}

interface VerifyOptions {
  store: string;
  key?: string;
  json?: true;
}

async function verify(dir: string, options: VerifyOptions): Promise<void> {
  const { DATABASE_FILE, openStore, PUBLIC_KEY_FILE, verifyLedger } = await loadLive();
  if (options.store === 'sqlite' && !existsSync(path.join(dir, DATABASE_FILE))) {
    throw new InvalidInputError('ledger', [{ path: dir, message: `has no ${DATABASE_FILE}` }]);
  }
  const store = await openStore(options.store, dir, note, { toCheck: true });
  const keyFile = options.key ?? path.join(dir, PUBLIC_KEY_FILE);
  const key = existsSync(keyFile) || options.key !== undefined ? readFileSync(keyFile, 'utf8') : undefined;
  let shown = Date.now();
  const verdict = await verifyLedger(store, key, (rows) => {
    if (!process.stderr.isTTY || Date.now() - shown < 2000) return;
    shown = Date.now();
    note(`${rows} rows checked`);
  }).finally(() => store.close());
  const { rows, forgotten, roots, signed, root, fault } = verdict;
  if (options.json) printJson({ ...verdict, fault: fault ?? null });
  else if (fault !== undefined) print(`WRONG: ${fault.message}`);
  else {
    const without = forgotten > 0 ? ` (${forgotten} of them without their values)` : '';
    print(`${rows} rows${without}, ${roots} signed roots over ${signed} rows: nothing was changed.`);
    print(`root ${root}`);
  }
  if (fault !== undefined) process.exitCode = 4;
}
