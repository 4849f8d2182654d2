// npm run mutate [-- --one-in N --seed N --files GLOB --json]: do the tests of core notice when its code is changed?
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { root, setUp } from './setup.mjs';

const HELP = `npm run mutate -- [--one-in N] [--seed N] [--files GLOB] [--json]

Changes core in small ways (Stryker's mutants), one at a time, and runs the tests that reach it.
  --one-in  mutate one function in so many, drawn by the seed (default 40: about half an hour on two cores)
  --seed    of the sample (default 1)
  --files   what is mutated (default packages/core/src/**/*.ts)
The mutants that nothing noticed are listed; runs/mutation/mutation.json has all.`;

const options = read();
setUp();
const environment = {
  ...process.env,
  MUTATION_SEED: options.seed,
  MUTATION_ONE_IN: options['one-in'],
  MUTATION_FILES: options.files,
};
const stryker = path.join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const done = spawnSync(process.execPath, [stryker, 'run', 'mutation/stryker.config.mjs'], {
  cwd: root,
  env: environment,
  stdio: ['ignore', options.json ? 'ignore' : 'inherit', 'inherit'],
});
if (done.status !== 0) process.exit(1);
const statistics = path.join(root, 'packages', 'lab', 'dist', 'statistics', 'summary.js');
if (!existsSync(statistics) && !build()) process.exit(1);
const { proportion } = await import(pathToFileURL(statistics).href);
tell(mutantsOf(path.join(root, 'runs', 'mutation', 'mutation.json')));

function read() {
  const given = { 'one-in': '40', seed: '1', files: 'packages/core/src/**/*.ts' };
  const types = { 'one-in': 'string', seed: 'string', files: 'string', json: 'boolean', help: 'boolean' };
  let values;
  try {
    ({ values } = parseArgs({
      options: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
    }));
  } catch (error) {
    fail(error.message);
  }
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  for (const name of ['one-in', 'seed']) {
    const value = values[name] ?? given[name];
    if (!/^\d+$/.test(value) || (name === 'one-in' && Number(value) < 1)) {
      fail(`--${name}: "${value}" is not an integer from ${name === 'one-in' ? 1 : 0}`);
    }
  }
  return { ...given, ...values };
}

function fail(message) {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

/** Every mutant that was run, with its file, line, what it was changed to, and whether a test noticed. */
function mutantsOf(file) {
  const { files } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(files).flatMap(([name, { mutants }]) =>
    mutants
      .filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status))
      .map(({ status, location, replacement, mutatorName }) => ({
        ...{ file: name, line: location.start.line, mutatorName, replacement },
        isNoticed: status === 'Killed' || status === 'Timeout',
      })),
  );
}

function tell(mutants) {
  const missed = mutants.filter(({ isNoticed }) => !isNoticed);
  const noticed = mutants.length - missed.length;
  const { share, low, high } = proportion(noticed, mutants.length);
  if (options.json) {
    console.log(JSON.stringify({ mutants: mutants.length, noticed, low, high, missed }));
    return;
  }
  for (const { file, line, mutatorName, replacement } of missed) {
    console.log(`${file}:${line} ${mutatorName}: ${replacement.replace(/\s+/g, ' ').slice(0, 90)}`);
  }
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `noticed ${noticed} of ${mutants.length} mutants, ${percent(share)} (95 %: ${percent(low)} to ${percent(high)})`,
  );
}
