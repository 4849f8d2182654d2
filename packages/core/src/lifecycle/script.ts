import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { InvalidInputError, type Problem } from '../errors/index.js';

const hexOf = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^(0x)?[0-9a-fA-F]{${digits}}$`), `expected ${digits} hexadecimal digits`)
    .transform((text) => `0x${text.replace(/^0x/, '').toLowerCase()}` as const);
const word = hexOf(64);
const hash = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{1,16}$/, 'expected up to 16 hexadecimal digits (64 bits)')
  .transform((text) => BigInt(`0x${text.replace(/^0x/, '')}`));
const wei = z
  .string()
  .regex(/^\d{1,60}$/, 'expected wei as a string of up to 60 decimal digits')
  .transform(BigInt);
const name = z.string().min(1);
const seconds = z.int().nonnegative();
const by = name.describe('the account that sends it');

const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({ by, do: z.literal('register'), item: name, sha256: word, hashes: z.array(hash) }),
  z.strictObject({ by, do: z.literal('commit'), item: name, sha256: word, salt: word }),
  z.strictObject({
    by,
    do: z.literal('reveal'),
    item: name,
    sha256: word,
    hashes: z.array(hash),
    salt: word,
  }),
  z.strictObject({ by, do: z.literal('challenge'), original: name, copy: name, value: wei }),
  z.strictObject({ by, do: z.literal('transfer'), item: name, to: name }),
  z.strictObject({
    by,
    do: z.literal('lock-funds'),
    lock: name,
    to: name,
    hash: word,
    for: seconds,
    value: wei,
  }),
  z.strictObject({
    by,
    do: z.literal('lock-item'),
    lock: name,
    item: name,
    to: name,
    hash: word,
    for: seconds,
  }),
  z.strictObject({ by, do: z.literal('claim'), lock: name, secret: word }),
  z.strictObject({ by, do: z.literal('refund'), lock: name }),
  z.strictObject({ by: by.optional(), do: z.literal('wait'), seconds }),
]);

/** Schema of {@link LifecycleScript}. */
export const lifecycleSchema = z.strictObject({
  kind: z.literal('lifecycle').optional(),
  start: seconds.describe(
    'time of the genesis block, Unix seconds; the first action is in the block one second later',
  ),
  deposit: wei.describe('what a challenge costs if it fails, wei'),
  tau: z.int().min(0).max(64).describe('largest distance of a copy, bits'),
  accounts: z.record(name, wei).describe('balance of every account, wei'),
  actions: z.array(actionSchema),
});

/** One action of a script; names stand for accounts, works and locks. */
export type LifecycleAction = z.output<typeof actionSchema>;

/** Accounts and what they do, one after the other, on the contracts Registry and Swap. */
export type LifecycleScript = Omit<z.output<typeof lifecycleSchema>, 'kind'>;

/**
 * Validates a script. Works and locks that are never made are no mistake here: what needs them is refused on the chain.
 *
 * @throws InvalidInputError with every problem: accounts that do not exist, names of works or locks given twice
 */
export function parseLifecycleScript(value: unknown, what = 'lifecycle script'): LifecycleScript {
  const { kind: _kind, ...script } = parseWith(lifecycleSchema, value, what);
  const problems: Problem[] = [];
  const given = { item: new Set<string>(), lock: new Set<string>() };
  const accounts = Object.keys(script.accounts);
  script.actions.forEach((action, index) => {
    const path = (field: string): string => `actions[${index}].${field}`;
    const account = (field: 'by' | 'to', of: string | undefined): void => {
      if (of === undefined || Object.hasOwn(script.accounts, of)) return;
      problems.push({
        path: path(field),
        message: `unknown account "${of}"; accepted: ${accounts.join(', ')}`,
      });
    };
    const unique = (field: 'item' | 'lock', of: string): void => {
      if (given[field].has(of))
        problems.push({ path: path(field), message: `"${of}" is given a second time` });
      given[field].add(of);
    };
    account('by', action.by);
    if ('to' in action) account('to', action.to);
    if (action.do === 'register' || action.do === 'reveal') unique('item', action.item);
    if (action.do === 'lock-funds' || action.do === 'lock-item') unique('lock', action.lock);
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  return script;
}
