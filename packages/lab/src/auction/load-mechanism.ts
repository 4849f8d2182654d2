import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as auction from '@metalore/core/auction';
import { InvalidInputError, UnknownNameError } from '@metalore/core/errors';

const builtIn = [...auction.mechanisms, ...auction.traps];

/**
 * A mechanism by name, or from a module file (`./mine.mjs`): its default export is a mechanism `{ name, run(market) }`, or a
 * function that is given everything of `@metalore/core/auction` and returns one. What a module decides is checked.
 *
 * @throws UnknownNameError with the names that exist
 * @throws InvalidInputError if the module cannot be loaded or exports something else
 */
export async function loadMechanism(nameOrFile: string): Promise<auction.Mechanism> {
  const known = builtIn.find(({ name }) => name === nameOrFile);
  if (known !== undefined) return known;
  if (!/\.[cm]?js$/.test(nameOrFile)) {
    throw new UnknownNameError(
      'mechanism',
      nameOrFile,
      [...builtIn.map(({ name }) => name), 'a module file (./mine.mjs)'],
      '--mechanism',
    );
  }
  const refuse = (message: string, cause?: unknown): InvalidInputError =>
    new InvalidInputError('mechanism module', [{ path: nameOrFile, message }], { cause });
  if (!existsSync(nameOrFile)) throw refuse('no such file');
  let exported: unknown;
  try {
    const module = (await import(pathToFileURL(path.resolve(nameOrFile)).href)) as { default?: unknown };
    exported = typeof module.default === 'function' ? (module.default as Factory)(auction) : module.default;
  } catch (cause) {
    throw refuse(`cannot be loaded (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  const { name = path.basename(nameOrFile), run } = (exported ?? {}) as Partial<auction.Mechanism>;
  if (typeof run !== 'function') throw refuse('its default export has no function run(market)');
  return auction.checkedMechanism({ name, run: (market) => run.call(exported, market) });
}

type Factory = (core: typeof auction) => unknown;
