import { fileURLToPath } from 'node:url';
import { parseLifecycleScript } from '@metalore/core/lifecycle';
import type { LifecycleScript } from '@metalore/core/lifecycle';
import { decodeFunctionResult, encodeFunctionData } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { REGISTRY_ABI, SWAP_ABI } from './artefacts.js';
import { REGISTRY, SWAP } from './chain.js';
import { addressOfName, lockId, type Hex } from './keys.js';
import { replay, signScript } from './replay.js';
import { runLifecycle } from './run-script.js';
import { randomScript } from './testing/random-script.js';
import { transitionScripts } from './testing/transitions.js';

/** The Rust machine of Hardhat (EDR), asked as a client asks a node. */
type Request = (method: string, params?: unknown[]) => Promise<unknown>;
let request: Request;

beforeAll(async () => {
  process.env.HARDHAT_CONFIG = fileURLToPath(new URL('./testing/hardhat.config.cjs', import.meta.url));
  process.env.HARDHAT_DISABLE_TELEMETRY_PROMPT = 'true';
  const { default: hardhat } = await import('hardhat');
  request = (method, params = []) => hardhat.network.provider.request({ method, params });
});

/** Puts a script's genesis and signed transactions onto the other machine and reads its contracts. */
async function onHardhat(script: LifecycleScript): Promise<unknown> {
  const { genesis, transactions } = await signScript(script);
  await request('hardhat_reset');
  for (const [address, { balance, nonce, code }] of Object.entries(genesis.alloc)) {
    await request('hardhat_setBalance', [address, balance]);
    if (nonce !== undefined) await request('hardhat_setNonce', [address, nonce]);
    if (code !== undefined) await request('hardhat_setCode', [address, code]);
  }
  const ok: boolean[] = [];
  for (const { time, raw } of transactions) {
    await request('evm_setNextBlockTimestamp', [time]);
    await request('hardhat_setNextBlockBaseFeePerGas', ['0x0']);
    // a refused transaction is mined like any other, and reported as an error as well
    await request('eth_sendRawTransaction', [raw]).catch(() => undefined);
    const { transactions: mined } = (await request('eth_getBlockByNumber', ['latest', true])) as {
      transactions: { hash: Hex }[];
    };
    const { status } = (await request('eth_getTransactionReceipt', [mined[0].hash])) as { status: Hex };
    ok.push(status === '0x1');
  }
  return { ok, ...(await read(script, ok, transactions.length)) };
}

async function read(script: LifecycleScript, ok: readonly boolean[], count: number) {
  expect(ok).toHaveLength(count);
  const call = async (to: Hex, data: Hex): Promise<Hex> =>
    (await request('eth_call', [{ to, data }, 'latest'])) as Hex;
  const names = new Map(Object.keys(script.accounts).map((name) => [addressOfName(name), name]));
  const items: Record<string, unknown> = {};
  const locks: Record<string, unknown> = {};
  for (const action of script.actions) {
    if (action.do === 'register' || action.do === 'reveal') {
      const fields = { abi: REGISTRY_ABI, functionName: 'read' } as const;
      const data = await call(REGISTRY, encodeFunctionData({ ...fields, args: [action.sha256] }));
      const [owner, live, locked] = decodeFunctionResult({ ...fields, data });
      items[action.item] = { owner: names.get(owner.toLowerCase() as Hex), live, locked };
    }
    if (action.do === 'lock-funds' || action.do === 'lock-item') {
      const fields = { abi: SWAP_ABI, functionName: 'stateOf' } as const;
      const data = await call(SWAP, encodeFunctionData({ ...fields, args: [lockId(action.lock)] }));
      locks[action.lock] = ['none', 'locked', 'claimed', 'refunded'][
        decodeFunctionResult({ ...fields, data })
      ];
    }
  }
  const balances: Record<string, string> = {};
  for (const [address, name] of names) {
    balances[name] = String(BigInt((await request('eth_getBalance', [address, 'latest'])) as Hex));
  }
  return { items, locks, balances };
}

async function expectEqual(written: object): Promise<void> {
  const script = parseLifecycleScript(written);
  const { actions, items, locks, balances } = await runLifecycle(script);
  const theirs = (await onHardhat(script)) as {
    ok: boolean[];
    items: Record<string, unknown>;
    locks: Record<string, unknown>;
    balances: Record<string, string>;
  };
  const mined = actions.filter((receipt) => receipt !== null && receipt.gas > 0);
  expect(theirs.ok).toEqual(mined.map((receipt) => receipt!.ok));
  expect(theirs.balances).toEqual(balances);
  expect(theirs.items).toMatchObject(items);
  expect(theirs.locks).toMatchObject(locks);
}

describe('another maker’s machine gives the same answers', () => {
  it.each(Object.entries(transitionScripts()))('%s', async (_name, script) => expectEqual(script));

  it('to random scripts', async () => {
    for (const seed of [31, 32]) await expectEqual(randomScript(seed, 120));
  }, 30_000);

  it('and our replay of the same files', async () => {
    const script = parseLifecycleScript(randomScript(33, 60));
    const { genesis, transactions, stateRoot } = await signScript(script);
    expect((await replay(genesis, transactions)).stateRoot).toBe(stateRoot);
  });
});
