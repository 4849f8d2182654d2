import { inspect } from 'node:util';
import { RandomStream } from '@metalore/core/random';
import { readOptions } from './options.js';
import { Runner } from './runner.js';
import { TARGETS } from './targets.js';
import { tryInput, type Finding } from './worker.js';

/**
 * `npm run fuzz`: gives every entrance for strangers' input what is wrong or unusual, and looks for hangs, results that are
 * not finite, and errors that are no answer. An input is a number, the same on every machine.
 */
const { seconds, seed, workers, targets, input: shown } = readOptions();

const LOOK_MS = 200;

if (shown === undefined) await fuzz();
else showInput(targets[0], shown);

/** What one input is, and what comes of it. */
function showInput(at: number, input: number): void {
  const target = TARGETS[at];
  const made = target.make(new RandomStream(seed, `fuzz/${target.name}`, input));
  console.log(inspect(made, { depth: 20, maxStringLength: 2000, breakLength: 120 }));
  const before = performance.now();
  const fault = tryInput(target, seed, input);
  console.log(`${((performance.now() - before) / 1000).toFixed(2)} s:`, fault ?? 'as it should be');
  if (fault !== undefined) process.exitCode = 1;
}

async function fuzz(): Promise<void> {
  /** The first finding of each kind, and how many there were. */
  const found = new Map<string, { first: Finding; count: number }>();
  const note = (finding: Finding) => {
    const key = `${finding.target} ${finding.kind} ${finding.message.replaceAll(/[\d.e+-]+/g, '#')}`;
    const known = found.get(key);
    if (known !== undefined) return void known.count++;
    found.set(key, { first: finding, count: 1 });
    const { name } = TARGETS[finding.target];
    process.stdout.write(`${name}, input ${finding.input}: ${finding.kind}: ${finding.message}\n`);
  };
  const running = Array.from(
    { length: workers },
    (_, number) => new Runner(seed, number, workers, targets, note),
  );
  const end = Date.now() + 1000 * seconds;
  let told = Date.now();
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    for (const runner of running) await runner.look();
    if (!process.stderr.isTTY || Date.now() - told < 2000) continue;
    told = Date.now();
    process.stderr.write(`${count(running)} inputs, ${Math.ceil((end - told) / 1000)} s left\n`);
  }
  for (const runner of running) await runner.end();
  for (const at of targets) {
    const inputs = running.reduce((sum, { progress }) => sum + progress[at], 0);
    process.stdout.write(`${TARGETS[at].name}: ${inputs.toLocaleString('en')} inputs\n`);
  }
  process.stdout.write(
    `${count(running).toLocaleString('en')} inputs in ${seconds} s, seed ${seed}: ${found.size} kinds of fault\n`,
  );
  if (found.size === 0) return;
  for (const { first, count: times } of found.values()) {
    const { name } = TARGETS[first.target];
    process.stdout.write(`  ${times} times: npm run fuzz -- --target "${name}" --input ${first.input}\n`);
  }
  process.exitCode = 1;
}

function count(running: readonly Runner[]): number {
  return running.reduce((sum, { progress }) => sum + targets.reduce((all, at) => all + progress[at], 0), 0);
}
