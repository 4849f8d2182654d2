// Compiles packages/chain/contracts to packages/chain/src/artefacts.ts, which is committed: nobody needs a compiler at run time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import solc from 'solc';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'packages', 'chain', 'contracts');
const target = path.join(root, 'packages', 'chain', 'src', 'artefacts.ts');

const input = {
  language: 'Solidity',
  sources: Object.fromEntries(
    readdirSync(folder).map((name) => [name, { content: readFileSync(path.join(folder, name), 'utf8') }]),
  ),
  settings: {
    evmVersion: 'shanghai',
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const problems = (output.errors ?? []).map((error) => error.formattedMessage);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
const constants = ['Registry', 'Swap'].map((name) => {
  const { abi, evm } = output.contracts[`${name}.sol`][name];
  const constant = name.toUpperCase();
  return `/** packages/chain/contracts/${name}.sol */
export const ${constant}_ABI = ${JSON.stringify(abi)} as const;
export const ${constant}_BYTECODE = '0x${evm.bytecode.object}' as const;
`;
});
const text = `// Compiled by scripts/compile-contracts.mjs (npm run contracts) with solc ${solc.version()}; do not edit.\n\n${constants.join('\n')}`;
const formatted = await format(text, { ...(await resolveConfig(target)), parser: 'typescript' });
if (process.argv[2] === '--check') {
  const committed = readFileSync(target, 'utf8');
  if (committed !== formatted) {
    console.error('artefacts.ts is not what the contracts compile to: npm run contracts');
    process.exit(1);
  }
} else writeFileSync(target, formatted);
