import type { Json } from '../message/bounded-json.js';
import { firstAge, refresh, type AgeState } from './age.js';

/** A property of a twin: the freshest value by (measured time, seq), whatever arrived last. */
export interface Register {
  value: Json;
  /** When it was measured, ms since 1970. */
  t: number;
  seq: number;
  age: AgeState;
}

/** Whether (t, seq) comes after what a register holds. */
export function isFresher(
  t: number,
  seq: number,
  register: { readonly t: number; readonly seq: number },
): boolean {
  return t > register.t || (t === register.t && seq > register.seq);
}

/**
 * Puts a value into a register, if it is fresher than what is there.
 *
 * @param delivered when it becomes visible, ms since 1970
 * @returns the register with the value in it; undefined if it is not fresher
 */
export function deliver(
  register: Register | undefined,
  value: Json,
  t: number,
  seq: number,
  delivered: number,
): Register | undefined {
  if (register === undefined) return { value, t, seq, age: firstAge(delivered) };
  if (!isFresher(t, seq, register)) return undefined;
  refresh(register.age, register.t, Math.max(delivered, register.age.delivered));
  register.value = value;
  register.t = t;
  register.seq = seq;
  return register;
}
