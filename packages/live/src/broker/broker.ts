import type { Rights } from '../access/gate.js';

/** Where messages come from and go to. */
export interface Broker {
  /** Address that devices connect to. */
  readonly url: string;
  publish(topic: string, payload: string, options?: { retain?: boolean }): void;
  close(): Promise<void>;
}

/** A certificate and its key, PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Takes a message; it is acknowledged when this resolves, and not when it rejects.
 *
 * @param rights of who sent it; a broker of one's own has seen to that
 */
export type Receive = (topic: string, payload: Uint8Array, rights?: Rights) => Promise<void>;
