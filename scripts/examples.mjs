// npm run examples: runs every program of examples/ and writes what it prints into its last comment, which a test compares.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from './setup.mjs';

const folder = path.join(root, 'examples');
const PRINTS = '\n// Prints:\n';

/** Names of the programs that run in Node. `page.mjs` runs in a browser. */
export const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs') && name !== 'page.mjs')
  .sort();

/**
 * An example's parts.
 *
 * @returns what it shows (its first comment), its code with that comment and without the last, and what it says it prints
 */
export function readExample(name) {
  const [code, comment = ''] = readFileSync(path.join(folder, name), 'utf8').split(PRINTS);
  const shows =
    /^(?:\/\/.*\n)+/
      .exec(code)?.[0]
      .replaceAll(/^\/\/ /gm, '')
      .trim() ?? '';
  return { shows, code, prints: comment.replaceAll(/^\/\/ {0,3}/gm, '') };
}

/** Runs an example as it stands in the clone. @returns what it printed */
export async function runExample(name) {
  return (await promisify(execFile)(process.execPath, [path.join(folder, name)], { cwd: root })).stdout;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of examples) {
    const printed = await runExample(name);
    const comment = printed.trimEnd().replaceAll(/^/gm, '//   ');
    writeFileSync(path.join(folder, name), `${readExample(name).code.trimEnd()}\n${PRINTS}${comment}\n`);
    console.log(name);
  }
}
