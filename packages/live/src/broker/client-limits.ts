import { TokenBucket } from '../ingest/token-bucket.js';
import { Refusal } from '../message/refusal.js';
import type { Settings } from '../service/settings.js';

/** Of a limit that was lifted while somebody waited at it, a second. */
const UNLIMITED = 1e12;

/** What one client may send. */
export class ClientLimits {
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #things = new Set<string>();

  /** @param settings as they are now */
  constructor(readonly settings: () => Settings) {
    this.#messages = new TokenBucket(() => settings().clientRate ?? UNLIMITED);
    this.#bytes = new TokenBucket(() => settings().clientBytesPerS ?? UNLIMITED);
  }

  /**
   * Resolves when a message may be taken in.
   *
   * @throws Refusal the client speaks for more things than it may
   */
  async admit(topic: string, bytes: number): Promise<void> {
    const { clientRate, clientBytesPerS, clientThings } = this.settings();
    if (clientThings !== undefined) this.#count(topic, clientThings);
    if (clientRate !== undefined) await this.#messages.take();
    if (clientBytesPerS !== undefined) await this.#bytes.take(bytes);
  }

  #count(topic: string, most: number): void {
    const [root, id] = topic.split('/');
    if (root !== 'things' || this.#things.has(id)) return;
    if (this.#things.size >= most) {
      throw new Refusal('room', `a client may speak for ${most} things, and this one does (--client-things)`);
    }
    this.#things.add(id);
  }
}
