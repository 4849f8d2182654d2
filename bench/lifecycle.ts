import { REPUTATION_DEFAULTS, ReputationModel } from '@metalore/core/lifecycle';
import { RandomStream } from '@metalore/core/random';

/** Reputation of many producers and providers from a million interactions, and one more interaction. */
export default function lifecycle(report: (line: string) => void): void {
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
