import { encodeAbiParameters, keccak256, stringToBytes } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';

/** Bytes as 0x and hexadecimal digits. */
export type Hex = `0x${string}`;

const addresses = new Map<string, Hex>();

/** The private key of a named account. Anyone can compute it: these accounts live on chains of one script alone. */
export function keyOfName(name: string): Hex {
  return keccak256(stringToBytes(`account ${name}`));
}

/** The address of a named account, in lower case. */
export function addressOfName(name: string): Hex {
  let address = addresses.get(name);
  if (address === undefined) {
    address = privateKeyToAddress(keyOfName(name)).toLowerCase() as Hex;
    addresses.set(name, address);
  }
  return address;
}

/** The number under which the contract Swap knows a named lock. */
export function lockId(name: string): Hex {
  return keccak256(stringToBytes(`lock ${name}`));
}

/** What the contract Registry is given before a work is shown: keccak256(work, owner, salt). */
export function commitmentOf(work: Hex, owner: Hex, salt: Hex): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'bytes32' }, { type: 'address' }, { type: 'bytes32' }], [work, owner, salt]),
  );
}
