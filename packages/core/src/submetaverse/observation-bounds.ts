import { withChanges } from '../document/index.js';
import { PoissonTable } from '../random/index.js';
import { parseScenario, type Scenario } from './scenario/index.js';
import { observationFeatures } from './observation.js';

/** What the devices of a kind can at most create in an episode. */
interface Creation {
  /** Devices at a time. */
  readonly devices: number;
  /** Jobs of all devices in one step. */
  readonly jobsPerStep: number;
  readonly sizeMbit: number;
  readonly loadUnits: number;
}

/**
 * A finite upper bound of every observed feature of a cell, in the order of `scenario.observation`: what all devices could
 * create in one episode, had nothing been sent or processed. Exact worst cases and not estimates, as sizes, loads and
 * Poisson arrivals come from tables of finite length; nothing that a simulation observes lies above. Features of a user's
 * own keep their `high`, or the largest finite number where that is infinite.
 *
 * @returns `Float64Array [features]`; the lower bounds are 0
 */
export function observationBounds(scenario: Scenario): Float64Array {
  const variants = scenarioVariants(scenario);
  const requests = creationOf(variants, 'ues');
  const updates = creationOf(variants, 'sensors');
  return Float64Array.from(scenario.observation, (name) => {
    const { high } = observationFeatures.get(name);
    if (Number.isFinite(high)) return high;
    const creation = name.startsWith('update-') ? updates : requests;
    return boundOf(name, creation, scenario) ?? Number.MAX_VALUE;
  });
}

function boundOf(name: string, { devices, jobsPerStep, sizeMbit, loadUnits }: Creation, scenario: Scenario) {
  const { episodeSteps, interCellDelaySteps } = scenario;
  switch (name.replace(/^(request|update)-/, '')) {
    case 'queue-jobs':
      return jobsPerStep * episodeSteps;
    case 'queue-units':
      return jobsPerStep * episodeSteps * loadUnits;
    case 'uplink-mbit':
      return jobsPerStep * episodeSteps * sizeMbit;
    case 'offered-mbit':
      return jobsPerStep * sizeMbit;
    case 'offered-units':
      return jobsPerStep * loadUnits;
    case 'head-age-steps':
    case 'uplink-age-steps':
    case 'twin-age-steps':
    case 'data-older-steps':
    case 'data-newer-steps':
      return episodeSteps;
    case 'mean-aosi-steps':
      return episodeSteps + interCellDelaySteps;
    case 'connected-ues':
      return devices;
    case 'connected-sensors':
      return scenarioVariants(scenario).reduce((most, { sensors }) => Math.max(most, sensors.count), 0);
    default:
      return undefined;
  }
}

/** The scenario and what each change of its schedule makes of it, alone or after those before it. */
function scenarioVariants(scenario: Scenario): Scenario[] {
  const { schedule, ...base } = scenario;
  if (schedule === undefined) return [scenario];
  const variants = [parseScenario(base)];
  if (Array.isArray(schedule)) {
    for (const { set } of schedule) variants.push(parseScenario(withChanges(variants.at(-1), set)));
    return variants;
  }
  for (const [field, values] of Object.entries(schedule.vary)) {
    for (const value of values) variants.push(parseScenario(withChanges(base, { [field]: value })));
  }
  return variants;
}

/** Sums of equal sizes end a little above their product. */
const ROUNDING = 1 + 1e-9;

/** Each factor at its largest over the variants: drawn changes may meet in one phase. */
function creationOf(variants: readonly Scenario[], kind: 'ues' | 'sensors'): Creation {
  const most = (value: (scenario: Scenario) => number) => Math.max(...variants.map(value));
  const devices = most((scenario) => scenario[kind].count);
  const classes = (scenario: Scenario) => (kind === 'ues' ? scenario.ues.classes : undefined) ?? [];
  const ofAll = <T>(scenario: Scenario, key: 'meanSizeMbit' | 'meanLoadUnits', value: (mean: number) => T) =>
    [scenario[kind][key], ...classes(scenario).map((of) => of[key] ?? scenario[kind][key])].map(value);
  const largest = (key: 'meanSizeMbit' | 'meanLoadUnits') =>
    most((scenario) =>
      Math.max(
        ...ofAll(scenario, key, (mean) =>
          scenario[kind].sizes === 'constant' ? mean * ROUNDING : Math.max(1, new PoissonTable(mean).max),
        ),
      ),
    );
  return {
    devices,
    jobsPerStep:
      devices *
      most((scenario) =>
        Math.max(
          ...[scenario[kind], ...classes(scenario)].map(({ arrivals }) =>
            jobsPerDevice(arrivals ?? scenario[kind].arrivals),
          ),
        ),
      ),
    sizeMbit: largest('meanSizeMbit'),
    loadUnits: largest('meanLoadUnits'),
  };
}

/** Jobs of one device in one step; recorded and users' own arrivals may be any number, so a generous one is taken. */
function jobsPerDevice(arrivals: Scenario['ues']['arrivals']): number {
  switch (arrivals.model) {
    case 'bernoulli':
    case 'periodic':
    case 'bursty':
      return 1;
    case 'poisson':
      return new PoissonTable(arrivals.meanPerStep).max;
    default:
      return 1e6;
  }
}
