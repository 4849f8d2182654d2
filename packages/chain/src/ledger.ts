import { decodeEventLog } from 'viem';
import { REGISTRY_ABI, SWAP_ABI } from './artefacts.js';
import { REGISTRY, type ChainEvent } from './chain.js';
import type { Hex } from './keys.js';

/** An event of the contracts, decoded. */
export interface LedgerEntry {
  readonly time: number;
  readonly name: string;
  readonly args: Readonly<Record<string, Hex | bigint | boolean>>;
}

/** What the contracts said, decoded, in order. */
export function ledgerOf(events: readonly ChainEvent[]): LedgerEntry[] {
  return events.map(({ address, topics, data, time }) => {
    const { eventName, args } = decodeEventLog({
      abi: address === REGISTRY ? REGISTRY_ABI : SWAP_ABI,
      topics: [...topics] as [Hex, ...Hex[]],
      data,
    });
    return { time, name: eventName, args: args };
  });
}

/** A payment that was locked and then claimed or refunded: what a buyer experienced. */
export interface Payment {
  readonly from: Hex;
  readonly to: Hex;
  /** Of the block in which it ended, Unix seconds. */
  readonly time: number;
  /** Claimed: what was paid for came; refunded: it did not. */
  readonly ok: boolean;
}

/** Every lock of funds that has ended, in the order of the ends; `funds` says which locks hold funds. */
export function paymentsOf(ledger: readonly LedgerEntry[], isFunds: (id: Hex) => boolean): Payment[] {
  const open = new Map<Hex, { from: Hex; to: Hex }>();
  const ended: Payment[] = [];
  for (const { name, args, time } of ledger) {
    const { id } = args as { id: Hex };
    if (name === 'Locked' && isFunds(id)) open.set(id, { from: lower(args.from), to: lower(args.to) });
    const lock = open.get(id);
    if ((name === 'Claimed' || name === 'Refunded') && lock !== undefined) {
      ended.push({ ...lock, time, ok: name === 'Claimed' });
      open.delete(id);
    }
  }
  return ended;
}

function lower(address: unknown): Hex {
  return String(address).toLowerCase() as Hex;
}
