import type { ProviderSimulator } from './simulator.js';

/** Decides task by task which provider gets it. */
export interface ProviderPolicy {
  readonly name: string;
  /** Before the first task of a stream. @param seed of the policy's own randomness */
  begin(simulator: ProviderSimulator, seed: number): void;
  /** Provider for `simulator.next`, which has arrived; −1 turns it away. */
  choose(simulator: ProviderSimulator): number;
  /** What came of it: the value of an accepted task. */
  observe?(simulator: ProviderSimulator, task: number, provider: number, value: number): void;
}
