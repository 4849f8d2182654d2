import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * `npm run bench [name…]`: runs the named benchmarks, or all. Each is a file here that exports
 * `default async (report: (line: string) => void) => void`; each runs in a process of its own, so that what one has made
 * the engine believe about a function does not slow the next.
 */
const folder = path.dirname(fileURLToPath(import.meta.url));
const [first, ...rest] = process.argv.slice(2);

if (first === '--one') {
  const file = path.join(folder, `${rest[0]}.js`);
  const benchmark = (await import(pathToFileURL(file).href)) as {
    default: (report: (line: string) => void) => void | Promise<void>;
  };
  await benchmark.default((line) => process.stdout.write(`${line}\n`));
} else {
  runAll(process.argv.slice(2));
}

function runAll(wanted: readonly string[]): void {
  const known = readdirSync(folder)
    .filter((name) => name.endsWith('.js') && name !== 'run.js')
    .map((name) => name.replace(/\.js$/, ''))
    .sort();
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark "${unknown.join('", "')}"; there are ${known.join(', ')}\n`);
    process.exit(2);
  }
  const cpus = os.cpus();
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus.length} × ${cpus[0]?.model ?? 'unknown'}\n`,
  );
  for (const name of wanted.length > 0 ? wanted : known) {
    process.stdout.write(`\n## ${name}\n`);
    const run = spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), '--one', name], {
      stdio: 'inherit',
    });
    if (run.status !== 0) process.exitCode = 1;
  }
}
