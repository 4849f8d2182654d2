import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseLifecycleScript } from '@metalore/core/lifecycle';
import { describe, expect, it } from 'vitest';
import { runLifecycle } from './run-script.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const secret = `0x${'11'.repeat(32)}`;
// SHA-256 of 32 bytes of 0x11
const hash = '0x02d449a31fbb267c8f352e9968a79e3e5fc95c1bbeaa502fd6454ebde5a4bedc';
const sha = (digit: number): string => `0x${String(digit).repeat(64)}`;
const base = {
  kind: 'lifecycle',
  start: 1000,
  deposit: '100',
  tau: 3,
  accounts: { ann: '1000', bob: '1000' },
};
const register = (by: string, item: string, digit: number, first = '0'): object => ({
  by,
  do: 'register',
  item,
  sha256: sha(digit),
  hashes: [first],
});
const run = (...actions: object[]) => runLifecycle(parseLifecycleScript({ ...base, actions }));

describe('the contracts', () => {
  it('are what the committed artefacts were compiled from', () => {
    execFileSync(process.execPath, [path.join(root, 'scripts', 'compile-contracts.mjs'), '--check'], {
      cwd: root,
    });
  });

  it('strike a copy within tau, else pay the accused', async () => {
    const far = await run(register('ann', 'a', 1), register('bob', 'b', 2, 'f'), {
      by: 'ann',
      do: 'challenge',
      original: 'a',
      copy: 'b',
      value: '100',
    });
    expect(far.balances).toEqual({ ann: '900', bob: '1100' });
    expect(far.items.b.live).toBe(true);
    const near = await run(register('ann', 'a', 1), register('bob', 'b', 2, '7'), {
      by: 'ann',
      do: 'challenge',
      original: 'a',
      copy: 'b',
      value: '100',
    });
    expect(near.balances).toEqual({ ann: '1000', bob: '1000' });
    expect(near.items.b.live).toBe(false);
  });

  it('swap a work for funds, and refuse each step out of turn with its reason', async () => {
    const funds = { by: 'bob', do: 'lock-funds', lock: 'funds', to: 'ann', hash, for: 100, value: '300' };
    const work = { by: 'ann', do: 'lock-item', lock: 'work', item: 'a', to: 'bob', hash, for: 50 };
    const { actions, items, locks, balances } = await run(
      register('ann', 'a', 1),
      funds,
      work,
      { by: 'ann', do: 'transfer', item: 'a', to: 'ann' },
      { by: 'bob', do: 'claim', lock: 'work', secret: sha(2) },
      { by: 'ann', do: 'refund', lock: 'work' },
      { by: 'bob', do: 'claim', lock: 'work', secret },
      { by: 'bob', do: 'claim', lock: 'funds', secret },
      { by: 'bob', do: 'claim', lock: 'funds', secret },
      { by: 'ann', do: 'lock-funds', lock: 'more', to: 'bob', hash, for: 1, value: '5000' },
    );
    expect(actions.map((receipt) => receipt?.revert ?? 'ok')).toEqual([
      ...[
        'ok',
        'ok',
        'ok',
        'locked',
        'wrong secret',
        'too early',
        'ok',
        'ok',
        'not locked',
        'insufficient balance',
      ],
    ]);
    expect(items.a).toEqual({ owner: 'bob', live: true, locked: false });
    expect(locks).toEqual({ funds: 'claimed', work: 'claimed' });
    expect(balances).toEqual({ ann: '1300', bob: '700' });
  });

  it('claim before the deadline only, refund from it on', async () => {
    const lock = { by: 'bob', do: 'lock-funds', lock: 'l', to: 'ann', hash, for: 10, value: '1' };
    const claim = { by: 'ann', do: 'claim', lock: 'l', secret };
    const refund = { by: 'ann', do: 'refund', lock: 'l' };
    // the action after a wait of w seconds comes w + 1 seconds after the lock
    const after = async (seconds: number, action: object): Promise<boolean> =>
      (await run(lock, { do: 'wait', seconds }, action)).actions[2]!.ok;
    expect(await after(8, claim)).toBe(true);
    expect(await after(9, claim)).toBe(false);
    expect(await after(8, refund)).toBe(false);
    expect(await after(9, refund)).toBe(true);
  });

  it('give the same state root for the same script, and gas near the prototype’s', async () => {
    const actions = [register('ann', 'a', 1), register('bob', 'b', 2, '7')];
    const one = await run(...actions);
    const other = await run(...actions);
    expect(one.stateRoot).toBe(other.stateRoot);
    expect(one.stateRoot).toMatch(/^0x[0-9a-f]{64}$/);
    expect(one.actions[0]!.gas).toBeGreaterThan(80_000);
    expect(one.actions[0]!.gas).toBeLessThan(140_000);
  });
});

describe('bad scripts', () => {
  it.each([
    [{ by: 'eve', do: 'refund', lock: 'l' }, /actions\[0\]\.by: unknown account "eve"/],
    [{ by: 'ann', do: 'transfer', item: 'a', to: 'eve' }, /actions\[0\]\.to: unknown account/],
    [{ by: 'ann', do: 'steal', item: 'a' }, /actions\[0\]\.do/],
    [{ by: 'ann', do: 'claim', lock: 'l', secret: '0x12' }, /actions\[0\]\.secret.*64 hexadecimal digits/],
    [{ by: 'ann', do: 'register', item: 'a', sha256: sha(1), hashes: ['xyz'] }, /actions\[0\]\.hashes\[0\]/],
    [{ do: 'wait', seconds: -1 }, /actions\[0\]\.seconds/],
  ])('are refused with field and index: %#', (action, message) => {
    expect(() => parseLifecycleScript({ ...base, actions: [action] })).toThrow(message);
  });

  it('give a name twice', () => {
    const actions = [register('ann', 'a', 1), register('ann', 'a', 2)];
    expect(() => parseLifecycleScript({ ...base, actions })).toThrow(
      /actions\[1\]\.item: "a" is given a second time/,
    );
  });
});
