import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { openBrowser } from '../studio-server/open-browser.js';
import { openRuns } from '../studio-server/run-files.js';
import { startStudioServer } from '../studio-server/server.js';
import type { StudioServer, StudioServerOptions } from '../studio-server/server.js';
import { siteFolder } from '../studio-server/site.js';
import { note, print, printJson } from '../terminal/output.js';
import { integerOption, originOption } from './options.js';

export interface StudioOptions {
  port?: string;
  host?: string;
  live?: string;
  open?: true;
  json?: true;
}

const DEFAULT_PORT = 5190;
const THIS_MACHINE = '127.0.0.1';

/** `metalore studio [RUN…]`: serves the web studio and these runs. */
export function registerStudio(program: Command): void {
  program
    .command('studio')
    .description('Serve the web studio, with runs and studies to compare')
    .argument('[runs...]', 'folders that simulate, sweep, train or reproduce wrote')
    .option('--port <n>', `port (default: ${DEFAULT_PORT}, or a free one if it is taken)`)
    .option(
      '--host <host>',
      `address to listen on (default: ${THIS_MACHINE}, reached from this machine only)`,
    )
    .option(
      '--live <url>',
      'a live sub-metaverse elsewhere that its Live view shows (it must allow --origin)',
    )
    .option('--open', 'open it in the browser')
    .option('--json', 'print one JSON object with the address')
    .action(studio);
}

/**
 * Serves the studio until somebody ends it with Ctrl-C.
 *
 * @param folders runs to compare
 */
export async function studio(folders: string[], options: StudioOptions): Promise<void> {
  const site = siteFolder();
  const runs = await openRuns(folders);
  const host = options.host ?? THIS_MACHINE;
  const live = options.live === undefined ? undefined : originOption('--live', options.live);
  const server = await listen({ site, runs, host, live }, options.port);
  const url = live === undefined ? server.url : `${server.url}?live=${live}#live`;
  if (options.json) printJson({ url, runs: runs.map(({ name }) => name) });
  else print(`Studio: ${url}   (Ctrl-C ends it)`);
  if (![THIS_MACHINE, 'localhost', '::1'].includes(host)) {
    note(`It can be reached from other machines, with the ${runs.length} named runs.`);
  }
  if (options.open) openBrowser(url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
}

/** A port that somebody asked for must be free; the default gives way to any other. */
async function listen(
  options: Omit<StudioServerOptions, 'port'>,
  wanted: string | undefined,
): Promise<StudioServer> {
  const port = wanted === undefined ? DEFAULT_PORT : integerOption('--port', wanted, 0);
  try {
    if (port > 65_535) throw Object.assign(new Error(), { code: 'above 65535' });
    return await startStudioServer({ ...options, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (wanted === undefined && code === 'EADDRINUSE') return startStudioServer({ ...options, port: 0 });
    if (code === undefined) throw error;
    throw new InvalidInputError('option', [
      { path: '--port', message: `cannot listen on ${options.host}, port ${port} (${code})` },
    ]);
  }
}
