import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseLifecycleScript } from '@metalore/core/lifecycle';
import solc from 'solc';
import { describe, expect, it } from 'vitest';
import type { ContractCode } from './chain.js';
import type { Hex } from './keys.js';
import { runLifecycle } from './run-script.js';
import { play } from './testing/state-machine.js';
import { transitionScripts } from './testing/transitions.js';

const folder = fileURLToPath(new URL('../contracts/', import.meta.url));
const sources = Object.fromEntries(
  ['Registry.sol', 'Swap.sol'].map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
);

interface Compiled {
  contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}

function compile(changed: Readonly<Record<string, string>>): ContractCode {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(changed).map(([name, content]) => [name, { content }])),
    settings: {
      evmVersion: 'shanghai',
      optimizer: { enabled: false },
      outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
    },
  };
  const { contracts } = JSON.parse(solc.compile(JSON.stringify(input))) as Compiled;
  const code = (name: string): Hex => `0x${contracts[`${name}.sol`][name].evm.bytecode.object}`;
  return { registry: code('Registry'), swap: code('Swap') };
}

/** Whether contracts answer every transition as the state machine does. */
async function agree(code?: ContractCode): Promise<boolean> {
  for (const written of Object.values(transitionScripts())) {
    const once = parseLifecycleScript(written);
    // what is done twice meets the rules against that
    const script = { ...once, actions: [...once.actions, ...once.actions] };
    const { actions, items, locks, balances } = await runLifecycle(script, code && { code });
    const { ok, held: _held, ...expected } = play(script);
    const said = JSON.stringify([actions.map((receipt) => receipt && receipt.ok), items, locks, balances]);
    if (said !== JSON.stringify([ok, expected.items, expected.locks, expected.balances])) return false;
  }
  return true;
}

const MUTANTS: readonly (readonly [file: string, from: string, to: string])[] = [
  ['Swap.sol', 'block.timestamp < lock.deadline', 'block.timestamp <= lock.deadline'],
  ['Swap.sol', 'block.timestamp >= lock.deadline', 'block.timestamp > lock.deadline'],
  ['Swap.sol', 'require(locks[id].state == State.None, "lock used before");', ''],
  ['Swap.sol', 'lock.state = State.Claimed;', ''],
  ['Swap.sol', 'release(lock, lock.to);', 'release(lock, msg.sender);'],
  ['Registry.sol', 'require(!given.locked, "locked");\n    }', '}'],
  ['Registry.sol', 'require(given.live, "struck");', ''],
  ['Registry.sol', 'require(msg.value == deposit, "not the deposit");', ''],
  ['Registry.sol', 'require(first.number < second.number, "not the earlier work");', ''],
  ['Registry.sol', 'bits <= tau', 'bits < tau'],
  ['Registry.sol', 'struck ? msg.sender : second.owner', 'struck ? second.owner : msg.sender'],
  ['Registry.sol', 'if (bits < least) least = bits;', 'least = bits;'],
  ['Registry.sol', 'given.number > number, "registered', 'given.number < number, "registered'],
];

describe('a wrong contract', () => {
  it('is not what we have', async () => {
    expect(await agree(compile(sources))).toBe(true);
  });

  it.each(MUTANTS)('in %s is caught: "%s" turned into "%s"', async (file, from, to) => {
    expect(sources[file]).toContain(from);
    const code = compile({ ...sources, [file]: sources[file].replace(from, to) });
    expect(await agree(code)).toBe(false);
  });
});
