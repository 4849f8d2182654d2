import { createHash } from 'node:crypto';
import type { LifecycleScript } from '@metalore/core/lifecycle';

interface Work {
  owner: string;
  live: boolean;
  locked: boolean;
  number: number;
  readonly sha256: string;
  hashes: readonly bigint[];
}

interface Lock {
  state: 'locked' | 'claimed' | 'refunded';
  readonly from: string;
  readonly to: string;
  readonly hash: string;
  readonly deadline: number;
  readonly item?: Work;
  readonly value: bigint;
}

/** What {@link play} ends with. */
export interface Played {
  readonly ok: (boolean | null)[];
  readonly items: Record<string, { owner: string; live: boolean; locked: boolean }>;
  readonly locks: Record<string, string>;
  readonly balances: Record<string, string>;
  /** Wei in locks that are still closed. */
  readonly held: bigint;
}

const bits = (value: bigint): number => value.toString(2).replaceAll('0', '').length;

/** The rules of both contracts once more, with names and plain objects: no chain, no code shared. */
export function play(script: LifecycleScript): Played {
  const balances = new Map(Object.entries(script.accounts));
  const items = new Map<string, Work>();
  /** The work of these bytes, whatever names it goes by. */
  const shas = new Map<string, Work>();
  const commitments = new Map<string, number>();
  let numbers = 0;
  const locks = new Map<string, Lock>();
  let now = script.start;
  const pay = (account: string, amount: bigint): void =>
    void balances.set(account, balances.get(account)! + amount);
  const isFree = (work: Work | undefined): work is Work => work !== undefined && work.live && !work.locked;

  const perform = (action: Exclude<LifecycleScript['actions'][number], { do: 'wait' }>): boolean => {
    switch (action.do) {
      case 'register': {
        const { item, by, sha256, hashes } = action;
        if (shas.has(sha256) || hashes.length < 1 || hashes.length > 16) return false;
        const work = { owner: by, live: true, locked: false, number: ++numbers, sha256, hashes };
        shas.set(sha256, work);
        items.set(item, work);
        return true;
      }
      case 'commit': {
        const key = `${action.sha256} ${action.by} ${action.salt}`;
        if (commitments.has(key)) return false;
        commitments.set(key, ++numbers);
        return true;
      }
      case 'reveal': {
        const { item, by, sha256, hashes, salt } = action;
        const key = `${sha256} ${by} ${salt}`;
        const number = commitments.get(key);
        const earlier = shas.get(sha256);
        if (number === undefined || hashes.length < 1 || hashes.length > 16) return false;
        if (earlier !== undefined && (earlier.number < number || earlier.locked)) return false;
        commitments.delete(key);
        const work = earlier ?? { owner: by, live: true, locked: false, number, sha256, hashes };
        Object.assign(work, { owner: by, live: true, number, hashes });
        shas.set(sha256, work);
        items.set(item, work);
        return true;
      }
      case 'transfer': {
        const work = items.get(action.item);
        if (!isFree(work) || work.owner !== action.by) return false;
        work.owner = action.to;
        return true;
      }
      case 'challenge': {
        const original = items.get(action.original);
        const copy = items.get(action.copy);
        if (action.value > balances.get(action.by)! || action.value !== script.deposit) return false;
        if (!isFree(original) || !isFree(copy)) return false;
        if (original.owner !== action.by || original.number >= copy.number) return false;
        const distance = Math.min(...original.hashes.map((hash) => bits(hash ^ copy.hashes[0])));
        if (distance <= script.tau) copy.live = false;
        else {
          pay(action.by, -action.value);
          pay(copy.owner, action.value);
        }
        return true;
      }
      case 'lock-funds': {
        const { lock, by, to, hash, value } = action;
        if (value > balances.get(by)! || locks.has(lock)) return false;
        pay(by, -value);
        locks.set(lock, { state: 'locked', from: by, to, hash, deadline: now + action.for, value });
        return true;
      }
      case 'lock-item': {
        const { lock, by, to, hash } = action;
        const item = items.get(action.item);
        if (locks.has(lock) || !isFree(item) || item.owner !== by) return false;
        item.locked = true;
        locks.set(lock, { state: 'locked', from: by, to, hash, deadline: now + action.for, item, value: 0n });
        return true;
      }
      case 'claim':
      case 'refund': {
        const lock = locks.get(action.lock);
        if (lock === undefined || lock.state !== 'locked') return false;
        if (action.do === 'claim') {
          const digest = createHash('sha256')
            .update(Buffer.from(action.secret.slice(2), 'hex'))
            .digest('hex');
          if (now >= lock.deadline || `0x${digest}` !== lock.hash) return false;
        } else if (now < lock.deadline) return false;
        lock.state = action.do === 'claim' ? 'claimed' : 'refunded';
        const to = action.do === 'claim' ? lock.to : lock.from;
        if (lock.item === undefined) pay(to, lock.value);
        else {
          lock.item.locked = false;
          lock.item.owner = to;
        }
        return true;
      }
    }
  };

  const ok = script.actions.map((action) => {
    if (action.do === 'wait') {
      now += action.seconds;
      return null;
    }
    now += 1;
    return perform(action);
  });
  let held = 0n;
  for (const lock of locks.values()) if (lock.state === 'locked') held += lock.value;
  return {
    ok,
    items: Object.fromEntries(
      [...items].map(([name, { owner, live, locked }]) => [name, { owner, live, locked }]),
    ),
    locks: Object.fromEntries([...locks].map(([name, { state }]) => [name, state])),
    balances: Object.fromEntries([...balances].map(([name, balance]) => [name, String(balance)])),
    held,
  };
}
