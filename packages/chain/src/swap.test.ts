import { createHash } from 'node:crypto';
import { parseLifecycleScript } from '@metalore/core/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptRun } from './run-script.js';

const SECRET = `0x${'5e'.repeat(32)}` as const;
const HASH = `0x${createHash('sha256').update(Buffer.alloc(32, 0x5e)).digest('hex')}` as const;
const PRICE = 300n;
const D = 20;

/** A swap of one work for 300 wei: bob locks the price for 2D, ann the work for D, and the buyer holds the secret. */
async function swapped(moves: readonly { at: number; by: string; do: 'claim' | 'refund'; lock: string }[]) {
  const script = parseLifecycleScript({
    kind: 'lifecycle',
    start: 1000,
    deposit: '1',
    tau: 0,
    accounts: { ann: '1000', bob: '1000', eve: '1000' },
    actions: [
      { by: 'ann', do: 'register', item: 'work', sha256: '11'.repeat(32), hashes: ['1'] },
      { by: 'bob', do: 'lock-funds', lock: 'price', to: 'ann', hash: HASH, for: 2 * D, value: String(PRICE) },
      { by: 'ann', do: 'lock-item', lock: 'work', item: 'work', to: 'bob', hash: HASH, for: D },
    ],
  });
  const run = await ScriptRun.start(script);
  for (const action of script.actions) await run.perform(action);
  const start = run.chain.time;
  let isPublic = false;
  for (const { at, by, lock, ...move } of moves) {
    const wait = start + at - run.chain.time - 1;
    if (wait < 0) continue;
    if (wait > 0) await run.perform({ do: 'wait', seconds: wait });
    // nobody but bob knows the secret before it is public
    if (move.do === 'claim' && !isPublic && by !== 'bob') continue;
    const action = move.do === 'claim' ? { ...move, by, lock, secret: SECRET } : { ...move, by, lock };
    const sent = await run.perform(action as Parameters<ScriptRun['perform']>[0]);
    if (move.do === 'claim' && sent?.receipt.ok) isPublic = true;
    // who sells watches: a secret that is public before 2D opens the price at once
    if (isPublic) await run.perform({ by: 'ann', do: 'claim', lock: 'price', secret: SECRET });
  }
  await run.perform({ do: 'wait', seconds: 3 * D });
  await run.perform({ by: 'eve', do: 'refund', lock: 'price' });
  await run.perform({ by: 'eve', do: 'refund', lock: 'work' });
  return run.state();
}

describe('a swap', () => {
  it('never leaves both sides with one party, whoever sends what when, as long as the seller watches', async () => {
    const move = fc.record({
      at: fc.integer({ min: 1, max: 2 * D + 5 }),
      by: fc.constantFrom('ann', 'bob', 'bob', 'eve'),
      do: fc.constantFrom('claim' as const, 'refund' as const),
      lock: fc.constantFrom('price', 'work'),
    });
    let [done, returned] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 2, maxLength: 6 }), async (moves) => {
        const { items, balances } = await swapped(moves.sort((a, b) => a.at - b.at));
        const { owner } = items.work;
        const paid = balances.ann === String(1000n + PRICE);
        // bob may give the price away by opening it himself; he never gets the work without paying
        if (owner === 'bob') expect(paid).toBe(true);
        if (!paid) expect(owner).toBe('ann');
        expect(Object.values(balances).reduce((sum, wei) => sum + BigInt(wei), 0n)).toBe(3000n);
        if (owner === 'bob') done++;
        if (owner === 'ann' && !paid) returned++;
      }),
      { numRuns: 150 },
    );
    expect(done).toBeGreaterThan(10);
    expect(returned).toBeGreaterThan(10);
  });

  it('gives bob both sides if the seller sleeps past the deadline, as every hashed timelock does', async () => {
    const script = parseLifecycleScript({
      kind: 'lifecycle',
      start: 1000,
      deposit: '1',
      tau: 0,
      accounts: { ann: '0', bob: '300' },
      actions: [
        { by: 'ann', do: 'register', item: 'work', sha256: '11'.repeat(32), hashes: ['1'] },
        { by: 'bob', do: 'lock-funds', lock: 'price', to: 'ann', hash: HASH, for: 2 * D, value: '300' },
        { by: 'ann', do: 'lock-item', lock: 'work', item: 'work', to: 'bob', hash: HASH, for: D },
        { by: 'bob', do: 'claim', lock: 'work', secret: SECRET },
        { do: 'wait', seconds: 2 * D },
        { by: 'bob', do: 'refund', lock: 'price' },
      ],
    });
    const run = await ScriptRun.start(script);
    for (const action of script.actions) await run.perform(action);
    const { items, balances } = await run.state();
    expect([items.work.owner, balances.bob]).toEqual(['bob', '300']);
  });
});
