import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../results/manifest.js';

let hash: string | undefined;

/**
 * What computes: SHA-256 over every built file of the packages that cells run through, so that nothing that another build
 * computed is taken for this one's. Where nothing is built beside the source (one bundled file), the version.
 */
export function programHash(): string {
  hash ??= hashOf(builtFolders());
  return hash;
}

function builtFolders(): string[] {
  const require = createRequire(import.meta.url);
  const others = ['@metalore/core', '@metalore/learn', '@metalore/chain'].flatMap((name) => {
    try {
      // of a package that is run from its source, too, what was built counts
      return [path.join(path.dirname(path.dirname(require.resolve(name))), 'dist')];
    } catch {
      return [];
    }
  });
  return [fileURLToPath(new URL('../../dist', import.meta.url)), ...others].filter((folder) =>
    existsSync(folder),
  );
}

function hashOf(folders: readonly string[]): string {
  const sum = createHash('sha256').update(version);
  for (const folder of folders) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    );
    for (const name of names.sort()) sum.update(name).update(readFileSync(path.join(folder, name)));
  }
  return sum.digest('hex');
}
