import type { FleetReport } from '@metalore/live';
import { describe, expect, it } from 'vitest';
import { compare } from './twin-of-the-twin.js';

const episode = (live: number, simulator: number | null): FleetReport => ({
  steps: 10,
  updatesSent: 1,
  requestsSent: 1,
  lost: 0,
  lateSteps: 0,
  acknowledgedMs: 1,
  live: { aosi: live, aori: 1, served: 1 },
  simulator: simulator === null ? null : { aosi: simulator, aori: 1, served: 1 },
});

describe('live and simulated episodes', () => {
  it('are compared in pairs, by the 99 % interval of their differences', () => {
    const { live, simulator, halfWidth, agrees } = compare('aosi', [
      episode(10, 9),
      episode(21, 20),
      episode(33, 31),
    ]);
    expect([live, simulator]).toEqual([64 / 3, 20]);
    // Differences 1, 1, 2: standard deviation 1/√3; t(2, .995) = 9.9248
    expect(halfWidth).toBeCloseTo(9.924843 / 3, 5);
    expect(agrees).toBe(true);
  });

  it('disagree beyond that and five percent', () => {
    expect(compare('aosi', [episode(10.5, 10)])).toMatchObject({ halfWidth: NaN, agrees: true });
    expect(compare('aosi', [episode(10.51, 10)]).agrees).toBe(false);
    expect(compare('aosi', [episode(12, 10), episode(12, 10)]).agrees).toBe(false);
    expect(compare('aori', [episode(12, 10), episode(12, 10)]).agrees).toBe(true);
  });

  it('without a simulator say nothing', () => {
    expect(compare('aosi', [episode(1, null)]).agrees).toBe(false);
  });
});
