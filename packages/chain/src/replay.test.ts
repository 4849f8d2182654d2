import { parseLifecycleScript } from '@metalore/core/lifecycle';
import { expect, it } from 'vitest';
import { replay, signScript } from './replay.js';
import { runLifecycle } from './run-script.js';
import { randomScript } from './testing/random-script.js';

it('signed transactions on the genesis lead to the same answers and the same state root', async () => {
  const script = parseLifecycleScript(randomScript(7, 120));
  const { actions, stateRoot } = await runLifecycle(script);
  const { genesis, transactions, stateRoot: signedRoot } = await signScript(script);
  expect(signedRoot).toBe(stateRoot);
  const again = await replay(
    JSON.parse(JSON.stringify(genesis)) as typeof genesis,
    JSON.parse(JSON.stringify(transactions)) as typeof transactions,
  );
  expect(again.stateRoot).toBe(stateRoot);
  const mined = actions.filter((receipt) => receipt !== null && receipt.gas > 0);
  expect(again.ok).toEqual(mined.map((receipt) => receipt!.ok));
  const short = await replay(genesis, transactions.slice(0, -20));
  expect(short.stateRoot).not.toBe(stateRoot);
});
