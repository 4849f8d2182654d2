import type { Scenario } from '@metalore/core/scenario';
import { buffersOf, frameOf } from './frame.js';
import type { PolicyLibrary } from './policies.js';
import type { Frame, Inspected, RunPlan, SessionPlan } from './protocol.js';
import { Run } from './run.js';
import { readScenario } from './scenario-text.js';
import { Moved } from '../shared/rpc.js';

/** One or two sub-metaverses that go step by step together. */
export class Session {
  readonly scenario: Scenario;
  runs: Run[];
  #shown: number[];

  /** @throws InvalidInputError with every problem of the scenario or of a policy */
  constructor(
    readonly plan: SessionPlan,
    readonly library: PolicyLibrary,
  ) {
    this.scenario = readScenario(plan.scenarioText);
    this.runs = plan.runs.map((run) => this.#open(run));
    this.#shown = this.runs.map(() => 0);
  }

  #open(plan: RunPlan): Run {
    const { seed, episode } = this.plan;
    return new Run(this.scenario, seed, episode, plan, this.library.policy);
  }

  /** Goes to step `step`, or as near as the time allows; back to an earlier one from a state that was kept before it. */
  goTo(step: number, budgetMs: number): void {
    const target = Math.min(step, this.scenario.episodeSteps);
    this.runs.forEach((run, at) => {
      run.seek(target);
      this.#shown[at] = Math.min(this.#shown[at], run.step);
    });
    const end = performance.now() + budgetMs;
    const behind = () => this.runs.filter((run) => run.step < target);
    for (let late = behind(); late.length > 0; late = behind()) {
      const first = Math.min(...late.map((run) => run.step));
      for (const run of late) if (run.step === first) run.advance();
      if (performance.now() > end) break;
    }
  }

  /** Takes in changes that were made at the present step. */
  relog(index: number, log: RunPlan['log']): void {
    const run = this.runs[index];
    run.relog(log);
    this.#shown[index] = Math.min(this.#shown[index], run.step);
  }

  frame(inspected?: Inspected): Moved<Frame> {
    const runs = this.runs.map((run, at) => {
      const from = Math.min(this.#shown[at], run.step);
      this.#shown[at] = run.step;
      return frameOf(run, from, inspected?.run === at ? inspected : undefined);
    });
    const { area, episodeSteps } = this.scenario;
    const step = Math.min(...runs.map((run) => run.step));
    return new Moved({ step, episodeSteps, area, base: this.scenario, runs }, runs.flatMap(buffersOf));
  }
}
