import type { Market } from './market.js';
import { valueOf } from './market.js';
import type { ProviderPolicy } from './policy.js';
import { type EventListener, ProviderSimulator } from './simulator.js';

/** What a policy made of a stream of tasks. */
export interface ProviderOutcome {
  readonly policy: string;
  readonly reward: number;
  readonly accepted: number;
  /** Crashed a provider or were turned away; accepted + dropped = tasks. */
  readonly dropped: number;
  /** Ran at a provider that crashed; finished + lost = accepted. */
  readonly lost: number;
  readonly finished: number;
  readonly crashes: number;
  /** Σ u of finished tasks. */
  readonly completedValue: number;
  /** Steps in progress over all capacity, mean over the time from 0 to the last arrival; 0 if that is 0. */
  readonly utilisation: number;
  /** Provider of every task in the order of arrival, null if it was turned away. */
  readonly assignments: readonly (number | null)[];
}

/**
 * Runs a policy over all tasks of a market and on until the last task has ended.
 *
 * @param seed of the policy's own randomness
 */
export function simulate(
  market: Market,
  policy: ProviderPolicy,
  { seed = 1, onEvent }: { seed?: number; onEvent?: EventListener } = {},
): ProviderOutcome {
  const simulator = new ProviderSimulator(market, onEvent);
  runPolicy(simulator, policy, seed);
  return outcomeOf(simulator, policy.name);
}

/** Drives a simulator that was just made or reset. */
export function runPolicy(simulator: ProviderSimulator, policy: ProviderPolicy, seed: number): void {
  const { market } = simulator;
  policy.begin(simulator, seed);
  while (!simulator.done) {
    simulator.arrive();
    const task = simulator.next;
    const provider = policy.choose(simulator);
    if (simulator.give(provider)) {
      policy.observe?.(simulator, task, provider, valueOf(market, task, provider));
    }
  }
  simulator.arrive();
}

/** What a simulator that is through has counted. */
export function outcomeOf(simulator: ProviderSimulator, policy: string): ProviderOutcome {
  const { market, reward, accepted, dropped, lost, finished, crashes, completedValue } = simulator;
  const horizonS = market.atS[market.tasks - 1];
  const bearable = horizonS * market.capacity.reduce((sum, steps) => sum + steps, 0);
  return {
    policy,
    reward,
    accepted,
    dropped,
    lost,
    finished,
    crashes,
    completedValue,
    utilisation: bearable > 0 ? simulator.workedStepS / bearable : 0,
    assignments: Array.from(simulator.assignment, (provider) => (provider < 0 ? null : provider)),
  };
}
