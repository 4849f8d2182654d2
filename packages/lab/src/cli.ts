import { InfeasibleError, MetaloreError } from '@metalore/core/errors';
import { Command, CommanderError } from 'commander';
import { blamed } from './io/modules.js';
import { unlockOutputs } from './io/output-lock.js';
import { missingPackage } from './terminal/missing-package.js';
import { version } from './results/manifest.js';
import { note, printJson } from './terminal/output.js';
import { InterruptedError } from './work/interrupt.js';
import { plainError } from './work/plain-error.js';

/**
 * The commands by their names, in the order of the help. Each is loaded where it is the one that runs: to load all takes longer
 * than most of them work.
 */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./commands/start.js')).registerStart,
  simulate: async () => (await import('./commands/simulate.js')).registerSimulate,
  sweep: async () => (await import('./commands/sweep.js')).registerSweep,
  scenario: async () => (await import('./commands/scenario.js')).registerScenario,
  import: async () => (await import('./commands/import.js')).registerImport,
  caching: async () => (await import('./commands/caching.js')).registerCaching,
  city: async () => (await import('./commands/city.js')).registerCity,
  contract: async () => (await import('./commands/contract.js')).registerContract,
  lifecycle: async () => (await import('./commands/lifecycle.js')).registerLifecycle,
  live: async () => (await import('./commands/live.js')).registerLive,
  fleet: async () => (await import('./commands/fleet.js')).registerFleet,
  partition: async () => (await import('./commands/partition.js')).registerPartition,
  provider: async () => (await import('./commands/provider.js')).registerProvider,
  reproduce: async () => (await import('./commands/reproduce.js')).registerReproduce,
  sensing: async () => (await import('./commands/sensing.js')).registerSensing,
  study: async () => (await import('./commands/study.js')).registerStudy,
  studio: async () => (await import('./commands/studio.js')).registerStudio,
  'env-server': async () => (await import('./commands/env-server.js')).registerEnvServer,
  export: async () => (await import('./commands/export.js')).registerExport,
  train: async () => (await import('./commands/train.js')).registerTrain,
  auction: async () => (await import('./commands/auction.js')).registerAuction,
  urllc: async () => (await import('./commands/urllc.js')).registerUrllc,
  worker: async () => (await import('./commands/worker.js')).registerWorker,
};

/** The `metalore` command. @param name of the command that is to run; missing or unknown: with all of them */
async function createProgram(name = ''): Promise<Command> {
  const program = new Command('metalore')
    .description('Sub-metaverses, simulated, split, learned and compared')
    .version(version)
    .showHelpAfterError('(add --help for what is accepted)')
    .enablePositionalOptions() // options of a command's own commands are theirs, also where both have one of a name
    .exitOverride();
  const loaders = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  for (const register of await Promise.all(loaders.map((load) => load()))) register(program);
  return program;
}

/**
 * Runs the command line.
 *
 * @param args without the program's name
 * @returns exit code: 0, 2 the caller's mistake, 3 an infeasible problem, 1 ours, 130 interrupted
 */
export async function main(args: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyReads();
  try {
    await (await createProgram(args[0])).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const missing = error instanceof Error ? missingPackage(error) : undefined;
    return reportError(missing ?? blamed(error), args.includes('--json'));
  } finally {
    await unlockOutputs();
  }
}

/** Says what went wrong: text on standard error and, with `--json`, an object on standard output. */
function reportError(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help, --version
    if (json) printJson({ error: { code: 'usage', message: error.message } });
    return 2; // commander has said why
  }
  if (isSystemError(error)) {
    const message = systemMessage(error);
    if (json && error.syscall !== 'write') printJson({ error: { code: 'system', message } });
    note(`error: ${message}`);
    return 1;
  }
  if (!(error instanceof MetaloreError)) {
    const internal = error instanceof Error ? error : new Error(String(error));
    if (json) printJson({ error: { code: 'internal', message: internal.message } });
    note(
      `This is a mistake of ours, please report it with the command:\n${internal.stack ?? internal.message}`,
    );
    return 1;
  }
  if (json) {
    const { exitCode: _exitCode, ...plain } = plainError(error);
    if (error instanceof InfeasibleError)
      printJson({ infeasible: { message: error.message, ...error.details } });
    else printJson({ error: plain });
  }
  note(`${error instanceof InterruptedError ? '' : 'error: '}${error.message}`);
  if (error.hint !== undefined) note(`hint: ${error.hint}`);
  return error instanceof InterruptedError ? 130 : error.exitCode;
}

/** `metalore … | head` is no error; a full disk behind standard output is, and not ours. */
function endQuietlyWhenNobodyReads(): void {
  if (process.stdout.listeners('error').includes(onOutputError)) return;
  process.stdout.on('error', onOutputError);
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  note(`error: standard output: ${systemMessage(error)}`);
  process.exit(1);
}

/** Errors of the operating system: the world's fault, told without a stack. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, errno } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && typeof errno === 'number' && /^E[A-Z0-9]+$/.test(code);
}

function systemMessage({ code, path, message }: NodeJS.ErrnoException): string {
  const where = path === undefined ? '' : `${path}: `;
  return `${where}${SYSTEM_REASONS[code ?? ''] ?? message}`;
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EACCES: 'permission denied (EACCES)',
  EPERM: 'operation not permitted (EPERM)',
  EROFS: 'the file system is read-only (EROFS)',
  EMFILE: 'too many open files (EMFILE)',
  EIO: 'the device reports an input or output error (EIO)',
};
