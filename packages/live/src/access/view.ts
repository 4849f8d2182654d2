/** What may be done with a part of a thing, as in Ditto's policies. */
export type Permission = 'READ' | 'WRITE';

/** What one entry of a policy says of a part, and of all below it. */
export interface Rule {
  /** As in `features`, `motor`, `properties`, `rpm`; empty for all of a thing. */
  readonly path: readonly string[];
  readonly grant: readonly string[];
  readonly revoke: readonly string[];
}

/**
 * What a caller may do with a thing, part by part. Of the rules that name a part or something above it the most specific
 * one holds; among equally specific ones what is revoked goes before what is granted (Ditto's policies).
 */
export class View {
  constructor(readonly rules: readonly Rule[]) {}

  /** Whether a part is granted, apart from what lies below it. */
  grants(permission: Permission, path: readonly string[]): boolean {
    let length = -1;
    let granted = false;
    for (const { path: named, grant, revoke } of this.rules) {
      if (named.length < length || !startsWith(path, named)) continue;
      const revokes = revoke.includes(permission);
      if (!revokes && !grant.includes(permission)) continue;
      granted = named.length > length ? !revokes : granted && !revokes;
      length = named.length;
    }
    return granted;
  }

  /** Whether a part is granted with all below it. */
  grantsAll(permission: Permission, path: readonly string[]): boolean {
    return (
      this.grants(permission, path) && this.#below(path).every((named) => this.grants(permission, named))
    );
  }

  /** Whether a part is granted, or anything below it. */
  grantsAny(permission: Permission, path: readonly string[]): boolean {
    return this.grants(permission, path) || this.#below(path).some((named) => this.grants(permission, named));
  }

  /** What of a value may be read; undefined if that is nothing. */
  readable(value: unknown, path: readonly string[] = []): unknown {
    if (this.grantsAll('READ', path)) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!this.grantsAny('READ', path)) return undefined;
    const parts = Object.entries(value).flatMap(([name, part]) => {
      const own = path.length === 0 && ALWAYS.test(name) ? part : this.readable(part, [...path, name]);
      return own === undefined ? [] : [[name, own] as const];
    });
    return Object.fromEntries(parts);
  }

  #below(path: readonly string[]): (readonly string[])[] {
    return this.rules
      .map(({ path: named }) => named)
      .filter((named) => named.length > path.length && startsWith(named, path));
  }
}

/** Of a thing of which anything may be read: what it is called, and when it changed. */
const ALWAYS = /^(thingId|policyId|id|number|t|_\w+)$/;

/** Of those whom no policy concerns. */
export const WHOLE_VIEW = new View([{ path: [], grant: ['READ', 'WRITE'], revoke: [] }]);

const startsWith = (path: readonly string[], start: readonly string[]) =>
  start.length <= path.length && start.every((part, at) => part === path[at]);
