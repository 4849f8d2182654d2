import { createHash } from 'node:crypto';
import { InternalError } from '@metalore/core/errors';
import { parseLifecycleScript } from '@metalore/core/lifecycle';

/** What an action cost. */
export interface GasRow {
  readonly action: string;
  readonly gas: number;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const SECRET = sha('secret');
const HASH = createHash('sha256').update(Buffer.from(SECRET, 'hex')).digest('hex');
const hashes = (count: number, far = 0): string[] =>
  Array.from({ length: count }, (_, k) => ((1n << BigInt(far)) - 1n + BigInt(k)).toString(16));

/** Actions by what the table calls them, in the order that they are sent in. */
const ACTIONS: readonly (readonly [name: string, action: object])[] = [
  ['register, 1 hash', { by: 'ann', do: 'register', item: 'a', sha256: sha('a'), hashes: hashes(1) }],
  ['register, 11 hashes', { by: 'ann', do: 'register', item: 'b', sha256: sha('b'), hashes: hashes(11) }],
  ['register, 16 hashes', { by: 'ann', do: 'register', item: 'c', sha256: sha('c'), hashes: hashes(16) }],
  ['', { by: 'bob', do: 'register', item: 'near', sha256: sha('near'), hashes: hashes(1) }],
  ['', { by: 'bob', do: 'register', item: 'far', sha256: sha('far'), hashes: hashes(1, 60) }],
  [
    'challenge of 11 hashes, struck',
    { by: 'ann', do: 'challenge', original: 'b', copy: 'near', value: '100' },
  ],
  ['challenge of 11 hashes, lost', { by: 'ann', do: 'challenge', original: 'b', copy: 'far', value: '100' }],
  ['transfer', { by: 'ann', do: 'transfer', item: 'a', to: 'cat' }],
  ['lock funds', { by: 'bob', do: 'lock-funds', lock: 'f', to: 'ann', hash: HASH, for: 100, value: '5' }],
  ['lock a work', { by: 'ann', do: 'lock-item', lock: 'w', item: 'b', to: 'bob', hash: HASH, for: 50 }],
  ['claim a work', { by: 'bob', do: 'claim', lock: 'w', secret: SECRET }],
  ['claim funds', { by: 'ann', do: 'claim', lock: 'f', secret: SECRET }],
  ['', { by: 'bob', do: 'lock-funds', lock: 'g', to: 'ann', hash: HASH, for: 1, value: '5' }],
  ['', { by: 'bob', do: 'lock-item', lock: 'v', item: 'b', to: 'ann', hash: HASH, for: 1 }],
  ['refund funds', { by: 'bob', do: 'refund', lock: 'g' }],
  ['refund a work', { by: 'bob', do: 'refund', lock: 'v' }],
  ['commit', { by: 'ann', do: 'commit', item: 'd', sha256: sha('d'), salt: sha('salt') }],
  [
    'reveal, 11 hashes',
    { by: 'ann', do: 'reveal', item: 'd', sha256: sha('d'), hashes: hashes(11), salt: sha('salt') },
  ],
];

/** Gas of every kind of action, on the chain. */
export async function gasTable(): Promise<GasRow[]> {
  const { runLifecycle } = await import('@metalore/chain');
  const script = parseLifecycleScript({
    start: 1_700_000_000,
    deposit: '100',
    tau: 10,
    accounts: { ann: '1000', bob: '1000', cat: '1000' },
    actions: ACTIONS.map(([, action]) => action),
  });
  const { actions } = await runLifecycle(script);
  return ACTIONS.flatMap(([action], index) => {
    const receipt = actions[index];
    if (!receipt?.ok)
      throw new InternalError(`action ${index} of the gas table is refused: ${receipt?.revert}`);
    return action === '' ? [] : [{ action, gas: receipt.gas }];
  });
}
