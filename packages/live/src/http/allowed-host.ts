import { isIP } from 'node:net';

/**
 * Whether a request's Host header names this server. A page elsewhere can make its own name resolve to 127.0.0.1 (DNS
 * rebinding); the browser then sends that name, and it is refused.
 *
 * @param header as it came, `localhost:5190` or `[::1]:5190`
 * @param listening the host given by `--host`
 */
export function isAllowedHost(header: string | undefined, listening: string): boolean {
  if (header === undefined) return false;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(header);
  if (match === null) return false;
  const host = (match[1] ?? match[2]).toLowerCase();
  const listensToAll = listening === '0.0.0.0' || listening === '::';
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return true;
  // An address cannot be rebound, only a name can.
  return host === listening.toLowerCase() || (listensToAll && isIP(host) !== 0);
}
