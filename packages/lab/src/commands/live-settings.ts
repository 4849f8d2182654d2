import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import type { LiveConfig, RunLiveOptions } from '@metalore/live';
import { readDocument } from '../io/documents.js';
import { loadLive } from '../live/load-live.js';
import { version } from '../results/manifest.js';
import { siteFolder } from '../studio-server/site.js';
import { note } from '../terminal/output.js';
import { loadCell, loadLivePolicy } from './live-cell.js';
import { integerOption, numberOption, originOption, tokenOption } from './options.js';

/** Options of `metalore live` as they are given. */
export interface LiveCommandOptions {
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
  clientBytesPerS?: string;
  clientThings?: string;
  tlsCert?: string;
  tlsKey?: string;
  maxThings: string;
  models?: string;
  origin: string[];
  config?: string;
  json?: true;
}

/** Reached from this machine alone. */
export const THIS_MACHINE = '127.0.0.1';

/** Options that hold a file or a folder: in a configuration they are relative to its own folder. */
const FILES = ['dir', 'tlsCert', 'tlsKey', 'models'] as const;

/**
 * What a live sub-metaverse is started with: options that were given, else the configuration, else defaults.
 *
 * @param given whether an option was given
 * @throws InvalidInputError with every problem of the configuration, or the first of the options
 */
export async function liveSettings(
  scenarioName: string | undefined,
  options: LiveCommandOptions,
  given: (name: string) => boolean,
): Promise<RunLiveOptions> {
  const config = options.config === undefined ? {} : await readConfig(options.config);
  const chosen = withConfig(options, config, given);
  const { host } = chosen;
  const token = tokenOption(options.token);
  if (![THIS_MACHINE, 'localhost', '::1'].includes(host) && token === undefined) {
    const message = `${host} is reached from other machines, and there is no --token`;
    throw new InvalidInputError('option', [{ path: '--host', message }], {
      hint: 'give --token, or set METALORE_LIVE_TOKEN',
    });
  }
  const { parseKeepRules, parseRules, readModels } = await loadLive();
  const hours = numberOption('--retention-hours', chosen.retentionHours, 0);
  return {
    ...(await cellOf(scenarioName ?? config.scenario, chosen)),
    dir: chosen.dir,
    host,
    broker: chosen.broker,
    store: chosen.store,
    token,
    mqttPort: portOption('--mqtt-port', chosen.mqttPort),
    httpPort: portOption('--http-port', chosen.httpPort),
    speed: numberOption('--speed', chosen.speed, 0.01),
    rules: readYaml('rules', chosen.rules, parseRules) ?? config.rules,
    keepRules: readYaml('keep', chosen.keep, parseKeepRules) ?? config.keep,
    ingestRate: numberOption('--ingest-rate', chosen.ingestRate, 1),
    retentionMs: hours === undefined ? undefined : hours * 3_600_000,
    clientRate: numberOption('--client-rate', chosen.clientRate, 1),
    clientBytesPerS: numberOption('--client-bytes-per-s', chosen.clientBytesPerS, 1),
    clientThings:
      chosen.clientThings === undefined
        ? undefined
        : integerOption('--client-things', chosen.clientThings, 1),
    tls: tlsOf(chosen),
    maxThings: integerOption('--max-things', chosen.maxThings, 1),
    models: chosen.models === undefined ? undefined : readModels(chosen.models),
    origins: chosen.origin.map((origin) => originOption('--origin', origin)),
    version,
    site: siteFolder(),
    log: note,
  };
}

async function readConfig(file: string): Promise<LiveConfig> {
  const { parseConfig } = await loadLive();
  const config = readYaml('configuration', file, parseConfig)!;
  const folder = path.dirname(path.resolve(file));
  const resolved = FILES.flatMap((name) => {
    const value = config[name];
    return value === undefined ? [] : [[name, path.resolve(folder, value)]];
  });
  return { ...config, ...(Object.fromEntries(resolved) as Partial<LiveConfig>) };
}

/** Options with what the configuration says in place of those that were not given. */
function withConfig(
  options: LiveCommandOptions,
  config: LiveConfig,
  given: (name: string) => boolean,
): LiveCommandOptions {
  const { scenario: _scenario, rules: _rules, keep: _keep, origins, ...plain } = config;
  const values = { ...plain, ...(origins !== undefined && { origin: origins }) };
  const texts = Object.entries(values)
    .filter(([name]) => !given(name))
    .map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]);
  return { ...options, ...(Object.fromEntries(texts) as Partial<LiveCommandOptions>) };
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
  return parse(readDocument(file), `${what} ${file}`);
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
