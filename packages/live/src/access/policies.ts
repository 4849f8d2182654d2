import { InvalidInputError } from '@metalore/core/errors';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROLES, type Caller } from './roles.js';
import { View, WHOLE_VIEW, type Rule } from './view.js';

/** The file of a live sub-metaverse's folder that holds its policies. */
export const POLICIES_FILE = 'policies.json';

const PERMISSIONS = ['READ', 'WRITE', 'EXECUTE'] as const;

/** Whom an entry concerns: the name of a token, everybody of a role, or everybody. */
const SUBJECT = new RegExp(`^(token:[0-9a-f]{8}|role:(${ROLES.join('|')})|anyone)$`);
const RESOURCE = /^(thing|message|policy):\/([^\x00-\x1F\x7F-\x9F]*[^\x00-\x1F\x7F-\x9F/])?$/;

/** `namespace:name`. */
export const POLICY_ID = /^[A-Za-z][\w.-]*:[^\x00-\x20\x7F-\x9F/:]+$/;

const resourceSchema = z.strictObject({
  grant: z.array(z.enum(PERMISSIONS)).default([]),
  revoke: z.array(z.enum(PERMISSIONS)).default([]),
});
const entrySchema = z.strictObject({
  subjects: z.record(
    z.string().regex(SUBJECT, 'expected token:<id>, role:<role> or anyone'),
    z.looseObject({ type: z.string().max(256).optional() }),
  ),
  resources: z.record(
    z.string().max(512).regex(RESOURCE, 'expected thing:/ or message:/ with a path'),
    resourceSchema,
  ),
});

/** A policy in Ditto's form. It holds for all things of its namespace. */
export const policySchema = z.strictObject({
  policyId: z.string().max(256).regex(POLICY_ID, 'expected namespace:name'),
  entries: z.record(z.string().min(1).max(256), entrySchema),
});

export type AccessPolicy = z.output<typeof policySchema>;

/** Most policies: each decision looks at those of a namespace. */
export const MAX_POLICIES = 1000;

/** What a caller may do in a namespace. */
interface Decision {
  readonly view: View;
  /** Whether things may be asked over `requests/{ue}`. */
  readonly mayAsk: boolean;
}

const UNCONCERNED: Decision = { view: WHOLE_VIEW, mayAsk: true };

/** The policies of a folder. A namespace without any leaves everything to the roles; admins are never shut out. */
export class Policies {
  readonly #byId = new Map<string, AccessPolicy>();
  readonly #file: string;
  /** Decisions by namespace and caller, until a policy changes. */
  readonly #decisions = new Map<string, Decision>();
  readonly #listeners = new Set<() => void>();

  /** @throws InvalidInputError the file is not what it was */
  constructor(dir: string) {
    this.#file = path.join(dir, POLICIES_FILE);
    if (!existsSync(this.#file)) return;
    try {
      const policies = z.array(policySchema).parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      for (const policy of policies) this.#byId.set(policy.policyId, policy);
    } catch (error) {
      const message = error instanceof z.ZodError ? error.issues[0].message : (error as Error).message;
      throw new InvalidInputError('policies', [{ path: this.#file, message }]);
    }
  }

  ids(): string[] {
    return [...this.#byId.keys()].sort();
  }

  get(id: string): AccessPolicy | undefined {
    return this.#byId.get(id);
  }

  /** @returns whether it is new */
  put(policy: AccessPolicy): boolean {
    const isNew = !this.#byId.has(policy.policyId);
    this.#byId.set(policy.policyId, policy);
    this.#changed();
    return isNew;
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    const was = this.#byId.delete(id);
    if (was) this.#changed();
    return was;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Told whenever a policy changes. @returns how it is not told any more */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What somebody may do with the parts of a thing. */
  view(caller: Caller, thing: string): View {
    return this.#decide(caller, thing).view;
  }

  /** Whether somebody may ask for a thing over `requests/{ue}`. */
  mayAsk(caller: Caller, thing: string): boolean {
    return this.#decide(caller, thing).mayAsk;
  }

  /** Whether any policy could concern a caller. */
  concern(caller: Caller): boolean {
    return this.#byId.size > 0 && caller.role !== 'admin';
  }

  #decide(caller: Caller, thing: string): Decision {
    if (!this.concern(caller)) return UNCONCERNED;
    const namespace = thing.includes(':') ? thing.slice(0, thing.indexOf(':')) : '';
    const key = `${namespace} ${caller.role} ${caller.name}`;
    let decision = this.#decisions.get(key);
    if (decision === undefined) this.#decisions.set(key, (decision = this.#decideFor(caller, namespace)));
    return decision;
  }

  #decideFor({ name, role }: Caller, namespace: string): Decision {
    const policies = [...this.#byId.values()].filter(({ policyId }) => policyId.startsWith(`${namespace}:`));
    if (policies.length === 0) return UNCONCERNED;
    const subjects = ['anyone', `role:${role}`, `token:${name}`];
    const entries = policies
      .flatMap((policy) => Object.values(policy.entries))
      .filter((entry) => subjects.some((subject) => subject in entry.subjects));
    const rulesOf = (kind: string): Rule[] =>
      entries.flatMap(({ resources }) =>
        Object.entries(resources).flatMap(([resource, rule]) =>
          resource.startsWith(`${kind}:/`) ? [{ ...rule, path: partsOf(resource) }] : [],
        ),
      );
    return {
      view: new View(rulesOf('thing')),
      mayAsk: new View(rulesOf('message')).grantsAny('WRITE', []),
    };
  }

  #changed(): void {
    this.#decisions.clear();
    writeFileSync(`${this.#file}.new`, JSON.stringify([...this.#byId.values()], null, 2), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
    for (const listener of this.#listeners) listener();
  }
}

const partsOf = (resource: string) =>
  resource
    .slice(resource.indexOf('/') + 1)
    .split('/')
    .filter((part) => part !== '');
