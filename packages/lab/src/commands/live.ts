import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { LiveServer, RunLiveOptions } from '@metalore/live';
import type { Command } from 'commander';
import { loadLive } from '../live/load-live.js';
import { note, print, printJson } from '../terminal/output.js';
import { liveSettings, THIS_MACHINE, type LiveCommandOptions } from './live-settings.js';
import { registerLiveFiles } from './live-files.js';
import { registerLiveAccess } from './live-token.js';
import { registerLiveLoad } from './live-load.js';
import { addModuleOption, collect } from './options.js';

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
    .option('--client-bytes-per-s <n>', 'bytes a second of one client of the embedded broker; the rest wait')
    .option('--client-things <n>', 'things that one connection to the embedded broker may speak for')
    .option('--tls-cert <file>', 'certificate (PEM) for MQTT and HTTP; with --tls-key')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--max-things <n>', 'most things', '100000')
    .option('--models <folder>', 'glTF models, as <definition>.glb with _ for every colon')
    .option(
      '--origin <origin>',
      'a page from elsewhere that may ask, as https://studio.example; repeatable',
      collect,
      [],
    )
    .option(
      '--config <file>',
      'these options by name (YAML or JSON), read again on SIGHUP; what is given here goes first',
    )
    .option('--json', 'print one line of JSON once it takes messages')
    .addHelpText(
      'after',
      `
Examples:
  metalore live
  mosquitto_pub -q 1 -t things/plant:pump-1/state -m "{\\"t\\": $(date +%s000), \\"features\\": {\\"motor\\": {\\"rpm\\": 1450}}}"
  curl localhost:8080/api/2/things/plant:pump-1/ages
  metalore live paper --policy fixed:0.3,0.3 --speed 10 --dir runs/cell
  metalore live --config live.yaml            # kill -HUP reads it again
  metalore live verify runs/cell`,
    )
    .action(runLiveCommand);
  addModuleOption(command);
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

async function runLiveCommand(
  scenario: string | undefined,
  options: LiveCommandOptions,
  command: Command,
): Promise<void> {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  const read = () => liveSettings(scenario, options, given);
  const settings = await read();
  // Before anything is said: whoever is told that it is ready may end it at once.
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    // Without a configuration to read again it means that the terminal is gone.
    if (options.config === undefined) process.once('SIGHUP', resolve);
  });
  const made = mkdirSync(settings.dir, { recursive: true });
  const server = await start(settings).catch((error: unknown) => {
    if (made !== undefined) rmSync(made, { recursive: true });
    throw error;
  });
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ready: true, http: server.http, mqtt: server.mqtt, dir: settings.dir })}\n`,
    );
  } else {
    print(`Studio:  ${server.http}/#live`);
    print(`Things:  ${server.http}/api/2/things   (described in /openapi.json)`);
    print(`Devices: ${server.mqtt}   things/{id}/state, requests/{ue}`);
    print(`Folder:  ${settings.dir}   (Ctrl-C ends it)`);
  }
  if (options.config !== undefined) process.on('SIGHUP', () => void reload(server, read));
  await stopped;
  await server.close();
}

/** Reads the configuration again. What is wrong with it is said, and everything stays as it is. */
async function reload(server: LiveServer, read: () => Promise<RunLiveOptions>): Promise<void> {
  try {
    const late = server.change(await read());
    note('configuration: read again');
    if (late.length > 0) note(`configuration: ${late.join(', ')} will hold after a new start`);
  } catch (error) {
    note(`configuration: nothing is changed: ${(error as Error).message}`);
  }
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
