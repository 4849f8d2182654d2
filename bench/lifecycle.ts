import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REPUTATION_DEFAULTS, ReputationModel } from '@metalore/core/lifecycle';
import { RandomStream } from '@metalore/core/random';

/** Reputation of many producers and providers from a million interactions, one more interaction; actions on the chain. */
export default function lifecycle(report: (line: string) => void): void {
  chain(report);
  for (const size of [100, 316, 1000]) {
    const interactions = size * size;
    const stream = new RandomStream(1, 'bench');
    const model = new ReputationModel(size, size, REPUTATION_DEFAULTS, 40);
    const before = process.cpuUsage().user;
    for (let k = 0; k < interactions; k++) {
      const [producer, provider] = [stream.integer(size), stream.integer(size)];
      model.record({ producer, provider, at: stream.integer(40), ok: stream.uniform() < 0.8, value: 40 });
    }
    for (let provider = 0; provider < size; provider++) model.opinion(0, provider);
    const seconds = (process.cpuUsage().user - before) / 1e6;
    report(`${size} × ${size}, ${interactions.toLocaleString('en')} interactions: ${seconds.toFixed(2)} s`);
    const start = process.cpuUsage().user;
    for (let k = 0; k < 500; k++) {
      model.record({ producer: k % size, provider: k % size, at: 40, ok: true, value: 40 });
      model.opinion(0, k % size);
    }
    report(`one more interaction: ${((process.cpuUsage().user - start) / 500).toFixed(1)} µs`);
  }
}

/** What 700 registrations and transfers more take, by the command line: starting and loading cancel. */
function chain(report: (line: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-lifecycle-'));
  const seconds = (works: number): number => {
    const name = (k: number) => `work-${k}`;
    const actions = Array.from({ length: works }, (_, k) => [
      {
        by: 'ada',
        do: 'register',
        item: name(k),
        sha256: createHash('sha256').update(name(k)).digest('hex'),
        hashes: ['0123456789abcdef'],
      },
      { by: 'ada', do: 'transfer', item: name(k), to: 'bob' },
    ]).flat();
    const file = path.join(folder, 'script.json');
    const accounts = { ada: '1000', bob: '0' };
    writeFileSync(
      file,
      JSON.stringify({ kind: 'lifecycle', start: 0, deposit: '1', tau: 10, accounts, actions }),
    );
    const start = performance.now();
    const command = path.resolve('packages', 'lab', 'bin', 'metalore.js');
    const { status, stderr } = spawnSync(process.execPath, [command, 'lifecycle', file, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - start) / 1e3;
  };
  const rate = (2 * 700) / (seconds(750) - seconds(50));
  rmSync(folder, { recursive: true });
  report(`actions on the chain, registrations and transfers: ${rate.toFixed(0)} a second`);
}
