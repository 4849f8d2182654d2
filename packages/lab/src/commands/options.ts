import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { readModules } from '../io/modules.js';
import type { TableFormat } from '../results/tables.js';

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** `--module`, for every command that computes something a user's module may take part in. */
export function addModuleOption(command: Command): Command {
  return command
    .option(
      '--module <file>',
      'your own schedulers, path losses, policies, … (docs/plugins.md); may be repeated',
      collect,
      [],
    )
    .hook('preAction', async (hooked) => {
      const modules = readModules(hooked.opts<{ module: string[] }>().module);
      const { useModules } = await import('../registry/modules.js');
      await useModules(modules);
    });
}

/** @throws InvalidInputError unless the text is an integer of at least `min` */
export function integerOption(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < min) {
    throw new InvalidInputError('option', [
      { path: name, message: `"${text}" is not an integer of at least ${min}` },
    ]);
  }
  return value;
}

/**
 * A number that may be missing.
 *
 * @param min `Number.MIN_VALUE` for any above 0
 * @throws InvalidInputError unless the text is a finite number of at least `min`
 */
export function numberOption(name: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= min) return value;
  const accepted = min === Number.MIN_VALUE ? 'above 0' : `of at least ${min}`;
  throw new InvalidInputError('option', [{ path: name, message: `"${text}" is not a number ${accepted}` }]);
}

/** @throws InvalidInputError unless the text is one of the names */
export function choiceOption<Name extends string>(
  option: string,
  text: string,
  known: readonly Name[],
): Name {
  const name = known.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new InvalidInputError('option', [
    { path: option, message: `"${text}" is not accepted; accepted: ${known.join(', ')}` },
  ]);
}

/** @throws InvalidInputError unless the text names a table format */
export function formatOption(text: string): TableFormat {
  return choiceOption('--format', text, ['parquet', 'csv']);
}

/**
 * The address of the queue: what was given, else `$REDIS_URL`.
 *
 * @throws InvalidInputError there is neither
 */
export function redisUrl(option: string, given: string | true | undefined): string {
  const url = typeof given === 'string' ? given : process.env.REDIS_URL;
  if (url !== undefined && url !== '') return url;
  throw new InvalidInputError('option', [
    { path: option, message: 'names no queue, and REDIS_URL is not set; expected redis://host:port' },
  ]);
}

/** The token of live twins: as asked for, else that of the environment; an empty one is none. */
export function tokenOption(text: string | undefined): string | undefined {
  return (text ?? process.env.METALORE_LIVE_TOKEN) || undefined;
}

/** @throws InvalidInputError it is no origin of a page */
export function originOption(option: string, text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, '')) return new URL(text).origin;
  const message = `"${text}" is no origin, as https://studio.example`;
  throw new InvalidInputError('option', [{ path: option, message }]);
}
