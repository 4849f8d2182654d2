import type { Policy } from '@metalore/core/policy';
import { parsePath } from '@metalore/core/document';
import { changeScenario, Phases, type Scenario } from '@metalore/core/scenario';
import { PolicyStepper, Simulator } from '@metalore/core/submetaverse';
import type { LogEntry, RunPlan } from './protocol.js';
import { Recorder } from './recorder.js';

/** Makes a policy from its text: a rule, or a file that was loaded before. */
export type PolicySource = (text: string) => Policy;

/**
 * One sub-metaverse of the page. What it shows is a function of scenario, seed, episode and log alone: to go back it starts
 * again and applies the log anew, so that every state can be reached again exactly.
 */
export class Run {
  simulator!: Simulator;
  recorder!: Recorder;
  policy!: string;
  #stepper!: PolicyStepper;
  #log: LogEntry[];
  #next = 0;

  /** @throws InvalidInputError for a change that the scenario does not accept, or a policy that does not exist */
  constructor(
    readonly base: Scenario,
    readonly seed: number,
    readonly episode: number,
    readonly plan: RunPlan,
    readonly policies: PolicySource,
  ) {
    this.#check(plan.log);
    this.#log = [...plan.log];
    this.rewind();
  }

  /** Refuses a change by what it says itself, before room is made for it. */
  #check(log: readonly LogEntry[]): void {
    for (const { policy, set } of log) {
      if (policy !== undefined) this.policies(policy);
      if (set) changeScenario(this.base, set);
    }
  }

  get step(): number {
    return this.simulator.step;
  }

  /** Back to the start of the episode. */
  rewind(): void {
    const start = this.#log.filter((entry) => entry.step === 0);
    const scenario = start.reduce(
      (changed, { set }) => (set ? changeScenario(changed, set) : changed),
      this.base,
    );
    this.#next = start.length;
    this.simulator = new Simulator(withHeadroom(scenario, this.#log, this.seed, this.episode));
    this.recorder = new Recorder(this.simulator);
    this.#act(start.findLast((entry) => entry.policy !== undefined)?.policy ?? this.plan.policy);
    this.#stepper.reset(this.seed, this.episode);
  }

  #act(policy: string): void {
    this.#stepper = new PolicyStepper(this.simulator, this.policies(policy));
    this.policy = policy;
  }

  /** One step, with what the log says for it. */
  advance(): void {
    while (this.#next < this.#log.length && this.#log[this.#next].step <= this.step)
      this.#apply(this.#log[this.#next++]);
    this.#stepper.step();
    this.recorder.record();
  }

  #apply({ policy, set }: LogEntry): void {
    if (set) this.simulator.change(changeScenario(this.simulator.scenario, set));
    if (policy !== undefined) {
      this.#act(policy);
      this.#stepper.policy.reset(this.seed, this.episode);
    }
  }

  /**
   * Takes in another log. What lies before the present step must be the same; otherwise, or where more devices come than
   * there is room for, it starts again.
   *
   * @throws InvalidInputError for a change that the scenario does not accept; the run is then unchanged
   */
  relog(log: readonly LogEntry[]): void {
    const before = this.#log;
    const { step } = this;
    this.#check(log);
    const same = (entry: LogEntry, at: number) => JSON.stringify(entry) === JSON.stringify(before[at]);
    const comesLater = (log[this.#next]?.step ?? Infinity) >= step;
    const keeps = step > 0 && comesLater && log.slice(0, this.#next).every(same) && log.length >= this.#next;
    const fits = (['ue', 'sensor'] as const).every((kind) =>
      log.every(({ set }) => Number(set?.[`${kind}s.count`] ?? 0) <= this.simulator[`${kind}s`].capacity),
    );
    this.#log = [...log];
    if (!keeps || !fits) this.rewind();
  }
}

/**
 * The scenario with room for more devices than it has, for changes on the way: a phase after the end of every episode says
 * how many there may be. What happens before that phase does not depend on it.
 */
function withHeadroom(scenario: Scenario, log: readonly LogEntry[], seed: number, episode: number): Scenario {
  const room: Record<string, number> = {};
  for (const kind of ['ues', 'sensors'] as const) {
    const { count, mobility } = scenario[kind];
    const listed = 'positions' in mobility ? mobility.positions?.length : undefined;
    const logged = Math.max(count, ...log.map(({ set }) => Number(set?.[`${kind}.count`] ?? 0)));
    room[`${kind}.count`] = Math.min(listed ?? Infinity, Math.ceil(logged * 1.5) + 20);
  }
  const end = { fromStep: Number.MAX_SAFE_INTEGER, set: room };
  return changeScenario(scenario, { schedule: [...listedSchedule(scenario, seed, episode), end] });
}

/** The schedule as a list; of one that is drawn anew in every episode, what this episode drew. */
function listedSchedule(
  scenario: Scenario,
  seed: number,
  episode: number,
): { fromStep: number; set: object }[] {
  const { schedule } = scenario;
  if (schedule === undefined) return [];
  if (Array.isArray(schedule)) return schedule;
  const fields = Object.keys(schedule.vary);
  return new Phases(scenario).ofEpisode(seed, episode).map(({ fromStep, scenario: phase }) => ({
    fromStep,
    set: Object.fromEntries(fields.map((field) => [field, valueAt(phase, field)])),
  }));
}

function valueAt(scenario: Scenario, field: string): unknown {
  return parsePath(field).reduce<unknown>(
    (at, part) => (at as Record<string | number, unknown> | undefined)?.[part],
    scenario,
  );
}
