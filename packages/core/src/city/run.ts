import type { Policy } from '../policy/index.js';
import { PolicyStepper, Simulator, type AgeMap, type EpisodeMetrics } from '../submetaverse/index.js';
import type { Scenario } from '../submetaverse/scenario/index.js';

/** What an episode of a city is judged by. */
export interface CityEpisode extends EpisodeMetrics {
  /** Late over completed requests, a fraction. */
  readonly lateShare: number;
  /** Highest mean AoSI of a cell that completed a request with one, steps. */
  readonly worstAosi: number;
  readonly handovers: number;
  /** Jain's index of the cells' computing load, offered over capacity: 1 where all are loaded alike, 1/B at worst. */
  readonly jain: number;
  /** Offered over capacity of the busiest cell's server. */
  readonly busiest: number;
}

/** Which episodes to run. */
export interface CityRun {
  readonly seed: number;
  readonly firstEpisode?: number | undefined;
  readonly episodes: number;
  /** Adds the ages up by place. */
  readonly map?: AgeMap | undefined;
}

/** Runs a policy on a city, and adds up what each cell earned. The same seed draws the same people, requests and updates whatever the partition. */
export function runCity(
  scenario: Scenario,
  policy: Policy,
  { seed, firstEpisode = 0, episodes, map }: CityRun,
): { episodes: CityEpisode[]; cellRewards: Float64Array } {
  const simulator = new Simulator(scenario);
  map?.attach(simulator);
  const stepper = new PolicyStepper(simulator, policy);
  const cellRewards = new Float64Array(simulator.cells);
  const rows: CityEpisode[] = [];
  for (let done = 0; done < episodes; done++) {
    stepper.reset(seed, firstEpisode + done);
    while (simulator.step < scenario.episodeSteps) stepper.step();
    rows.push(episodeOf(simulator));
    for (let cell = 0; cell < simulator.cells; cell++)
      cellRewards[cell] += simulator.metrics.summary(cell).reward;
  }
  return { episodes: rows, cellRewards };
}

function episodeOf({ metrics, scenario, cells }: Simulator): CityEpisode {
  const summary = metrics.summary();
  let worstAosi = NaN;
  let sum = 0;
  let squares = 0;
  let busiest = 0;
  for (let cell = 0; cell < cells; cell++) {
    const { aosi } = metrics.summary(cell);
    if (!(aosi <= worstAosi) && !Number.isNaN(aosi)) worstAosi = aosi;
    const units = metrics.total('requestUnitsCreated', cell) + metrics.total('updateUnitsCreated', cell);
    const load = units / (scenario.cells[cell].computeUnits * scenario.episodeSteps);
    sum += load;
    squares += load * load;
    busiest = Math.max(busiest, load);
  }
  return {
    ...summary,
    lateShare: summary.late / metrics.total('requestsCompleted'),
    worstAosi,
    handovers: metrics.total('handovers'),
    jain: squares === 0 ? 1 : (sum * sum) / (cells * squares),
    busiest,
  };
}
