import { plainError, WorkerError, type PlainError } from '../shared/problem.js';
import { WorkerClient } from '../shared/rpc.js';
import { presets } from '../simulation/presets.js';
import type { Frame, Inspected, LogEntry, RunPlan } from '../simulation/protocol.js';
import { startSimulation } from '../simulation/start.js';
import type { SimulationHandlers } from '../simulation/worker.js';
import type { Shown } from './map-scene.js';
import { History } from './history.js';
import { writeLink, type WatchLink } from './link.js';
import type { HeldFile } from './served-files.js';
import { WHOLE, type Sight } from './sight.js';

/** Steps a second to choose from; the last one is as fast as it goes. */
export const SPEEDS = [1, 2, 4, 8, 16, 32, 64, Infinity] as const;
const FRAME_BUDGET_MS = 14;
const TIMEOUT_MS = 20_000;
const MAX_LOG = 400;
const MAX_UNDO = 100;

/** What is shown at first. */
const DEFAULT = {
  preset: 'paper',
  scenarioText: presets['paper'],
  runs: [{ policy: 'fixed:0.3,0.3', log: [] }] as RunPlan[],
};

/** The Watch view: one or two sub-metaverses, what was done to them, and the clock that drives them. */
export class Watch {
  preset = $state(DEFAULT.preset);
  scenarioText = $state(DEFAULT.scenarioText);
  seed = $state(1);
  episode = $state(0);
  runs = $state.raw<readonly RunPlan[]>(DEFAULT.runs);
  playing = $state(false);
  /** Position in {@link SPEEDS}. */
  speed = $state(2);
  /** Which run the sliders act on. */
  steered = $state(0);
  inspected = $state.raw<Inspected>();
  /** Whether maps show the ages of sensor data by place. */
  showAges = $state(false);
  /** Whether maps show what the twin believes, and from which age on that is too old, steps. */
  showTwin = $state(false);
  tooOldSteps = $state(10);
  shown = $state<Shown>('all');
  /** What is seen of the maps. */
  sight = $state.raw<Sight>(WHOLE);
  frame = $state.raw<Frame>();
  error = $state.raw<PlainError>();
  files = $state.raw<readonly HeldFile[]>([]);
  /** Counts frames: what draws series reads it. */
  version = $state(0);
  histories: History[] = [];
  /** What was done and can be undone, and what was undone. */
  undoable = $state.raw<readonly (readonly RunPlan[])[]>([]);
  redoable = $state.raw<readonly (readonly RunPlan[])[]>([]);
  /** Later changes that the last one, made in the past, took away. */
  forgotten = $state(0);
  /** When the last step was seen, and the positions before it: what motion is drawn between. */
  motion = { at: 0, stepMs: 250, before: undefined as Frame | undefined };

  readonly #client = new WorkerClient<SimulationHandlers>(startSimulation, TIMEOUT_MS);
  /** The plans that the simulation took, to go back to when it refuses a change. */
  #accepted: RunPlan[] = [];
  #refusal: PlainError | undefined;
  #target = 0;
  #due = 0;
  #busy = false;
  /** Runs whose log the simulation does not know yet. */
  #dirty: number[] = [];
  #reopen = false;
  #refresh = false;
  #tickedAt = 0;

  get step(): number {
    return this.frame?.step ?? 0;
  }

  get episodeSteps(): number {
    return this.frame?.episodeSteps ?? 100;
  }

  get atEnd(): boolean {
    return this.frame !== undefined && this.step >= this.episodeSteps;
  }

  get speedSteps(): number {
    return SPEEDS[this.speed];
  }

  /** Starts the clock. @returns how to stop it */
  start(): () => void {
    let handle = 0;
    const tick = (now: number) => {
      handle = requestAnimationFrame(tick);
      void this.#tick(now);
    };
    tick(performance.now());
    return () => cancelAnimationFrame(handle);
  }

  /** Shows what a link says. */
  show(link: Partial<WatchLink>): void {
    Object.assign(this, {
      preset: link.preset ?? this.preset,
      scenarioText: link.scenarioText ?? this.scenarioText,
      seed: link.seed ?? this.seed,
      episode: link.episode ?? this.episode,
      runs: link.runs ?? this.runs,
      files: link.files ?? this.files,
    });
    this.undoable = this.redoable = [];
    this.forgotten = 0;
    // Of two, the second is the one that differs.
    this.steered = this.runs.length - 1;
    this.#target = link.step ?? 0;
    this.#reopen = true;
  }

  /** Shows the scenario as it was, and says why what was asked for cannot be shown. */
  refuse(why: string): void {
    this.show({});
    this.#refusal = plainError(new Error(why));
  }

  /** The address of what is shown, and which policies it cannot hold. */
  link(): ReturnType<typeof writeLink> {
    const { preset, scenarioText, seed, episode, step, runs } = this;
    const used = JSON.stringify(runs);
    const files = this.files.filter(({ name }) => used.includes(JSON.stringify(`file:${name}`).slice(1, -1)));
    return writeLink({ preset, scenarioText, seed, episode, step, runs: [...runs], files });
  }

  play(on = !this.playing): void {
    if (on && this.atEnd) this.show({ episode: this.episode + 1, step: 0 });
    else if (on && this.error !== undefined) this.show({ step: this.step });
    this.playing = on;
    this.#due = 0;
  }

  /** Goes some steps on or back, from where it is going. */
  move(steps: number): void {
    this.goTo((this.playing ? this.step : this.#target) + steps);
  }

  /** Goes to a step of this episode, and stays there. */
  goTo(step: number): void {
    this.playing = false;
    this.#target = Math.max(0, Math.min(step, this.episodeSteps));
  }

  /** What the steered run does from the present step on; what was done later is forgotten, until that is undone. */
  steer(change: Omit<LogEntry, 'step'>, run = this.steered): void {
    const { step } = this;
    const { policy, log } = this.runs[run];
    const kept = log.filter((entry) => entry.step <= step);
    const last = kept.at(-1);
    const sameKind = last !== undefined && last.step === step && 'set' in last === 'set' in change;
    const entry: LogEntry = sameKind
      ? { ...last, ...change, ...(change.set && { set: { ...last.set, ...change.set } }) }
      : { step, ...change };
    const next = [...(sameKind ? kept.slice(0, -1) : kept), entry];
    if (next.length > MAX_LOG) {
      this.error = plainError(
        new Error(`more than ${MAX_LOG} changes in one episode; start it anew to go on`),
      );
      return;
    }
    // one drag of a slider is one thing to undo
    if (!sameKind) {
      this.undoable = [...this.undoable, this.runs].slice(-MAX_UNDO);
      this.forgotten = log.length - kept.length;
    }
    this.redoable = [];
    this.runs = this.runs.map((plan, at) => (at === run ? { policy, log: next } : plan));
    if (!this.#dirty.includes(run)) this.#dirty.push(run);
  }

  undo(): void {
    const before = this.undoable.at(-1);
    if (before === undefined) return;
    this.undoable = this.undoable.slice(0, -1);
    this.redoable = [...this.redoable, this.runs];
    this.#replace(before);
  }

  redo(): void {
    const after = this.redoable.at(-1);
    if (after === undefined) return;
    this.redoable = this.redoable.slice(0, -1);
    this.undoable = [...this.undoable, this.runs];
    this.#replace(after);
  }

  #replace(runs: readonly RunPlan[]): void {
    this.#dirty = runs.flatMap((plan, at) => (plan === this.runs[at] ? [] : [at]));
    this.runs = runs;
    this.forgotten = 0;
  }

  /** A second sub-metaverse on the same random numbers beside the first, or none. */
  compare(on: boolean): void {
    const [first] = this.runs as [RunPlan];
    this.show({ runs: on ? [first, structuredClone(first)] : [first], step: this.step });
    this.steered = on ? 1 : 0;
  }

  inspect(inspected: Inspected | undefined): void {
    this.inspected = inspected;
    this.#refresh = true;
  }

  /** Lets a trained policy from a file act. */
  async drop(file: HeldFile): Promise<void> {
    try {
      await this.#client.call('addPolicy', file);
      this.files = [...this.files.filter(({ name }) => name !== file.name), file];
      this.steer({ policy: `file:${file.name}` });
      this.error = undefined;
    } catch (error) {
      this.#fail(error);
    }
  }

  check(text: string) {
    return this.#client.call('check', text);
  }

  async #tick(now: number): Promise<void> {
    const elapsed = Math.min(250, now - this.#tickedAt);
    this.#tickedAt = now;
    if (this.playing && this.frame !== undefined) this.#due += (elapsed / 1000) * this.speedSteps;
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#work(now);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy = false;
    }
  }

  async #work(now: number): Promise<void> {
    if (this.#reopen) await this.#open();
    if (this.frame === undefined) return;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const run of dirty) {
      await this.#relog(run, now);
    }
    if (this.playing && this.#due >= 1) {
      this.#target = Math.min(this.episodeSteps, this.step + Math.floor(Math.min(this.#due, 1e6)));
      this.#due = this.speedSteps === Infinity ? 0 : this.#due - Math.floor(this.#due);
    }
    const behind = this.frame.runs.some((run) => run.step !== this.#target);
    if (!behind && !this.#refresh) return;
    this.#refresh = false;
    const { inspected } = this;
    const request = { step: this.#target, budgetMs: FRAME_BUDGET_MS, ...(inspected && { inspected }) };
    this.#accept(await this.#client.call('goTo', request), now, this.playing);
    if (this.playing && this.atEnd) this.playing = false;
  }

  async #relog(run: number, now: number): Promise<void> {
    const plan = this.runs[run];
    if (plan === undefined) return;
    try {
      this.#accept(await this.#client.call('relog', { run, log: plan.log }), now, false);
      this.#accepted[run] = plan;
      this.#refresh = true;
      this.error = undefined;
    } catch (error) {
      const accepted = this.#accepted[run] ?? plan;
      this.runs = this.runs.map((other, at) => (at === run ? accepted : other));
      throw error;
    }
  }

  async #open(): Promise<void> {
    this.#reopen = false;
    this.#dirty = [];
    const { scenarioText, seed, episode, runs, files } = this;
    let frame: Frame;
    try {
      frame = await this.#client.call('open', { plan: { scenarioText, seed, episode, runs }, files });
    } catch (error) {
      this.#fallBack(error);
      return;
    }
    this.error = this.#refusal;
    this.#refusal = undefined;
    this.#accepted = [...runs];
    this.histories = runs.map(() => new History());
    this.motion.before = undefined;
    this.inspected = undefined;
    this.#accept(frame, performance.now(), false);
    this.#target = Math.min(this.#target, frame.episodeSteps);
  }

  /** What cannot be opened gives way to the paper's scenario, so that there is something to go on from. */
  #fallBack(error: unknown): void {
    this.#fail(error);
    const isDefault =
      this.preset === DEFAULT.preset && JSON.stringify(this.runs) === JSON.stringify(DEFAULT.runs);
    if (isDefault && this.files.length === 0) return;
    this.show({ ...DEFAULT, seed: 1, episode: 0, step: 0, files: [] });
    this.#refusal = this.error;
  }

  #accept(frame: Frame, now: number, moved: boolean): void {
    frame.runs.forEach((run, at) => this.histories[at]?.add(run));
    if (frame.step !== this.frame?.step) {
      const slow = moved && frame.step === this.step + 1;
      this.motion = { at: now, stepMs: 1000 / this.speedSteps, before: slow ? this.frame : undefined };
    }
    this.frame = frame;
    this.version++;
  }

  #fail(error: unknown): void {
    this.playing = false;
    // Where it could not go on, it stays.
    this.#target = this.step;
    this.error = error instanceof WorkerError ? error.plain : plainError(error);
  }
}
