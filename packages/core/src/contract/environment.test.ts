import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import { drawContractInstance, drawState, instanceOfState, parseDrawnContract, stateSize } from './draw.js';
import { ContractEnvironment } from './environment.js';
import { structuredGradient, structuredMenu } from './heads.js';
import { modelOf } from './instance.js';
import { scoreMenu, solveContract } from './solve.js';

const { distribution } = parseDrawnContract({ seed: 0 });

function stateOfEpisode(seed: number, episode: number) {
  const state = new Float64Array(stateSize(4));
  drawState(distribution, seed, episode, new RandomStream(0, 'any'), state);
  return { state, instance: instanceOfState(distribution, state) };
}

function actions(size: number, seed: number): Float64Array {
  const stream = new RandomStream(seed, 'test/actions');
  return Float64Array.from({ length: size }, () => stream.uniform());
}

describe('states', () => {
  it('are instances, the same for the same seed', () => {
    const instance = drawContractInstance({ seed: 3 });
    expect(drawContractInstance({ kind: 'contract', seed: 3, types: 4 })).toEqual(instance);
    expect(stateOfEpisode(3, 0).instance).toEqual(instance);
    expect(stateOfEpisode(3, 1).instance).not.toEqual(instance);
    expect(drawContractInstance({ seed: 3, types: 1000 }).types).toHaveLength(1000);
  });

  it('have the stated distributions', () => {
    const count = 4000;
    const drawn = Array.from({ length: count }, (_, episode) => stateOfEpisode(1, episode).state);
    const mean = (of: (state: Float64Array) => number): number =>
      drawn.reduce((sum, state) => sum + of(state), 0) / count;
    // Five standard errors of each mean.
    const bound = (std: number): number => (5 * std) / Math.sqrt(count);
    expect(Math.abs(mean((s) => s[0]) - 17.5)).toBeLessThan(bound(15 / Math.sqrt(12)));
    expect(Math.abs(mean((s) => s[1]) - 0.05)).toBeLessThan(bound(0.1 / Math.sqrt(12)));
    expect(Math.abs(mean((s) => s[2]) - 5.5)).toBeLessThan(bound(5 / Math.sqrt(12)));
    // Order statistics of four uniform numbers: mean low + range · k/5.
    for (let k = 0; k < 4; k++) {
      expect(Math.abs(mean((s) => s[3 + k]) - (0.5 + (1.5 * (k + 1)) / 5))).toBeLessThan(bound(0.3));
    }
    // Dirichlet(2, 2, 2, 2): mean 1/4, second moment 2·3/(8·9).
    for (let k = 7; k < 11; k++) {
      expect(Math.abs(mean((s) => s[k]) - 0.25)).toBeLessThan(bound(0.15));
      expect(Math.abs(mean((s) => s[k] * s[k]) - 6 / 72)).toBeLessThan(bound(0.1));
    }
    for (const state of drawn) {
      expect(Math.abs(state.slice(7).reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
      expect([...state.slice(3, 7)]).toEqual([...state.slice(3, 7)].sort((a, b) => a - b));
    }
  });
});

describe('the structured head', () => {
  it('makes menus that every type takes its own item of, in single precision too', () => {
    const environment = new ContractEnvironment(distribution, { numEnvs: 500, head: 'structured' });
    environment.step(Float32Array.from(actions(2000, 1)));
    expect(Math.min(...environment.finalMetrics.served)).toBeGreaterThan(1 - 1e-12);
    expect(Math.min(...environment.finalMetrics.truthful)).toBeGreaterThan(1 - 1e-12);
  });

  it('reaches the optimum wherever that serves all types', () => {
    for (let seed = 0; seed < 50; seed++) {
      const instance = drawContractInstance({ seed });
      const { menu, utility } = solveContract(instance);
      if (menu.includes(null)) continue;
      const steps = menu.map((item, type) => {
        const before = type === 0 ? 0 : menu[type - 1]!.mbit;
        return before >= 6 ? 0 : (item!.mbit - before) / (6 - before);
      });
      const made = { mbit: new Float64Array(4), payment: new Float64Array(4) };
      structuredMenu(modelOf(instance), steps, 0, made);
      const items = Array.from(made.mbit, (mbit, k) => ({ mbit, payment: made.payment[k] }));
      expect(scoreMenu(instance, items, 'structured').utility).toBeCloseTo(utility, 9);
    }
  });

  it('has the gradient that central differences have', () => {
    const h = 1e-6;
    for (let seed = 0; seed < 30; seed++) {
      const instance = drawContractInstance({ seed, types: 1 + (seed % 7) });
      const model = modelOf(instance);
      const { types } = model;
      const x = actions(types, seed);
      const utilityAt = (type: number, by: number): number => {
        const made = { mbit: new Float64Array(types), payment: new Float64Array(types) };
        structuredMenu(
          model,
          x.map((value, k) => (k === type ? value + by : value)),
          0,
          made,
        );
        return scoreMenu(
          instance,
          Array.from(made.mbit, (mbit, k) => ({ mbit, payment: made.payment[k] })),
          'x',
        ).utility;
      };
      const gradient = new Float64Array(types);
      structuredGradient(model, x, 0, new Float64Array(2 * types), gradient);
      gradient.forEach((slope, type) => {
        const difference = (utilityAt(type, h) - utilityAt(type, -h)) / (2 * h);
        expect(Math.abs(slope - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
      });
    }
  });
});

describe('the environment', () => {
  it('pays what the menu brings in the state it showed, and shows the next', () => {
    for (const head of ['structured', 'raw'] as const) {
      const environment = new ContractEnvironment(distribution, { numEnvs: 3, head, withShare: true });
      environment.reset(7, 10);
      const size = environment.actionSpace.size;
      expect(size).toBe(head === 'raw' ? 8 : 4);
      for (let round = 0; round < 4; round++) {
        const scale = environment.actionSpace.high;
        const given = actions(3 * size, round).map((value, k) => value * scale[k % size]);
        const shown = environment.observations.slice();
        environment.step(given);
        expect([...environment.terminated, ...environment.truncated]).toEqual([1, 1, 1, 0, 0, 0]);
        expect([...environment.finalObservations]).toEqual([...shown]);
        for (let row = 0; row < 3; row++) {
          const { state, instance } = stateOfEpisode(7, 10 + 3 * round + row);
          expect([...shown.subarray(11 * row, 11 * row + 11)]).toEqual([...state]);
          const own = given.subarray(row * size, (row + 1) * size);
          const made = { mbit: new Float64Array(4), payment: new Float64Array(4) };
          if (head === 'structured') structuredMenu(modelOf(instance), own, 0, made);
          else for (let k = 0; k < 4; k++) [made.mbit[k], made.payment[k]] = [own[k], own[4 + k]];
          const items = Array.from(made.mbit, (mbit, k) => ({ mbit, payment: made.payment[k] }));
          const { utility, share } = scoreMenu(instance, items, head);
          expect(environment.rewards[row]).toBeCloseTo(utility, 12);
          expect(environment.finalMetrics.share[row]).toBeCloseTo(share, 12);
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
    }
  });

  it('clips actions to the space', () => {
    const environment = new ContractEnvironment(distribution, { numEnvs: 2, head: 'raw' });
    const far = Float64Array.from([9, 9, 9, 9, 99, 99, 99, 99, -1, -1, -1, -1, -1, -1, -1, -1]);
    const near = Float64Array.from([6, 6, 6, 6, 12, 12, 12, 12, 0, 0, 0, 0, 0, 0, 0, 0]);
    environment.step(far);
    const clipped = [...environment.rewards];
    environment.reset(0);
    environment.step(near);
    expect(clipped).toEqual([...environment.rewards]);
    // Nobody gives anything for nothing: all stay out.
    expect(clipped[1]).toBe(0);
  });

  it('goes on from a snapshot with the same numbers', () => {
    const one = new ContractEnvironment(distribution, { numEnvs: 4, head: 'structured' });
    one.reset(2);
    one.step(actions(16, 1));
    const snapshot: unknown = JSON.parse(JSON.stringify(one.snapshot()));
    one.step(actions(16, 2));
    const other = new ContractEnvironment(distribution, { numEnvs: 4, head: 'structured' });
    other.restore(snapshot);
    other.step(actions(16, 2));
    expect([...other.rewards]).toEqual([...one.rewards]);
    expect([...other.observations]).toEqual([...one.observations]);
  });

  it('shows nothing to a blind policy and pays it all the same', () => {
    const seeing = new ContractEnvironment(distribution, { numEnvs: 4, head: 'structured' });
    const blind = new ContractEnvironment(distribution, { numEnvs: 4, head: 'structured', blind: true });
    seeing.step(actions(16, 1));
    blind.step(actions(16, 1));
    expect([...blind.rewards]).toEqual([...seeing.rewards]);
    expect(blind.observations.every((x) => x === 0)).toBe(true);
  });
});
