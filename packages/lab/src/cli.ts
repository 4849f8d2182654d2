import { InfeasibleError, MetaloreError } from '@metalore/core/errors';
import { Command, CommanderError } from 'commander';
import { registerAuction } from './commands/auction.js';
import { registerCaching } from './commands/caching.js';
import { registerCity } from './commands/city.js';
import { registerContract } from './commands/contract.js';
import { registerEnvServer } from './commands/env-server.js';
import { registerExport } from './commands/export.js';
import { registerTrain } from './commands/train.js';
import { registerUrllc } from './commands/urllc.js';
import { registerWorker } from './commands/worker.js';
import { registerFleet } from './commands/fleet.js';
import { registerImport } from './commands/import.js';
import { registerPartition } from './commands/partition.js';
import { registerLive } from './commands/live.js';
import { registerLifecycle } from './commands/lifecycle.js';
import { registerProvider } from './commands/provider.js';
import { registerReproduce } from './commands/reproduce.js';
import { registerScenario } from './commands/scenario.js';
import { registerStart } from './commands/start.js';
import { registerSensing } from './commands/sensing.js';
import { registerSimulate } from './commands/simulate.js';
import { registerStudio } from './commands/studio.js';
import { registerStudy } from './commands/study.js';
import { registerSweep } from './commands/sweep.js';
import { unlockOutputs } from './io/output-lock.js';
import { version } from './results/manifest.js';
import { note, printJson } from './terminal/output.js';
import { InterruptedError } from './work/interrupt.js';
import { plainError } from './work/plain-error.js';

/** The `metalore` command with all its subcommands. */
export function createProgram(): Command {
  const program = new Command('metalore')
    .description('Sub-metaverses, simulated, split, learned and compared')
    .version(version)
    .showHelpAfterError('(add --help for what is accepted)')
    .enablePositionalOptions() // options of a command's own commands are theirs, also where both have one of a name
    .exitOverride();
  registerStart(program);
  registerSimulate(program);
  registerSweep(program);
  registerScenario(program);
  registerImport(program);
  registerCaching(program);
  registerCity(program);
  registerContract(program);
  registerLifecycle(program);
  registerLive(program);
  registerFleet(program);
  registerPartition(program);
  registerProvider(program);
  registerReproduce(program);
  registerSensing(program);
  registerStudy(program);
  registerStudio(program);
  registerEnvServer(program);
  registerExport(program);
  registerTrain(program);
  registerAuction(program);
  registerUrllc(program);
  registerWorker(program);
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
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportError(error, args.includes('--json'));
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
