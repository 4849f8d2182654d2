import canonicalize from 'canonicalize';

/** A proof as `GET …/proof` gives it; hashes in hex. */
export interface Proof {
  readonly entry: {
    readonly thing: string;
    readonly t: number;
    readonly seq: number;
    readonly features: unknown;
  };
  readonly leaf: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  readonly root: string;
}

/** Checks a proof here, with the browser's own SHA-256 (RFC 9162, section 2.1.3.2): nothing of the server's is believed. */
export async function checkProof({ entry, leaf, index, size, path, root }: Proof): Promise<boolean> {
  const { thing, t, seq, features } = entry;
  const text = new TextEncoder().encode(canonicalize({ thing, t, seq, features }));
  let hash = await sha256(Uint8Array.of(0), text);
  if (toHex(hash) !== leaf || index >= size) return false;
  let node = index;
  let last = size - 1;
  for (const sibling of path.map(fromHex)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else hash = await sha256(Uint8Array.of(1), hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && toHex(hash) === root;
}

async function sha256(...parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
