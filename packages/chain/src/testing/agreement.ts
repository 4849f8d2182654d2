import { parseLifecycleScript } from '@metalore/core/lifecycle';
import { expect } from 'vitest';
import { runLifecycle } from '../run-script.js';
import { randomScript } from './random-script.js';
import { play } from './state-machine.js';

/** Runs random scripts on the chain and on the state machine; returns the number of accepted actions. */
export async function expectAgreement(seeds: readonly number[], length: number): Promise<number> {
  let accepted = 0;
  for (const seed of seeds) {
    const script = parseLifecycleScript(randomScript(seed, length));
    const { actions, items, locks, balances } = await runLifecycle(script);
    const { ok, held, ...expected } = play(script);
    expect(actions.map((receipt) => receipt && receipt.ok)).toEqual(ok);
    expect({ items, locks, balances }).toEqual(expected);
    const before = Object.values(script.accounts).reduce((sum, balance) => sum + balance, 0n);
    expect(Object.values(balances).reduce((sum, balance) => sum + BigInt(balance), held)).toBe(before);
    accepted += ok.filter((one) => one === true).length;
  }
  return accepted;
}
