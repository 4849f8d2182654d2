import { timingSafeEqual } from 'node:crypto';
import { Policies } from './policies.js';
import { ANYONE, may, type Caller, type Need } from './roles.js';
import { Tokens } from './tokens.js';
import type { View } from './view.js';

/** What somebody did, or tried to do. */
export interface AuditEvent {
  /** Name of the token; `unknown` where it was wrong. */
  readonly who: string;
  readonly what: string;
  /** Address it came from. */
  readonly from: string;
  readonly allowed: boolean;
}

/** What somebody may do with the parts of things, over whatever door. */
export interface Rights {
  view(thing: string): View;
  /** Whether a thing may be asked over `requests/{ue}`. */
  mayAsk(thing: string): boolean;
  /** Writes down that something was denied. @param what as the audit names it */
  deny(what: string): void;
}

/** Wrong tokens from an address before it is slowed down, for how long they count, and by how much, ms. */
const PATIENCE = 10;
const FORGET_MS = 60_000;
const DELAY_MS = 1000;
const MAX_ADDRESSES = 10_000;

const ADMIN_NAME = 'admin';

/** Lets callers in, by the tokens of the folder and the one of the command line. */
export class Gate {
  readonly #tokens: Tokens;
  /** What roles leave open, part by part. */
  readonly policies: Policies;
  readonly #failures = new Map<string, { count: number; since: number }>();

  /**
   * @param admin a token that may do everything; without it and without tokens in the folder everybody may
   * @param audit told of what is denied
   */
  constructor(
    dir: string,
    readonly admin: string | undefined,
    readonly audit: (event: AuditEvent) => void,
    readonly now: () => number = Date.now,
  ) {
    this.#tokens = new Tokens(dir);
    this.policies = new Policies(dir);
  }

  /** Whether callers must show a token. */
  get isClosed(): boolean {
    return this.admin !== undefined || !this.#tokens.isEmpty(this.now());
  }

  /** Who this is; undefined if it is nobody we know, after a wait where an address has tried too often. */
  async authenticate(secret: string | undefined, from: string): Promise<Caller | undefined> {
    if (!this.isClosed) return ANYONE;
    const now = this.now();
    const caller = secret === undefined ? undefined : this.#find(secret, now);
    if (caller !== undefined) return caller;
    this.audit({ who: 'unknown', what: 'authenticate', from, allowed: false });
    if (this.#fail(from, now) > PATIENCE) await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    return undefined;
  }

  #find(secret: string, now: number): Caller | undefined {
    if (this.admin !== undefined && isEqual(secret, this.admin)) return { ...ANYONE, name: ADMIN_NAME };
    return this.#tokens.find(secret, now);
  }

  /** Whether a caller may; a denial is audited. @param what as the audit names it */
  allows(caller: Caller, need: Need, what: string, from: string, thing?: string): boolean {
    const allowed = may(caller, need, thing);
    if (!allowed) this.audit({ who: caller.name, what, from, allowed });
    return allowed;
  }

  /** @param from address that somebody calls from */
  rights(caller: Caller, from: string): Rights {
    const { policies } = this;
    return {
      view: (thing) => policies.view(caller, thing),
      mayAsk: (thing) => policies.mayAsk(caller, thing),
      deny: (what) => this.audit({ who: caller.name, what, from, allowed: false }),
    };
  }

  #fail(from: string, now: number): number {
    const known = this.#failures.get(from);
    if (known !== undefined && now - known.since < FORGET_MS) return ++known.count;
    if (this.#failures.size >= MAX_ADDRESSES) this.#failures.clear();
    this.#failures.set(from, { count: 1, since: now });
    return 1;
  }
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
