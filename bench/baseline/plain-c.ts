import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScenario, Simulator } from '@metalore/core';

/** From what is built, in bench/dist. */
const SOURCE = fileURLToPath(new URL('../../baseline/cell.c', import.meta.url));
const ROUNDS = 7;
const EPISODES = 800;

/** Side by side with a plain C program of the paper's cell, where there is a compiler. */
export function besidePlainC(report: (line: string) => void): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'metalore-bench-'));
  try {
    const program = path.join(folder, 'cell');
    const compiled = spawnSync('cc', ['-O3', '-march=native', SOURCE, '-lm', '-o', program]);
    if (compiled.status !== 0) return report('a plain C program of the same cell: no C compiler here');
    report(
      'beside a plain C program of the same cell (cc -O3 -march=native), in turn, one core, of 7 rounds each:',
    );
    for (const split of [0.3, 0.4]) report(`  ${compare(program, split)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(program: string, split: number): string {
  const simulator = new Simulator(parseScenario({}));
  const action = Float64Array.of(split, split);
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) => {
    const start = process.cpuUsage();
    for (let episode = 0; episode < EPISODES; episode++) {
      simulator.reset(1, round * EPISODES + episode);
      for (let step = 0; step < 100; step++) simulator.advance(action);
    }
    const { user, system } = process.cpuUsage(start);
    const ours = (EPISODES * 100 * 1e6) / (user + system);
    const args = [EPISODES, split, split].map(String);
    const printed = JSON.parse(execFileSync(program, args, { encoding: 'utf8' })) as {
      stepsPerSecond: number;
    };
    return { ours, c: printed.stepsPerSecond, ratio: ours / printed.stepsPerSecond };
  }).slice(1);
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const thousands = (value: number) => Math.round(value).toLocaleString('en');
  const ratios = rounds.map(({ ratio }) => ratio);
  return (
    `(${split}, ${split})  ${thousands(middle(rounds.map(({ ours }) => ours)))} steps per CPU second, ` +
    `C ${thousands(middle(rounds.map(({ c }) => c)))}: ratio ${middle(ratios).toFixed(2)} ` +
    `(${ratios[0].toFixed(2)}-${ratios[ratios.length - 1].toFixed(2)})`
  );
}
