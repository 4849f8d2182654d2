import { afterEach, describe, expect, it } from 'vitest';
import { mobilityModels } from '../mobility/index.js';
import { parsePolicy, policies, type Policy } from '../policy/index.js';
import { pathLossModels } from '../radio/index.js';
import { cachingPolicies } from '../serving/index.js';
import { arrivalModels } from '../traffic/index.js';
import { associationModels } from './association.js';
import { bandwidthSchedulers, type BandwidthScheduler } from './bandwidth-scheduler.js';
import { observationFeatures } from './observation.js';
import { rewardModels } from './reward.js';
import { simulate } from './run.js';
import { parseScenario } from './scenario/index.js';
import { sensorSelections } from './sensor-selection.js';

const SEAMS = {
  scheduler: bandwidthSchedulers,
  pathLoss: pathLossModels,
  mobility: mobilityModels,
  arrivals: arrivalModels,
  reward: rewardModels,
  feature: observationFeatures,
  association: associationModels,
  selection: sensorSelections,
  caching: cachingPolicies,
  policy: policies,
};
type Seam = keyof typeof SEAMS;
afterEach(() => {
  for (const registry of Object.values(SEAMS)) registry.unregister('mine');
});

/** Runs an episode with an entry of the user's own at its place. */
function run(seam: Seam, entry: unknown): void {
  SEAMS[seam].register('mine', entry as never);
  const model = { model: 'mine' };
  const places: Record<Seam, object> = {
    scheduler: { ues: { scheduler: 'mine' } },
    pathLoss: { radio: { pathLoss: model } },
    mobility: { ues: { mobility: model } },
    arrivals: { ues: { arrivals: model } },
    reward: { reward: model },
    feature: { observation: ['mine'] },
    association: {
      association: model,
      cells: [
        { xM: 50, yM: 50 },
        { xM: 150, yM: 50 },
      ],
    },
    selection: { sensorSelection: 'mine' },
    caching: { serving: { services: [{ model: 'GPT3-13B', count: 4 }], policy: 'mine' } },
    policy: {},
  };
  const features = seam === 'feature' ? ['mine'] : ['request-queue-jobs'];
  const constant: Policy = {
    name: 'constant',
    features,
    reset() {},
    act(_observation, _offset, action, at) {
      action[at] = 0.4;
      action[at + 1] = 0.4;
    },
  };
  const policy = seam === 'policy' ? parsePolicy('mine') : constant;
  simulate(parseScenario(places[seam]), policy, { episodes: 1, seed: 1 });
}

const scheduler = (rate: (cell: number, share: number) => number) => (): BandwidthScheduler => ({
  share({ active, cell, efficiency, rate: out }, bandwidth) {
    for (let d = 0; d < active; d++) {
      out[d] = rate(cell[d], cell[d] < 0 ? 0 : (bandwidth[cell[d]] / active) * efficiency[d]);
    }
  },
});
const loss = (db: number) => () => ({ random: false, prepare: () => () => db });
const mobility = (x: number) => () => ({
  moves: true,
  reset: () => undefined,
  move: ({ x: places }: { x: Float64Array }) => void places.fill(x),
});
const arrivals = (jobs: unknown) => () => ({ count: () => jobs });
const reward = (synchronisation: number, penalty: number, late: unknown) => () => ({
  synchronisation: () => synchronisation,
  penalty: () => penalty,
  late: () => late,
});
const policy = (split: number) => () => ({
  features: ['request-queue-jobs'],
  act(_o: unknown, _at: number, action: Float64Array, at: number) {
    action[at] = 0.5;
    action[at + 1] = split;
  },
});
const caching = (admission: string, key: number, worth: number) => ({
  start: () => ({ admission, key: () => key, worth: () => worth }),
});

describe('what a user registers', () => {
  it.each<[Seam, unknown]>([
    ['scheduler', scheduler((_, share) => share)],
    ['pathLoss', loss(100)],
    ['mobility', mobility(50)],
    ['arrivals', arrivals(1)],
    ['reward', reward(1, -1, true)],
    ['feature', { unit: 'jobs', high: 1, read: () => 0.5 }],
    ['association', () => 0],
    ['selection', () => -1],
    ['caching', caching('max', 0, 1)],
    ['policy', policy(0.5)],
  ])('%s runs where it keeps the contract', (seam, entry) => {
    expect(() => run(seam, entry)).not.toThrow();
  });

  it.each<[Seam, unknown, RegExp]>([
    ['scheduler', scheduler(() => NaN), /bandwidth scheduler mine.*rate of ue 0: gave NaN; expected Mbit/s],
    ['scheduler', scheduler(() => -1), /gave -1; expected Mbit/],
    ['scheduler', scheduler((_, share) => 100 * share), /cell 0, ues: gave .* MHz.*at most its bandwidth/],
    ['pathLoss', loss(NaN), /path loss model mine.* m: gave NaN; expected a finite number of dB/s],
    ['mobility', mobility(-3), /mobility model mine.*device 0: gave \["-3".*from 0 to 200 m/s],
    ['arrivals', arrivals(-1), /arrival model mine.*device 0, step 0: gave -1; expected a whole number/s],
    ['arrivals', arrivals(0.5), /gave 0.5/],
    ['reward', reward(NaN, 0, false), /reward mine.*synchronisation\(\d+\): gave NaN; expected a finite/s],
    ['reward', reward(1, 3, true), /penalty\(\d+\): gave 3; expected .*at most 0/],
    ['reward', reward(1, 0, 'yes'), /late\(\d+\): gave "yes"; expected true or false/],
    ['feature', { read: () => NaN }, /observation feature mine.*cell 0: gave NaN; expected a finite/s],
    ['feature', { high: 1, read: () => 2 }, /gave 2; expected a finite number from 0 to 1/],
    ['association', () => 7, /association mine.* m: gave 7; expected a cell from 0 to 1, or −1/s],
    ['selection', () => 0.5, /sensor selection mine.*ue \d: gave 0.5; expected a sensor from 0 to 14/s],
    ['caching', caching('perhaps', 0, 1), /caching policy mine.*admission: gave "perhaps"; expected always/s],
    ['caching', caching('max', NaN, 1), /key\(\d, \d+\): gave NaN; expected a finite number/],
    ['caching', caching('max', 0, -1), /worth\(\d, \d+\): gave -1; expected .*at least 0/],
    ['policy', policy(1.5), /policy mine.*ρP of cell 0: gave 1.5; expected a split in \[0, 1\]/s],
    ['scheduler', 3, /bandwidth scheduler mine.*entry: gave 3; expected a function of the number of cells/s],
    ['scheduler', () => ({}), /expected a bandwidth scheduler \{ share/],
  ])('%s is an error that names it where it breaks it: %#', (seam, entry, message) => {
    expect(() => run(seam, entry)).toThrow(message);
  });

  it('has a name of its own that can be written in a scenario', () => {
    const flat = loss(100);
    expect(() => pathLossModels.register('okumura-hata', flat)).toThrow(/okumura-hata: is taken; names: /);
    expect(() => pathLossModels.register('a:b', flat)).toThrow(/a:b: is no name/);
  });

  it('is known to scenarios from then on, and until it is taken out', () => {
    const flat = { radio: { pathLoss: { model: 'mine' } } } as never;
    expect(() => parseScenario(flat)).toThrow(/mine/);
    pathLossModels.register('mine', loss(90));
    expect(parseScenario(flat).radio.pathLoss).toEqual({ model: 'mine' });
    pathLossModels.unregister('mine');
    expect(() => parseScenario(flat)).toThrow(/mine/);
  });
});
