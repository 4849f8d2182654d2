// Compiles kernel.ts and writes it, in base64, to src/kernel/binary.ts. With --check it only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const target = fileURLToPath(new URL('../src/kernel/binary.ts', import.meta.url));
const source = await readFile(new URL('./kernel.ts', import.meta.url), 'utf8');
let binary;
const { error, stderr } = await asc.main(
  [
    'kernel.ts',
    '-O3',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--noAssert',
    '--importMemory',
    '--outFile',
    'kernel.wasm',
  ],
  {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = contents;
    },
  },
);
if (error) throw new Error(stderr.toString(), { cause: error });

const text = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,100}/g);
const module = `// Written by \`npm run build:kernel -w packages/learn\` from kernel/kernel.ts: WebAssembly in base64.
export const KERNEL_BASE64 =
${text.map((line) => `  '${line}'`).join(' +\n')};
`;
if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== module)
    throw new Error(`${target} is not what kernel.ts compiles to`);
} else {
  await writeFile(target, module);
}
