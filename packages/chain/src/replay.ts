import { createBlock } from '@ethereumjs/block';
import { Caches, MerkleStateManager } from '@ethereumjs/statemanager';
import { createTxFromRLP } from '@ethereumjs/tx';
import { Account, bytesToHex, hexToBytes } from '@ethereumjs/util';
import { createVM, runTx } from '@ethereumjs/vm';
import type { LifecycleScript } from '@metalore/core/lifecycle';
import { privateKeyToAccount } from 'viem/accounts';
import { addressOf, CHAIN_ID, chainRules, GAS_LIMIT } from './chain.js';
import { addressOfName, keyOfName, type Hex } from './keys.js';
import { ScriptRun, type SentMessage } from './run-script.js';

/** The state that a chain begins with, in the form that Ethereum clients read. */
export interface Genesis {
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly timestamp: Hex;
  readonly gasLimit: Hex;
  readonly baseFeePerGas: Hex;
  readonly difficulty: Hex;
  readonly alloc: Readonly<Record<Hex, { balance: Hex; nonce?: Hex; code?: Hex }>>;
}

/** A script as other clients replay it: blocks of one signed transaction each. */
export interface SignedScript {
  readonly genesis: Genesis;
  /** What an account could not pay for was never mined, and is not here. */
  readonly transactions: readonly { readonly time: number; readonly raw: Hex }[];
  readonly stateRoot: Hex;
}

const hex = (value: bigint | number): Hex => `0x${value.toString(16)}`;

/** Runs a script and signs what it mined. */
export async function signScript(script: LifecycleScript): Promise<SignedScript> {
  const run = await ScriptRun.start(script);
  const genesis = genesisOf(script, run.chain.code);
  const nonces = new Map<string, number>();
  const transactions: { time: number; raw: Hex }[] = [];
  for (const action of script.actions) {
    const message = await run.perform(action);
    if (message === null || message.receipt.gas === 0) continue;
    const nonce = nonces.get(message.by) ?? 0;
    nonces.set(message.by, nonce + 1);
    transactions.push({ time: message.time, raw: await signed(message, nonce) });
  }
  return { genesis, transactions, stateRoot: await run.chain.stateRoot() };
}

function signed({ by, to, data, value }: SentMessage, nonce: number): Promise<Hex> {
  const account = privateKeyToAccount(keyOfName(by));
  const fields = { type: 'legacy', chainId: CHAIN_ID, nonce, gasPrice: 0n, gas: GAS_LIMIT } as const;
  return account.signTransaction({ ...fields, to, data, value });
}

function genesisOf({ start, accounts }: LifecycleScript, code: ReadonlyMap<Hex, Hex>): Genesis {
  const zeroBlocks = [
    'homestead',
    'eip150',
    'eip155',
    'eip158',
    'byzantium',
    'constantinople',
    'petersburg',
    'istanbul',
    'berlin',
    'london',
  ].map((name) => [`${name}Block`, 0]);
  return {
    config: {
      chainId: CHAIN_ID,
      ...Object.fromEntries(zeroBlocks),
      terminalTotalDifficulty: 0,
      terminalTotalDifficultyPassed: true,
      shanghaiTime: 0,
    },
    timestamp: hex(start),
    gasLimit: hex(GAS_LIMIT),
    baseFeePerGas: '0x0',
    difficulty: '0x0',
    alloc: Object.fromEntries([
      ...[...code].map(([address, bytes]) => [address, { balance: '0x0', nonce: '0x1', code: bytes }]),
      ...Object.entries(accounts).map(([name, wei]) => [addressOfName(name), { balance: hex(wei) }]),
    ]) as Genesis['alloc'],
  };
}

/** Replays signed transactions on the state of a genesis, signatures and nonces checked: nothing but what files hold. */
export async function replay(
  { alloc }: Genesis,
  transactions: SignedScript['transactions'],
): Promise<{ ok: boolean[]; stateRoot: Hex }> {
  const common = chainRules();
  const vm = await createVM({
    common,
    stateManager: new MerkleStateManager({ common, caches: new Caches() }),
  });
  for (const [address, { balance, nonce = '0x0', code }] of Object.entries(alloc)) {
    const place = addressOf(address as Hex);
    await vm.stateManager.putAccount(place, new Account(BigInt(nonce), BigInt(balance)));
    if (code !== undefined) await vm.stateManager.putCode(place, hexToBytes(code));
  }
  const ok: boolean[] = [];
  for (const [index, { time, raw }] of transactions.entries()) {
    const header = {
      number: BigInt(index + 1),
      timestamp: BigInt(time),
      gasLimit: GAS_LIMIT,
      baseFeePerGas: 0n,
    };
    const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
    const tx = createTxFromRLP(hexToBytes(raw), { common });
    const { execResult } = await runTx(vm, { tx, block });
    ok.push(execResult.exceptionError === undefined);
  }
  return { ok, stateRoot: bytesToHex(await vm.stateManager.getStateRoot()) };
}
