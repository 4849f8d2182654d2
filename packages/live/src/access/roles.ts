import { matches } from '../message/pattern.js';

/** Who may do what: from looking on to managing. */
export const ROLES = ['viewer', 'device', 'operator', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** What a route or a topic asks of who calls it. */
export type Need =
  /** Open to everybody. */
  | 'nothing'
  /** Things, ages, history, proofs, streams. */
  | 'read'
  /** What is said to one thing or UE; a device may for its own. */
  | 'hear'
  /** What a thing or a UE says of itself; a device may for its own. */
  | 'write'
  /** Take things away, make things with ids of our choice, steer. */
  | 'operate'
  /** Tokens and audit. */
  | 'administer';

/** Who calls. */
export interface Caller {
  /** Name of the token; `anyone` where none is needed. */
  readonly name: string;
  readonly role: Role;
  /** Ids of things that are its own, with `*` for any characters. */
  readonly things: string;
}

/** On a machine of one's own, without any token. */
export const ANYONE: Caller = { name: 'anyone', role: 'admin', things: '*' };

const GRANTED: Readonly<Record<Role, readonly Need[]>> = {
  viewer: ['nothing', 'read', 'hear'],
  device: ['nothing'],
  operator: ['nothing', 'read', 'hear', 'write', 'operate'],
  admin: ['nothing', 'read', 'hear', 'write', 'operate', 'administer'],
};

/** @param thing that it is about; undefined where it is about none in particular */
export function may(caller: Caller, need: Need, thing?: string): boolean {
  if (GRANTED[caller.role].includes(need)) return true;
  const isOwn = caller.role === 'device' && (need === 'write' || need === 'hear');
  return isOwn && thing !== undefined && owns(caller, thing);
}

/** Whether an id matches the caller's pattern. */
export function owns({ things }: Caller, id: string): boolean {
  return matches(things, id);
}
