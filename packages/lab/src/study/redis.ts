import { InvalidInputError } from '@metalore/core/errors';
import type { Redis } from 'ioredis';

const CONNECT_MS = 5000;
/** A server that is away is tried again so often, ms. */
const RETRY_MS = 500;
/** Trouble that goes on is told again so often, ms. */
const REMIND_MS = 30_000;

/** The address without what opens it, for people and logs. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@');
}

/**
 * A connection that waits for its server as long as it takes, once it has answered.
 *
 * @param url `redis://…`, or `rediss://…` for TLS
 * @param onNote told once when the server is gone, now and then while it is, and when it is back
 * @throws InvalidInputError unless it is the address of a Redis server that answers
 */
export async function connectRedis(url: string, onNote: (text: string) => void): Promise<Redis> {
  const shown = shownUrl(url);
  const refuse = (message: string, cause?: unknown): never => {
    throw new InvalidInputError('queue', [{ path: shown, message }], { cause });
  };
  if (!/^rediss?:\/\/[^/]/.test(url))
    refuse('is not an address of the form redis://host:port or rediss://host:port');
  const { Redis: Client } = await import('ioredis');
  let isReady = false;
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // what bullmq asks for: commands wait for the server to come back
    maxRetriesPerRequest: null,
    retryStrategy: () => (isReady ? RETRY_MS : null),
  });
  let reason = '';
  let told = 0;
  client.on('error', (error: Error) => {
    reason = error.message;
    if (!isReady || Date.now() - told < REMIND_MS) return;
    told = Date.now();
    onNote(`waiting for the queue at ${shown}: ${reason || 'it is gone'}`);
  });
  client.on('ready', () => {
    if (told > 0) onNote(`the queue at ${shown} answers again`);
    told = 0;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (cause) {
    client.disconnect();
    refuse(`no Redis server answers there (${reason || (cause as Error).message})`, cause);
  }
  isReady = true;
  return client;
}
