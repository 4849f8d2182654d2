import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson, type Hash } from './hash.js';

/** A root with a time and a signature over the three (Ed25519 over their canonical JSON, RFC 8785). */
export interface SignedRoot {
  readonly size: number;
  /** ms since 1970 */
  readonly at: number;
  readonly root: Hash;
  readonly signature: Buffer;
}

export const PRIVATE_KEY_FILE = 'ledger.key.pem';
/** The file with which anyone checks signatures, in the folder of the ledger. */
export const PUBLIC_KEY_FILE = 'ledger.pub.pem';

const statement = (size: number, at: number, root: Hash) =>
  Buffer.from(canonicalJson({ at, root: root.toString('hex'), size }));

/** Signs roots with the key of a folder. */
export class Signer {
  readonly #key: KeyObject;
  /** PEM */
  readonly publicKey: string;

  /** @param dir folder of the keys; a pair is made where there is none, the private one readable by its owner alone */
  constructor(dir: string) {
    const file = path.join(dir, PRIVATE_KEY_FILE);
    if (!existsSync(file)) {
      const pair = generateKeyPairSync('ed25519');
      writeFileSync(file, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    this.#key = createPrivateKey(readFileSync(file));
    this.publicKey = createPublicKey(this.#key).export({ type: 'spki', format: 'pem' }).toString();
    writeFileSync(path.join(dir, PUBLIC_KEY_FILE), this.publicKey);
  }

  sign(size: number, root: Hash, at: number): SignedRoot {
    return { size, at, root, signature: sign(null, statement(size, at, root), this.#key) };
  }
}

/** Whether a root was signed with the private half of `key`. @param key PEM */
export function isSignedBy(key: string | Buffer, { size, at, root, signature }: SignedRoot): boolean {
  return verify(null, statement(size, at, root), createPublicKey(key), signature);
}
