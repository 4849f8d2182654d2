import { describe, expect, it } from 'vitest';
import { loadInput } from '../../io/load-input.js';
import { twinCells } from './cells.js';
import { followTargets, measuringScenario } from './follow.js';
import { sensingTwinStudy } from './index.js';
import { measurePosition } from './measurement.js';

const ARRAY = { wavelengthM: 0.0857, snrDb: 20, snapshots: 500, rangeStdM: 0.5 };

describe('a measurement', () => {
  it('finds targets all around but near the ends of the array, and by chance of its seed alone', () => {
    for (let turn = 0; turn < 12; turn++) {
      const angle = (Math.PI * (turn + 0.5)) / 6;
      const target = [60 + 40 * Math.cos(angle), 50 + 40 * Math.sin(angle)] as const;
      const measured = measurePosition(ARRAY, [60, 50], [100, 100], target, turn)!;
      const miss = Math.hypot(measured.x - target[0], measured.y - target[1]);
      expect(miss).toBeLessThan(3);
      expect(measurePosition(ARRAY, [60, 50], [100, 100], target, turn)).toEqual(measured);
    }
  });
});

describe('a twin of moving UEs', () => {
  it('misses by what moved and what was not measured, and no more; exact sensors and no delay leave nothing', () => {
    const { document: scenario } = loadInput('submetaverse', 'paper');
    const following = {
      scenario: measuringScenario(scenario, 2),
      intervalSteps: 2,
      rhoC: 0.3,
      rhoP: 0.3,
      array: { wavelengthM: 0.0857, snrDb: -5, snapshots: 20, rangeStdM: 0.5 },
      accelerationM2: 0.05,
      warmUpSteps: 20,
    };
    const one = followTargets(following, 1, 0);
    expect(one.holdM).toBeLessThanOrEqual(one.movedM + one.missedM);
    expect(one.holdM).toBeGreaterThanOrEqual(Math.abs(one.movedM - one.missedM));
    // nobody moves faster than 1.5 m a step
    expect(one.movedM).toBeLessThanOrEqual(1.5 * one.ageSteps + 1e-9);
    expect(one.known).toBeGreaterThan(0.9);
    expect(followTargets(following, 1, 0)).toEqual(one);
    const sharp = followTargets({ ...following, array: { ...ARRAY, snrDb: 60 } }, 1, 0);
    expect(sharp.missedM).toBeLessThan(0.02);
    expect(sharp.movedM).toBe(one.movedM);
  });

  it('the quick form of reproduce sensing-twin draws its figure', () => {
    const cells = twinCells(true).filter(({ intervalSteps }) => intervalSteps > 4);
    const rows = cells.flatMap((cell) => sensingTwinStudy.runCell({ ...cell, episodes: 1 }) as never[]);
    const { figures, summary } = sensingTwinStudy.report(rows, { quick: true });
    expect(figures[0].svg).toMatch(/^<svg/);
    expect(summary).toMatch(/ρC 0.7, ρP 0.7 \| 20 /);
  });
});
