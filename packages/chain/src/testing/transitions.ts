import { createHash } from 'node:crypto';

const sha = (text: string): Buffer => createHash('sha256').update(text).digest();
const hex = (bytes: Buffer): string => `0x${bytes.toString('hex')}`;
const SECRET = hex(sha('the secret'));
const HASH = hex(createHash('sha256').update(sha('the secret')).digest());
const SALT = hex(sha('salt'));

const register = (by: string, item: string, ...hashes: string[]): object => ({
  by,
  do: 'register',
  item,
  sha256: hex(sha(item)),
  hashes: hashes.length === 0 ? ['0'] : hashes,
});
const transfer = (by: string, item: string, to: string): object => ({ by, do: 'transfer', item, to });
const challenge = (by: string, original: string, copy: string, value = '100'): object => ({
  by,
  do: 'challenge',
  original,
  copy,
  value,
});
const lockFunds = (by: string, lock: string, to: string, seconds: number, value = '50'): object => ({
  by,
  do: 'lock-funds',
  lock,
  to,
  hash: HASH,
  for: seconds,
  value,
});
const lockItem = (by: string, lock: string, item: string, to: string, seconds: number): object => ({
  by,
  do: 'lock-item',
  lock,
  item,
  to,
  hash: HASH,
  for: seconds,
});
const claim = (by: string, lock: string, secret = SECRET): object => ({ by, do: 'claim', lock, secret });
const refund = (by: string, lock: string): object => ({ by, do: 'refund', lock });
const wait = (seconds: number): object => ({ do: 'wait', seconds });
const commit = (by: string, bytes: string): object => ({
  by,
  do: 'commit',
  item: bytes,
  sha256: hex(sha(bytes)),
  salt: SALT,
});
const reveal = (by: string, item: string, bytes: string, ...hashes: string[]): object => ({
  by,
  do: 'reveal',
  item,
  sha256: hex(sha(bytes)),
  hashes: hashes.length === 0 ? ['0'] : hashes,
  salt: SALT,
});

const bits = (count: number): string => ((1n << BigInt(count)) - 1n).toString(16);

/** Every transition of both contracts, allowed and refused, at its borders. */
const ACTIONS: Readonly<Record<string, readonly object[]>> = {
  registers: [
    register('ann', 'a'),
    { ...register('bob', 'again'), sha256: hex(sha('a')) },
    { ...register('bob', 'without'), hashes: [] },
    register('bob', 'sixteen', ...Array.from({ length: 16 }, (_, k) => String(k))),
    register('bob', 'seventeen', ...Array.from({ length: 17 }, (_, k) => k.toString(16))),
  ],
  transfers: [
    register('ann', 'a'),
    transfer('bob', 'a', 'bob'),
    transfer('ann', 'a', 'bob'),
    transfer('ann', 'a', 'cat'),
    transfer('ann', 'nothing', 'cat'),
  ],
  strikes: [
    register('ann', 'a', bits(0)),
    register('bob', 'at-tau', bits(10)),
    register('bob', 'beyond', bits(11)),
    challenge('ann', 'a', 'at-tau'),
    challenge('ann', 'a', 'at-tau'),
    challenge('ann', 'a', 'beyond'),
    transfer('bob', 'at-tau', 'cat'),
    transfer('bob', 'beyond', 'cat'),
    register('dan', 'late', bits(0)),
    challenge('bob', 'at-tau', 'late'),
    lockItem('bob', 'struck', 'at-tau', 'ann', 5),
  ],
  'best hash': [
    register('ann', 'a', bits(0), bits(64), bits(40)),
    register('bob', 'b', bits(1), bits(30)),
    register('bob', 'c', bits(30), bits(0)),
    register('bob', 'd', bits(60)),
    challenge('ann', 'a', 'b'),
    challenge('ann', 'a', 'c'),
    challenge('ann', 'a', 'd'),
  ],
  'challenges refused': [
    register('ann', 'a'),
    register('bob', 'b'),
    challenge('bob', 'b', 'a'),
    challenge('ann', 'b', 'a'),
    challenge('bob', 'a', 'b'),
    challenge('ann', 'a', 'b', '99'),
    challenge('ann', 'a', 'b', '101'),
    challenge('ann', 'a', 'b', '0'),
    challenge('ann', 'a', 'a'),
    challenge('ann', 'a', 'nothing'),
    challenge('ann', 'nothing', 'b'),
    challenge('dan', 'a', 'b'),
    lockItem('bob', 'l', 'b', 'cat', 50),
    challenge('ann', 'a', 'b'),
    lockItem('ann', 'm', 'a', 'cat', 50),
    challenge('ann', 'a', 'b'),
  ],
  'funds claimed': [
    lockFunds('ann', 'l', 'bob', 10),
    claim('bob', 'l', hex(sha('wrong'))),
    refund('ann', 'l'),
    claim('cat', 'l'),
    claim('bob', 'l'),
    refund('ann', 'l'),
    lockFunds('ann', 'too much', 'bob', 10, '5000'),
    claim('bob', 'too much'),
  ],
  'the last second of a claim': [lockFunds('ann', 'l', 'bob', 10), wait(8), claim('bob', 'l')],
  'the first second after it': [lockFunds('ann', 'l', 'bob', 10), wait(9), claim('bob', 'l')],
  'the last second before a refund': [lockFunds('ann', 'l', 'bob', 10), wait(8), refund('ann', 'l')],
  'the first second of a refund': [
    lockFunds('ann', 'l', 'bob', 10),
    wait(9),
    refund('cat', 'l'),
    claim('bob', 'l'),
    refund('ann', 'l'),
  ],
  'works claimed': [
    register('ann', 'a'),
    lockItem('bob', 'no', 'a', 'bob', 10),
    lockItem('ann', 'l', 'a', 'bob', 10),
    lockItem('ann', 'm', 'a', 'cat', 10),
    transfer('ann', 'a', 'cat'),
    transfer('bob', 'a', 'cat'),
    claim('cat', 'l'),
    claim('cat', 'l'),
    transfer('ann', 'a', 'ann'),
    transfer('bob', 'a', 'cat'),
  ],
  'works refunded': [
    register('ann', 'a'),
    lockItem('ann', 'l', 'a', 'bob', 3),
    wait(3),
    claim('bob', 'l'),
    refund('bob', 'l'),
    transfer('ann', 'a', 'dan'),
    lockItem('dan', 'n', 'a', 'dan', 0),
    refund('dan', 'n'),
  ],
  commitments: [
    commit('ann', 'early'),
    commit('ann', 'early'),
    register('bob', 'early'),
    reveal('bob', 'stolen', 'early'),
    reveal('ann', 'mine', 'early', bits(3)),
    reveal('ann', 'twice', 'early'),
    transfer('bob', 'early', 'bob'),
    transfer('ann', 'mine', 'cat'),
    register('dan', 'first'),
    commit('ann', 'first'),
    reveal('ann', 'late', 'first'),
    commit('ann', 'held'),
    register('bob', 'held'),
    lockItem('bob', 'hold', 'held', 'dan', 2),
    reveal('ann', 'locked', 'held'),
    wait(2),
    refund('bob', 'hold'),
    reveal('ann', 'freed', 'held'),
    commit('cat', 'none'),
    { ...reveal('cat', 'hashless', 'none'), hashes: [] },
  ],
  'a commitment is earlier than what was registered after it': [
    commit('ann', 'work'),
    register('bob', 'copy', bits(4)),
    reveal('ann', 'original', 'work', bits(0)),
    challenge('bob', 'copy', 'original'),
    challenge('ann', 'original', 'copy'),
  ],
};

/** Scripts by what they show. */
export function transitionScripts(): Record<string, object> {
  const base = { kind: 'lifecycle', start: 1_700_000_000, deposit: '100', tau: 10 };
  const accounts = { ann: '1000', bob: '1000', cat: '1000', dan: '50' };
  return Object.fromEntries(
    Object.entries(ACTIONS).map(([name, actions]) => [name, { ...base, accounts, actions }]),
  );
}
