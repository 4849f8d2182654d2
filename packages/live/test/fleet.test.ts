import { describe, expect, it } from 'vitest';
import { metalore } from './processes.js';

interface Result {
  policy: string;
  episodes: { requestsSent: number; live: { served: number }; simulator: { served: number } }[];
  comparisons: { metric: string; live: number; simulator: number; agrees: boolean }[];
}

describe('metalore fleet', () => {
  it('plays episodes against servers of its own, also where the splits change in every step', async () => {
    const policies = ['fixed:0.5,0.5', 'age-aware'];
    const args = ['fleet', 'paper', '--speed', '10', '--steps', '30', '--episodes', '1', '--json'];
    process.env.METALORE_LIVE_TOKEN = 'of another server'; // ours asks for none
    const { code, stdout } = await metalore([...args, ...policies.flatMap((policy) => ['--policy', policy])]);
    delete process.env.METALORE_LIVE_TOKEN;
    expect(code).toBe(0);
    const results = JSON.parse(stdout) as Result[];
    expect(results.map(({ policy }) => policy)).toEqual(policies);
    for (const { episodes, comparisons } of results) {
      const [{ requestsSent, live, simulator }] = episodes;
      expect(requestsSent).toBeGreaterThan(30);
      expect(comparisons.map(({ metric }) => metric)).toEqual(['aosi', 'aori', 'served']);
      // Exact on a clock of its own (sub-metaverse.test.ts); a busy machine may be late here and there.
      expect(live.served).toBeGreaterThan(0.7 * simulator.served);
      expect(live.served).toBeLessThanOrEqual(1);
    }
  }, 50_000);

  it('refuses a policy that a server cannot run, before it plays', async () => {
    const { code, stdout } = await metalore(['fleet', 'paper', '--policy', 'queue-proportional', '--json']);
    expect(code).toBe(2);
    expect(stdout).toContain('request-uplink-mbit');
  });
});
