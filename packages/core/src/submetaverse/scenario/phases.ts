import { RandomStream } from '../../random/index.js';
import { withChanges } from '../../document/index.js';
import { parseScenario, type Scenario } from './scenario.js';

/** From a step on, another scenario holds. */
export interface Phase {
  readonly fromStep: number;
  readonly scenario: Scenario;
}

/** The phases of a scenario: the same in every episode, or drawn anew in each. */
export class Phases {
  readonly #base: Scenario;
  readonly #schedule: Scenario['schedule'];
  readonly #fixed: readonly Phase[];
  /** Drawn phases by their changes, so that each combination is validated once. */
  readonly #drawn = new Map<string, Scenario>();

  constructor(scenario: Scenario) {
    const { schedule, ...base } = scenario;
    this.#schedule = schedule;
    this.#base = schedule === undefined ? scenario : parseScenario(base);
    this.#fixed = Array.isArray(schedule)
      ? listedPhases(this.#base, schedule)
      : [{ fromStep: 0, scenario: this.#base }];
  }

  /** Largest number of devices of a kind in any phase. */
  capacity(kind: 'ues' | 'sensors'): number {
    const schedule = this.#schedule;
    const counts = this.#fixed.map(({ scenario }) => scenario[kind].count);
    if (schedule && !Array.isArray(schedule)) {
      for (const [field, values] of Object.entries(schedule.vary)) {
        for (const value of values) counts.push(this.#changed({ [field]: value })[kind].count);
      }
    }
    return Math.max(...counts);
  }

  /** The phases of one episode, in order; the first begins at step 0. */
  ofEpisode(seed: number, episode: number): readonly Phase[] {
    const schedule = this.#schedule;
    if (schedule === undefined || Array.isArray(schedule)) return this.#fixed;
    const random = new RandomStream(seed, 'schedule', episode);
    const phases: Phase[] = [];
    let fromStep = 0;
    while (fromStep < this.#base.episodeSteps) {
      const changes = Object.fromEntries(
        Object.entries(schedule.vary).map(([field, values]) => [
          field,
          values[random.integer(values.length)],
        ]),
      );
      phases.push({ fromStep, scenario: this.#changed(changes) });
      fromStep += schedule.minSteps + random.integer(schedule.maxSteps - schedule.minSteps + 1);
    }
    return phases;
  }

  #changed(changes: Record<string, unknown>): Scenario {
    const key = JSON.stringify(changes);
    let scenario = this.#drawn.get(key);
    if (scenario === undefined) {
      scenario = parseScenario(withChanges(this.#base, changes));
      this.#drawn.set(key, scenario);
    }
    return scenario;
  }
}

/** Listed phases add up: what one sets, the next keeps. */
function listedPhases(
  base: Scenario,
  schedule: readonly { fromStep: number; set: Record<string, unknown> }[],
): Phase[] {
  const phases: Phase[] = [];
  let scenario = base;
  if (schedule[0]?.fromStep !== 0) phases.push({ fromStep: 0, scenario });
  for (const { fromStep, set } of schedule) {
    scenario = parseScenario(withChanges(scenario, set));
    phases.push({ fromStep, scenario });
  }
  return phases;
}
