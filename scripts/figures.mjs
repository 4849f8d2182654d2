// npm run figures: draws the README's pictures again, by the commands that the README names.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { root, run, setUp } from './setup.mjs';

const metalore = path.join(root, 'packages', 'lab', 'bin', 'metalore.js');
const figures = path.join(root, 'docs', 'figures');

/** Each command, and which of its figures the README shows under which name. */
const commands = [
  {
    arguments: ['start'],
    figures: {
      'served-fifo.svg': 'start-served-fifo.svg',
      'served-freshest.svg': 'start-served-freshest.svg',
    },
  },
];

setUp();
if (!build()) process.exit(1);
mkdirSync(figures, { recursive: true });
const folder = mkdtempSync(path.join(os.tmpdir(), 'metalore-figures-'));
try {
  for (const [number, command] of commands.entries()) {
    const out = path.join(folder, String(number));
    if (!run(process.execPath, [metalore, ...command.arguments, '--out', out])) process.exit(1);
    for (const [from, to] of Object.entries(command.figures)) {
      copyFileSync(path.join(out, 'figures', from), path.join(figures, to));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
