#!/usr/bin/env node
// In a checkout: builds dist when it is missing or older than the sources, then runs it. In an installed package there are
// no sources, and nothing is built.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const lab = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.dirname(lab);
const entry = path.join(lab, 'dist', 'cli.js');
const stamp = path.join(lab, 'dist', '.built');
const lock = path.join(lab, '.building.partial');

if (existsSync(path.join(lab, 'src')) && !isBuilt()) {
  withLock(() => {
    if (!isBuilt()) build();
  });
}
const { main } = await import(pathToFileURL(entry).href);
const code = await main(process.argv.slice(2));
// Whoever interrupts does not wait: a connection to a server that is gone would try again for ever.
if (code === 130) process.exit(code);
process.exitCode = code;

function isBuilt() {
  if (!existsSync(entry) || !existsSync(stamp)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  return ['core', 'learn', 'chain', 'live', 'lab'].every(
    (name) => newestSource(path.join(packages, name, 'src')) <= builtAt,
  );
}

function newestSource(folder) {
  let newest = 0;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, item.name);
    if (item.isDirectory()) newest = Math.max(newest, newestSource(file));
    else if (/\.ts$/.test(item.name) && !item.name.endsWith('.test.ts')) {
      newest = Math.max(newest, statSync(file).mtimeMs);
    }
  }
  return newest;
}

function build() {
  process.stderr.write('metalore: building …\n');
  const root = path.dirname(packages);
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    process.stderr.write('metalore: packages are missing; run npm ci (or npm start) first\n');
    process.exit(2);
  }
  const start = new Date();
  const built = spawnSync(process.execPath, [compiler, '-b', path.join(root, 'tsconfig.json')], {
    encoding: 'utf8',
    cwd: root,
  });
  if (built.status === 0) {
    writeFileSync(stamp, '');
    utimesSync(stamp, start, start);
  } else {
    process.stderr.write(`${built.stdout}${built.stderr}`);
    if (!existsSync(entry)) process.exit(1);
    process.stderr.write('metalore: the sources have type errors; running what was built\n');
  }
}

/** Two commands started at once in a fresh checkout must not build into the same files. */
function withLock(work) {
  const giveUp = Date.now() + 180_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() > giveUp || Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs > 180_000) {
        break; // whoever made it is gone
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    try {
      rmdirSync(lock);
    } catch {
      // another process has cleared it
    }
  }
}
