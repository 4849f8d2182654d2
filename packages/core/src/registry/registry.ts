import { InvalidInputError, UnknownNameError } from '../errors/index.js';

/** Says that a user's entry has broken the contract of its seam: where, the value, what is accepted. */
export type Refuse = (path: string, value: unknown, accepted: string) => never;

/** Holds a user's entry to the contract of its seam: what comes back is used in its place. */
export type Check<T> = (entry: T, refuse: Refuse, name: string) => T;

/** Named implementations of one seam: built-in ones, which are trusted, and those that a user registers, which are checked. */
export class Registry<T> {
  readonly #entries = new Map<string, T>();
  readonly #check: Check<T>;
  #revision = 0;

  /**
   * @param kind what the entries are, for error messages: `path loss model`
   * @param check what an entry from outside is held to in every use
   */
  constructor(
    readonly kind: string,
    entries: Readonly<Record<string, T>> = {},
    check: Check<T> = (entry) => entry,
  ) {
    this.#check = check;
    for (const [name, entry] of Object.entries(entries)) this.#entries.set(name, entry);
  }

  /** How often its names have changed, for whoever keeps what was made from them. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Adds an entry of the user's own, held to the contract of the seam from now on.
   *
   * @throws InvalidInputError a name that is taken or cannot be written in a scenario, or an entry that is none
   */
  register(name: string, entry: T): void {
    const wrong = (message: string) => {
      throw new InvalidInputError(this.kind, [{ path: String(name), message }]);
    };
    if (typeof name !== 'string' || !/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      wrong('is no name; expected letters, digits, "-", "_" and "."');
    }
    if (this.#entries.has(name)) wrong(`is taken; names: ${this.names().join(', ')}`);
    const refuse: Refuse = (path, value, accepted) => {
      const message = `gave ${shown(value)}; expected ${accepted}`;
      throw new InvalidInputError(`${this.kind} ${name}`, [{ path, message }]);
    };
    this.#entries.set(name, this.#check(entry, refuse, name));
    this.#revision++;
  }

  /** Takes an entry out again: of a module whose place another takes. */
  unregister(name: string): void {
    if (this.#entries.delete(name)) this.#revision++;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** @throws UnknownNameError with the names that exist */
  get(name: string, path?: string): T {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new UnknownNameError(this.kind, name, this.names(), path);
    return entry;
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }
}

function shown(value: unknown): string {
  return typeof value === 'object' || typeof value === 'string'
    ? String(JSON.stringify(value))
    : String(value);
}
