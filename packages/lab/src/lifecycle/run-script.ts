import type { LifecycleAction, LifecycleScript } from '@metalore/core/lifecycle';
import { decodeFunctionResult, encodeFunctionData, keccak256, stringToBytes } from 'viem';
import { REGISTRY_ABI, SWAP_ABI } from './artefacts.js';
import { Chain, REGISTRY, SWAP } from './chain.js';
import type { Receipt } from './chain.js';

type Hex = `0x${string}`;

/** What `metalore lifecycle` prints for a `kind: lifecycle` script. */
export interface LifecycleResult {
  /** One per action; null for `wait`. */
  readonly actions: readonly (Receipt | null)[];
  /** Registered works by name; who locked a work owns it until the lock ends. */
  readonly items: Readonly<Record<string, { owner: string; live: boolean; locked: boolean }>>;
  readonly locks: Readonly<Record<string, 'locked' | 'claimed' | 'refunded'>>;
  /** Wei by account, without what is locked. */
  readonly balances: Readonly<Record<string, string>>;
  readonly stateRoot: Hex;
}

const LOCK_STATES = ['none', 'locked', 'claimed', 'refunded'] as const;

/** Runs a script on a fresh chain, an action a block. */
export async function runLifecycle(script: LifecycleScript): Promise<LifecycleResult> {
  const names = new Map(Object.keys(script.accounts).map((name) => [addressOfName(name), name]));
  const chain = await Chain.create(
    script,
    new Map(Object.entries(script.accounts).map(([name, balance]) => [addressOfName(name), balance])),
  );
  /** SHA-256 of every registered work by its name. */
  const works = new Map<string, Hex>();
  const locks: string[] = [];
  const actions: (Receipt | null)[] = [];
  for (const action of script.actions) {
    if (action.do === 'wait') {
      chain.wait(action.seconds);
      actions.push(null);
      continue;
    }
    const { to, data, value } = messageOf(action, works);
    const receipt = await chain.send(addressOfName(action.by), to, data, value);
    actions.push(receipt);
    if (!receipt.ok) continue;
    if (action.do === 'register') works.set(action.item, action.sha256);
    if (action.do === 'lock-funds' || action.do === 'lock-item') locks.push(action.lock);
  }
  return {
    actions,
    items: await readItems(chain, works, names),
    locks: await readLocks(chain, locks),
    balances: await readBalances(chain, Object.keys(script.accounts)),
    stateRoot: await chain.stateRoot(),
  };
}

/** The address that stands for an account's name. */
export function addressOfName(name: string): Hex {
  return `0x${keccak256(stringToBytes(`account ${name}`)).slice(-40)}`;
}

function lockId(name: string): Hex {
  return keccak256(stringToBytes(`lock ${name}`));
}

interface Message {
  readonly to: Hex;
  readonly data: Hex;
  readonly value: bigint;
}

/** @param works registered until now; a name without one stands for a work that is not there */
function messageOf(
  action: Exclude<LifecycleAction, { do: 'wait' }>,
  works: ReadonlyMap<string, Hex>,
): Message {
  const workOf = (name: string): Hex => works.get(name) ?? keccak256(stringToBytes(`no work ${name}`));
  const registry = (data: Hex, value = 0n): Message => ({ to: REGISTRY, data, value });
  const swap = (data: Hex, value = 0n): Message => ({ to: SWAP, data, value });
  switch (action.do) {
    case 'register':
      return registry(
        encodeFunctionData({
          abi: REGISTRY_ABI,
          functionName: 'register',
          args: [action.sha256, action.hashes],
        }),
      );
    case 'transfer':
      return registry(
        encodeFunctionData({
          abi: REGISTRY_ABI,
          functionName: 'transfer',
          args: [workOf(action.item), addressOfName(action.to)],
        }),
      );
    case 'challenge':
      return registry(
        encodeFunctionData({
          abi: REGISTRY_ABI,
          functionName: 'challenge',
          args: [workOf(action.original), workOf(action.copy)],
        }),
        action.value,
      );
    case 'lock-funds':
      return swap(
        encodeFunctionData({
          abi: SWAP_ABI,
          functionName: 'lockFunds',
          args: [lockId(action.lock), addressOfName(action.to), action.hash, BigInt(action.for)],
        }),
        action.value,
      );
    case 'lock-item':
      return swap(
        encodeFunctionData({
          abi: SWAP_ABI,
          functionName: 'lockItem',
          args: [
            lockId(action.lock),
            workOf(action.item),
            addressOfName(action.to),
            action.hash,
            BigInt(action.for),
          ],
        }),
      );
    case 'claim':
      return swap(
        encodeFunctionData({
          abi: SWAP_ABI,
          functionName: 'claim',
          args: [lockId(action.lock), action.secret],
        }),
      );
    case 'refund':
      return swap(encodeFunctionData({ abi: SWAP_ABI, functionName: 'refund', args: [lockId(action.lock)] }));
  }
}

async function readItems(
  chain: Chain,
  works: ReadonlyMap<string, Hex>,
  names: ReadonlyMap<Hex, string>,
): Promise<LifecycleResult['items']> {
  const items: Record<string, { owner: string; live: boolean; locked: boolean }> = {};
  for (const [name, work] of works) {
    const call = { abi: REGISTRY_ABI, functionName: 'read' } as const;
    const data = await chain.call(REGISTRY, encodeFunctionData({ ...call, args: [work] }));
    const [owner, live, locked] = decodeFunctionResult({ ...call, data });
    items[name] = { owner: names.get(owner.toLowerCase() as Hex) ?? owner, live, locked };
  }
  return items;
}

async function readLocks(chain: Chain, names: readonly string[]): Promise<LifecycleResult['locks']> {
  const locks: Record<string, 'locked' | 'claimed' | 'refunded'> = {};
  for (const name of names) {
    const call = { abi: SWAP_ABI, functionName: 'stateOf' } as const;
    const data = await chain.call(SWAP, encodeFunctionData({ ...call, args: [lockId(name)] }));
    locks[name] = LOCK_STATES[decodeFunctionResult({ ...call, data })] as 'locked';
  }
  return locks;
}

async function readBalances(chain: Chain, names: readonly string[]): Promise<Record<string, string>> {
  const balances: Record<string, string> = {};
  for (const name of names) balances[name] = String(await chain.balance(addressOfName(name)));
  return balances;
}
