import { InvalidInputError } from '../errors/index.js';
import type { Note } from './check-spaces.js';

/** Notes where a wrong argument is accepted, or refused by an error that does not name it. */
export function refuses(path: string, what: string, call: () => unknown, note: Note): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof InvalidInputError))
      note(path, `${what} ends in ${String(error)}; expected an InvalidInputError`);
    return;
  }
  note(path, `${what} is accepted; expected an InvalidInputError`);
}
