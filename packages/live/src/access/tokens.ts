import { InvalidInputError } from '@metalore/core/errors';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROLES, type Caller } from './roles.js';

/** The file of a live sub-metaverse's folder that holds its tokens: their hashes, never themselves. */
export const TOKENS_FILE = 'tokens.json';

const tokenSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  role: z.enum(ROLES),
  things: z.string().min(1),
  /** SHA-256 of the token, hex. A token has 256 random bits, so nothing slower is needed. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.int(),
  /** ms since 1970; null if it never ends. */
  expires: z.int().nullable(),
});

const fileSchema = z.array(tokenSchema);

/** A token as it is kept. */
export type Token = z.output<typeof tokenSchema>;

/** What a new token is for. */
export interface TokenRequest {
  readonly role: Token['role'];
  readonly things: string;
  /** undefined: it never ends. */
  readonly days: number | undefined;
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** @throws InvalidInputError the file is not what it was */
export function readTokens(dir: string): Token[] {
  const file = path.join(dir, TOKENS_FILE);
  if (!existsSync(file)) return [];
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const message = error instanceof z.ZodError ? error.issues[0].message : (error as Error).message;
    throw new InvalidInputError('tokens', [{ path: file, message }]);
  }
}

/** Makes a token. @returns it, as it is shown once and kept nowhere */
export function createToken(dir: string, { role, things, days }: TokenRequest, now: number): string {
  const id = randomBytes(4).toString('hex');
  const secret = `metalore_${id}_${randomBytes(32).toString('base64url')}`;
  const expires = days === undefined ? null : Math.round(now + days * 86_400_000);
  writeTokens(dir, [...readTokens(dir), { id, role, things, hash: hashOf(secret), created: now, expires }]);
  return secret;
}

/** @throws InvalidInputError there is none of this id */
export function revokeToken(dir: string, id: string): void {
  const tokens = readTokens(dir);
  const left = tokens.filter((token) => token.id !== id);
  if (left.length === tokens.length) {
    const known = tokens.map((token) => token.id).join(', ') || 'none';
    throw new InvalidInputError('option', [{ path: 'id', message: `no token ${id}; there are: ${known}` }]);
  }
  writeTokens(dir, left);
}

function writeTokens(dir: string, tokens: readonly Token[]): void {
  const file = path.join(dir, TOKENS_FILE);
  writeFileSync(`${file}.new`, JSON.stringify(tokens, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** How often the file is looked at, ms: a token that is revoked works no longer than that. */
const LOOK_MS = 1000;

/** The tokens of a folder, as they are now. */
export class Tokens {
  #tokens: Token[] = [];
  #stamp = '';
  #looked = -Infinity;

  constructor(readonly dir: string) {}

  /** Whether there is any: from then on nobody is let in without one, also after the last is revoked. */
  isEmpty(now: number): boolean {
    this.#look(now);
    return this.#stamp === '';
  }

  /** Whose token this is; undefined if it is wrong, revoked or has ended. */
  find(secret: string, now: number): Caller | undefined {
    this.#look(now);
    const [, id] = /^metalore_([0-9a-f]{8})_[\w-]{43}$/.exec(secret) ?? [];
    const token = this.#tokens.find((each) => each.id === id);
    const hash = Buffer.from(hashOf(secret), 'hex');
    if (token === undefined || !timingSafeEqual(Buffer.from(token.hash, 'hex'), hash)) return undefined;
    if (token.expires !== null && now >= token.expires) return undefined;
    return { name: token.id, role: token.role, things: token.things };
  }

  #look(now: number): void {
    if (now - this.#looked < LOOK_MS) return;
    this.#looked = now;
    const status = statSync(path.join(this.dir, TOKENS_FILE), { throwIfNoEntry: false });
    const stamp = status === undefined ? this.#stamp : `${status.mtimeMs} ${status.ino}`;
    if (stamp === this.#stamp) return;
    this.#tokens = readTokens(this.dir);
    this.#stamp = stamp;
  }
}
