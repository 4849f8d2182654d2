import type { Policy } from '@metalore/core/policy';
import { parsePath } from '@metalore/core/document';
import { changeScenario, Phases, type Scenario } from '@metalore/core/scenario';
import { PolicyStepper, Simulator, type SimulatorSnapshot } from '@metalore/core/submetaverse';
import { Keyframes } from './keyframes.js';
import type { LogEntry, RunPlan } from './protocol.js';
import { Recorder, type RecorderSnapshot } from './recorder.js';

/** Makes a policy from its text: a rule, or a file that was loaded before. */
export type PolicySource = (text: string) => Policy;

/** What is kept of a run on its way. */
interface RunState {
  readonly simulator: SimulatorSnapshot;
  readonly recorder: RecorderSnapshot;
  readonly policy: readonly number[];
}

/** What was in force then. */
interface RunContext {
  readonly scenario: Scenario;
  readonly policy: string;
}

/** Device-steps between two kept states: some 50 ms of work. */
const KEEP_EVERY = 200_000;
/** What a step costs beside its devices, in device-steps, and how many bytes of jobs cost one to look through. */
const STEP_COST = 200;
const BYTES_PER_COST = 800;

/**
 * One sub-metaverse of the page. What it shows is a function of scenario, seed, episode and log alone: states on the way are
 * kept, to go back to, and the log is applied anew from there, so that every state can be reached again exactly.
 */
export class Run {
  simulator!: Simulator;
  recorder!: Recorder;
  policy!: string;
  keyframes!: Keyframes<RunState, RunContext>;
  #stepper!: PolicyStepper;
  #log: LogEntry[];
  #next = 0;
  /** Device-steps since the last kept state. */
  #work = 0;

  /** @throws InvalidInputError for a change that the scenario does not accept, or a policy that does not exist */
  constructor(
    readonly base: Scenario,
    readonly seed: number,
    readonly episode: number,
    readonly plan: RunPlan,
    readonly policies: PolicySource,
    /** Device-steps between two kept states. */
    readonly keepEvery = KEEP_EVERY,
  ) {
    this.#check(plan.log);
    this.#log = [...plan.log];
    this.#open();
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

  /** Makes everything anew, at the start of the episode. */
  #open(): void {
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
    this.keyframes = new Keyframes();
    this.#keep();
  }

  #act(policy: string): void {
    this.#stepper = new PolicyStepper(this.simulator, this.policies(policy));
    this.policy = policy;
  }

  #keep(): void {
    const { simulator, recorder, policy } = this;
    const state = () => ({
      simulator: simulator.snapshot(true),
      recorder: recorder.snapshot(),
      policy: this.#stepper.policy.snapshot?.() ?? [],
    });
    this.keyframes.keep(this.step, state, { scenario: simulator.scenario, policy });
    this.#work = -simulator.jobs.bytes / BYTES_PER_COST;
  }

  #restore(step: number): void {
    const { state, context } = this.keyframes.at(step);
    this.simulator.restore(state.simulator, context.scenario);
    this.recorder.restore(state.recorder);
    this.#act(context.policy);
    this.#stepper.policy.reset(this.seed, this.episode);
    this.#stepper.policy.restore?.(state.policy);
    const ahead = this.#log.findIndex((entry) => entry.step >= Math.max(1, step));
    this.#next = ahead < 0 ? this.#log.length : ahead;
    this.#work = 0;
  }

  /** Goes to the kept state from which the way on to a step is shortest, unless it is shortest from here. */
  seek(step: number): void {
    if (step === this.step) return;
    const kept = step === 0 ? 0 : this.keyframes.before(step)!;
    if (step < this.step || kept > this.step) this.#restore(kept);
  }

  /** One step, with what the log says for it. */
  advance(): void {
    while (this.#next < this.#log.length && this.#log[this.#next].step <= this.step)
      this.#apply(this.#log[this.#next++]);
    this.#stepper.step();
    this.recorder.record();
    const { ues, sensors } = this.simulator;
    this.#work += ues.active + sensors.active + STEP_COST;
    if (this.#work >= this.keepEvery) this.#keep();
  }

  #apply({ policy, set }: LogEntry): void {
    if (set) this.simulator.change(changeScenario(this.simulator.scenario, set));
    if (policy !== undefined) {
      this.#act(policy);
      this.#stepper.policy.reset(this.seed, this.episode);
    }
  }

  /**
   * Takes in another log. Where it differs in the past, it goes back to before that; where it differs at the start, or more
   * devices come than there is room for, it starts again.
   *
   * @throws InvalidInputError for a change that the scenario does not accept; the run is then unchanged
   */
  relog(log: readonly LogEntry[]): void {
    const before = this.#log;
    this.#check(log);
    const longer = Math.max(log.length, before.length);
    const same = (at: number) => JSON.stringify(log[at]) === JSON.stringify(before[at]);
    let first = 0;
    while (first < longer && same(first)) first++;
    const differs = Math.min(log[first]?.step ?? Infinity, before[first]?.step ?? Infinity);
    const fits = (['ue', 'sensor'] as const).every((kind) =>
      log.every(({ set }) => Number(set?.[`${kind}s.count`] ?? 0) <= this.simulator[`${kind}s`].capacity),
    );
    this.#log = [...log];
    if (differs === 0 || !fits) return this.#open();
    this.keyframes.forgetAfter(differs);
    if (differs < this.step) this.#restore(this.keyframes.before(differs)!);
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
