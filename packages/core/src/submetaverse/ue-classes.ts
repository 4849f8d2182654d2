import type { Scenario } from './scenario/index.js';

/** `Uint16Array [ues]`: the class of every UE: as `classOf` lists it, beyond the list in turn; 0 without classes. */
export function ueClasses({ ues }: Scenario, count: number): Uint16Array {
  const { classes, classOf = [] } = ues;
  return Uint16Array.from({ length: count }, (_, ue) => classOf[ue] ?? ue % (classes?.length ?? 1));
}
