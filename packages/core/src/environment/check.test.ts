import { describe, expect, it } from 'vitest';
import { ContractEnvironment, parseDrawnContract } from '../contract/index.js';
import { parseDrawn, ProviderEnvironment } from '../provider/index.js';
import { make, SubMetaverseVectorEnvironment } from '../submetaverse/index.js';
import { parseScenario, presetNames } from '../submetaverse/scenario/index.js';
import { checkEnvironment } from './check.js';
import type { ActionSpace, Environment, StepResult, VectorEnvironment } from './contract.js';

/** Short, and with two cells, so that rows of cells differ from rows of simulators. */
const scenario = parseScenario({
  episodeSteps: 40,
  cells: [
    { xM: 50, yM: 100 },
    { xM: 150, yM: 100 },
  ],
  observation: ['request-queue-jobs', 'update-queue-jobs', 'episode-time', 'served-share'],
});
const world = parseDrawn({ seed: 1, tasks: 60 });
const { distribution: contract } = parseDrawnContract({ seed: 1 });

describe('our environments keep the contract', () => {
  it.each(presetNames())('make(%s)', (preset) => {
    expect(() => checkEnvironment(make(preset), { seed: 3, maxSteps: 120 })).not.toThrow();
  });

  it.each<[string, () => VectorEnvironment<ActionSpace>]>([
    ['cells side by side', () => new SubMetaverseVectorEnvironment(scenario, { numEnvs: 3 })],
    ['a row a cell', () => new SubMetaverseVectorEnvironment(scenario, { numEnvs: 2, rows: 'cells' })],
    [
      'a critic',
      () => new SubMetaverseVectorEnvironment(scenario, { numEnvs: 2, criticFeatures: ['mean-aosi-steps'] }),
    ],
    ['providers', () => new ProviderEnvironment(world, { numEnvs: 3 })],
    ['providers, masked', () => new ProviderEnvironment(world, { numEnvs: 2, mask: true })],
    ['contract, structured', () => new ContractEnvironment(contract, { numEnvs: 3, head: 'structured' })],
    ['contract, raw', () => new ContractEnvironment(contract, { numEnvs: 2, head: 'raw' })],
  ])('%s', (_name, create) => {
    expect(() => checkEnvironment(create(), { seed: 5 })).not.toThrow();
  });
});

/** A walk on five places that ends at its right end, as the contract has it, or with a fault. */
class Walk implements Environment<object> {
  readonly observationSpace = {
    size: 1,
    low: Float64Array.of(0),
    high: Float64Array.of(4),
    names: ['place'],
  };
  readonly actionSpace = { size: 1, low: Float64Array.of(0), high: Float64Array.of(1), names: ['step'] };
  readonly #observation = new Float64Array(1);
  #place = 0;
  #resets = 0;

  constructor(readonly fault = '') {}

  #observe(): Float64Array {
    this.#observation[0] = this.#place;
    if (this.fault === 'two numbers') return Float64Array.of(0, 0);
    return this.fault === 'view' ? this.#observation : this.#observation.slice();
  }

  reset({ seed = 0 }: { seed?: number } = {}): { observation: Float64Array; info: object } {
    if (seed < 0 && this.fault !== 'any seed') parseScenario({ episodeSteps: seed });
    this.#place = this.fault === 'not seeded' ? this.#resets++ % 3 : 0;
    return { observation: this.#observe(), info: {} };
  }

  step(actions: ArrayLike<number>): StepResult<object> {
    const action = actions[0];
    const isWrong = action === undefined || this.#place >= 4;
    if (isWrong && this.fault !== 'any action') parseScenario({ episodeSteps: 0 });
    this.#place += action > 0.5 ? 1 : 0;
    if (this.fault === 'outside' && this.#place === 4) this.#place = 5;
    return {
      observation: this.#observe(),
      reward: this.fault === 'no reward' ? NaN : -1,
      terminated: this.#place >= 4,
      truncated: this.fault === 'a number' ? (0 as unknown as boolean) : false,
      info: {},
    };
  }
}

describe('checkEnvironment', () => {
  it('accepts what keeps the contract', () => {
    expect(() => checkEnvironment(new Walk())).not.toThrow();
  });

  it.each([
    ['two numbers', /reset\(\)\.observation: expected a Float64Array of 1 numbers/],
    ['view', /is overwritten by the next step; expected a copy/],
    ['outside', /step\(\)\.observation\[0\]: place is 5; expected a finite number from 0 to 4/],
    ['not seeded', /the same seed 0 and the same actions gave another episode/],
    ['no reward', /step\(\)\.reward: NaN; expected a finite number/],
    ['a number', /step\(\)\.truncated: 0; expected true or false/],
    ['any seed', /reset: a seed that is no integer from 0 on is accepted/],
    ['any action', /step: an action of another size is accepted/],
  ])('says what is wrong: %s', (fault, message) => {
    expect(() => checkEnvironment(new Walk(fault))).toThrow(message);
  });

  it('says where spaces, sums, restarts and snapshots of a vector environment are wrong', () => {
    const create = () => new ProviderEnvironment(world, { numEnvs: 2 });
    const broken = (change: (environment: ProviderEnvironment) => void) => {
      const environment = create();
      change(environment);
      return () => checkEnvironment(environment);
    };
    expect(broken(({ observationSpace }) => void observationSpace.high.fill(-1))).toThrow(
      /observationSpace.low\[0\]: 0 lies above the upper bound of -1/,
    );
    const wrap = (environment: ProviderEnvironment, after: () => void) => {
      const step = environment.step.bind(environment);
      environment.step = (actions) => {
        step(actions);
        after();
      };
    };
    expect(broken((it) => wrap(it, () => void it.finalMetrics.reward.fill(1)))).toThrow(
      /finalMetrics.reward\[\d\]: 1; its steps give/,
    );
    expect(broken((it) => wrap(it, () => it.terminated[0] && void it.observations.fill(0)))).toThrow(
      /row 0 did not begin the next episode/,
    );
    expect(broken((it) => (it.restore = () => undefined))).toThrow(/restore: goes on otherwise/);
  });
});
