// npm run examples: runs every program of examples/ and writes what it prints into its last comment, which a test compares.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from './setup.mjs';

const folder = path.join(root, 'examples');
const metalore = path.join(root, 'packages', 'lab', 'bin', 'metalore.js');
const PRINTS = '\n// Prints:\n';

/** Names of the programs that run in Node. `page.mjs` runs in a browser. */
export const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs') && name !== 'page.mjs')
  .sort();

/**
 * An example's parts.
 *
 * @returns what it shows (its first comment), how it is run (by Node, or as a module by the command that the comment names), its
 *   code without the last comment, and what it says it prints
 */
export function readExample(name) {
  const [code, comment = ''] = readFileSync(path.join(folder, name), 'utf8').split(PRINTS);
  const first = (/^(?:\/\/.*\n)+/.exec(code)?.[0] ?? '').replaceAll(/^\/\/ /gm, '');
  const run = /^Run: (.+)$/m.exec(first)?.[1] ?? `node examples/${name}`;
  const shows = first.replace(/^Run: .+$/m, '').trim();
  return { shows, run, code, prints: comment.replaceAll(/^\/\/ {0,3}/gm, '') };
}

/** Runs an example as it stands in the clone. @returns what it printed */
export async function runExample(name) {
  const [program, ...args] = readExample(name).run.split(' ');
  const command = program === 'metalore' ? [metalore, ...args] : args;
  return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of examples) {
    const printed = await runExample(name);
    const comment = printed.trimEnd().replaceAll(/^/gm, '//   ');
    writeFileSync(path.join(folder, name), `${readExample(name).code.trimEnd()}\n${PRINTS}${comment}\n`);
    console.log(name);
  }
}
