import type { LifecycleAction } from '@metalore/core/lifecycle';
import { encodeFunctionData, keccak256, stringToBytes } from 'viem';
import { REGISTRY_ABI, SWAP_ABI } from './artefacts.js';
import { REGISTRY, SWAP } from './chain.js';
import { addressOfName, commitmentOf, lockId, type Hex } from './keys.js';

/** What an action sends to a contract. */
export interface Message {
  readonly to: Hex;
  readonly data: Hex;
  readonly value: bigint;
}

/**
 * The message of an action.
 *
 * @param works SHA-256 of what is registered until now, by name; a name without one stands for a work that is not there
 */
export function messageOf(
  action: Exclude<LifecycleAction, { do: 'wait' }>,
  works: ReadonlyMap<string, Hex>,
): Message {
  const workOf = (name: string): Hex => works.get(name) ?? keccak256(stringToBytes(`no work ${name}`));
  const registry = (data: Hex, value = 0n): Message => ({ to: REGISTRY, data, value });
  const swap = (data: Hex, value = 0n): Message => ({ to: SWAP, data, value });
  const toRegistry = { abi: REGISTRY_ABI } as const;
  const toSwap = { abi: SWAP_ABI } as const;
  switch (action.do) {
    case 'register': {
      const args = [action.sha256, action.hashes] as const;
      return registry(encodeFunctionData({ ...toRegistry, functionName: 'register', args }));
    }
    case 'commit': {
      const args = [commitmentOf(action.sha256, addressOfName(action.by), action.salt)] as const;
      return registry(encodeFunctionData({ ...toRegistry, functionName: 'commit', args }));
    }
    case 'reveal': {
      const args = [action.sha256, action.hashes, action.salt] as const;
      return registry(encodeFunctionData({ ...toRegistry, functionName: 'reveal', args }));
    }
    case 'transfer': {
      const args = [workOf(action.item), addressOfName(action.to)] as const;
      return registry(encodeFunctionData({ ...toRegistry, functionName: 'transfer', args }));
    }
    case 'challenge': {
      const args = [workOf(action.original), workOf(action.copy)] as const;
      const data = encodeFunctionData({ ...toRegistry, functionName: 'challenge', args });
      return registry(data, action.value);
    }
    case 'lock-funds': {
      const args = [lockId(action.lock), addressOfName(action.to), action.hash, BigInt(action.for)] as const;
      return swap(encodeFunctionData({ ...toSwap, functionName: 'lockFunds', args }), action.value);
    }
    case 'lock-item': {
      const args = [
        lockId(action.lock),
        workOf(action.item),
        addressOfName(action.to),
        action.hash,
        BigInt(action.for),
      ] as const;
      return swap(encodeFunctionData({ ...toSwap, functionName: 'lockItem', args }));
    }
    case 'claim': {
      const args = [lockId(action.lock), action.secret] as const;
      return swap(encodeFunctionData({ ...toSwap, functionName: 'claim', args }));
    }
    case 'refund':
      return swap(encodeFunctionData({ ...toSwap, functionName: 'refund', args: [lockId(action.lock)] }));
  }
}
