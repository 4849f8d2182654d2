// Run by npm before the `metalore` package is packed: copies the YAML files that stand at the top of the checkout into it.
// `node scripts/pack.mjs clean`, run afterwards, removes them again.
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

for (const folder of ['scenarios', 'studies', 'LICENSE']) {
  const copy = path.join(root, 'packages', 'lab', folder);
  rmSync(copy, { recursive: true, force: true });
  if (process.argv[2] !== 'clean') cpSync(path.join(root, folder), copy, { recursive: true });
}
