import { createHash } from 'node:crypto';
import { RandomStream } from '@metalore/core/random';

const hex = (bytes: Uint8Array | Buffer): string => `0x${Buffer.from(bytes).toString('hex')}`;
const sha = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A script of random actions on few accounts, works and locks, so that most rules are met. */
export function randomScript(seed: number, length: number): object {
  const stream = new RandomStream(seed, 'lifecycle-script');
  const pick = <T>(values: readonly T[]): T => values[stream.integer(values.length)];
  const accounts = ['ann', 'bob', 'cat', 'dan'];
  const items: string[] = [];
  const locks: { name: string; secret: string }[] = [];
  const committed: { by: string; bytes: string; salt: string }[] = [];
  const near = BigInt(hex(sha(`hash ${seed}`).subarray(0, 8)));
  const someItem = (): string =>
    items.length === 0 ? 'nothing' : items[Math.max(0, items.length - 1 - stream.integer(6))];
  const someLock = (): { name: string; secret: string } =>
    locks.length === 0
      ? { name: 'no lock', secret: hex(sha('none')) }
      : locks[Math.max(0, locks.length - 1 - stream.integer(5))];
  const newLock = (): { lock: string; hash: string; for: number } => {
    const secret = sha(`secret ${seed} ${locks.length}`);
    const name = `lock ${locks.length}`;
    locks.push({ name, secret: hex(secret) });
    return { lock: name, hash: hex(createHash('sha256').update(secret).digest()), for: stream.integer(30) };
  };
  const make = (): object => {
    const by = pick(accounts);
    const to = pick(accounts);
    switch (
      pick([
        'register',
        'register',
        'commit',
        'reveal',
        'challenge',
        'transfer',
        'lock-funds',
        'lock-item',
        'lock-item',
        'claim',
        'claim',
        'refund',
        'wait',
      ])
    ) {
      case 'register': {
        const item = `item ${items.length}`;
        items.push(item);
        const taken = stream.integer(10);
        const bytes =
          taken === 0 ? 'often' : taken < 3 ? `${seed} bytes ${stream.integer(12)}` : `${seed} ${item}`;
        const count = pick([0, 1, 1, 2, 5, 16, 17]);
        const hashes = Array.from({ length: count }, () => {
          let hash = near;
          for (let flips = stream.integer(24); flips > 0; flips--) hash ^= 1n << BigInt(stream.integer(64));
          return `0x${hash.toString(16)}`;
        });
        return { by, do: 'register', item, sha256: hex(sha(bytes)), hashes };
      }
      case 'commit': {
        const salt = hex(sha(`salt ${stream.integer(3)}`));
        const bytes = `${seed} bytes ${stream.integer(12)}`;
        committed.push({ by, bytes, salt });
        return { by, do: 'commit', item: `item ${items.length}`, sha256: hex(sha(bytes)), salt };
      }
      case 'reveal': {
        const some = committed[Math.max(0, committed.length - 1 - stream.integer(3))];
        const item = `item ${items.length}`;
        items.push(item);
        const isHonest = some !== undefined && stream.integer(6) > 0;
        return {
          by: isHonest ? some.by : by,
          do: 'reveal',
          item,
          sha256: hex(sha(some?.bytes ?? 'nothing')),
          hashes: [`0x${near.toString(16)}`],
          salt: some?.salt ?? hex(sha('salt')),
        };
      }
      case 'challenge':
        return {
          by,
          do: 'challenge',
          original: someItem(),
          copy: someItem(),
          value: pick(['100', '100', '100', '100', '99', '101']),
        };
      case 'transfer':
        return { by, do: 'transfer', item: someItem(), to };
      case 'lock-funds':
        return {
          by,
          do: 'lock-funds',
          to,
          ...newLock(),
          value: String(stream.integer(stream.integer(8) === 0 ? 5000 : 200)),
        };
      case 'lock-item':
        return { by, do: 'lock-item', to, item: someItem(), ...newLock() };
      case 'claim': {
        const { name, secret } = someLock();
        return { by, do: 'claim', lock: name, secret: stream.integer(8) === 0 ? hex(sha('wrong')) : secret };
      }
      case 'refund':
        return { by, do: 'refund', lock: someLock().name };
      default:
        return { do: 'wait', seconds: stream.integer(12) };
    }
  };
  return {
    kind: 'lifecycle',
    start: 1_700_000_000,
    deposit: '100',
    tau: 10,
    accounts: { ann: '1000', bob: '2000', cat: '500', dan: '0' },
    actions: Array.from({ length }, make),
  };
}
