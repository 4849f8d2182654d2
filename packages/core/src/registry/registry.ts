import { UnknownNameError } from '../errors/index.js';

/** Named implementations of one seam: built-in ones and those that a user registers. */
export class Registry<T> {
  readonly #entries = new Map<string, T>();

  /** @param kind what the entries are, for error messages: `path loss model` */
  constructor(
    readonly kind: string,
    entries: Readonly<Record<string, T>> = {},
  ) {
    for (const [name, entry] of Object.entries(entries)) this.register(name, entry);
  }

  /** How often anything was registered anywhere, for whoever keeps what it made from the names. */
  static revision = 0;

  /** Adds or replaces an entry. */
  register(name: string, entry: T): void {
    Registry.revision++;
    this.#entries.set(name, entry);
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
