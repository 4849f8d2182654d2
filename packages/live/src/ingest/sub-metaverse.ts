import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import {
  headMismatch,
  jobFields,
  JobStore,
  MecServers,
  Metrics,
  Observer,
  rewardModels,
  Twin,
  type CellState,
  type ComputationQueue,
} from '@metalore/core/submetaverse';
import { Slots } from './slots.js';

/** A request that waits, or an update: what the server does when its computation is done. */
export interface Job<Payload> {
  /** When it was created or measured, ms since 1970. */
  readonly t: number;
  readonly loadUnits: number | undefined;
  readonly payload: Payload;
}

/** What happens to jobs. */
export interface JobListeners<Request, Update> {
  /** @param startedAt when its computation began, ms */
  request(request: Request, startedAt: number, now: number): void;
  update(update: Update, now: number): void;
  /** A request at the head of the queue whose thing stays silent, and which no longer blocks the others. */
  expired(request: Request): void;
}

/** The splits in force (paper 000, eq. 4). */
export interface Splits {
  readonly rhoC: number;
  readonly rhoP: number;
}

/** What a server knows at the beginning of a step. Steps are counted from the coming one: what was created before is below 0. */
export interface ServerState {
  /** Devices heard of within the last 60 steps, with the step in which the last job that they have sent was created. */
  readonly ues: ReadonlyMap<string, number>;
  readonly sensors: ReadonlyMap<string, number>;
  /** Step in which the newest update in the twin of each sensor was created; missing without one. */
  readonly newest: ReadonlyMap<string, number>;
  /** Jobs in order; of the first, `leftUnits` are to be done yet, 0 if it has not begun. */
  readonly requests: WaitingJobs;
  readonly updates: WaitingJobs;
}

interface WaitingJobs {
  readonly jobs: readonly { readonly created: number; readonly sensor: string; readonly loadUnits: number }[];
  readonly leftUnits: number;
}

/** Steps from which jobs can be counted before the start: ages up to a day are counted in full. */
const PAST_MS = 86_400_000;
/** A device that was heard of no longer ago is connected, steps. */
const RECENT_STEPS = 10;
/** A device that was heard of no longer ago is still there, if perhaps far away, steps. */
const THERE_STEPS = 60;
/** How long a request may wait at the head for a thing that was never heard of, steps. */
const PATIENCE_STEPS = 60;

/**
 * The MEC server of one cell (paper 000, section II), fed by real messages: two queues that share the scenario's compute
 * units by ρP, step by step, with the simulator's own code. In every step requests are processed first, as there.
 */
export class SubMetaverse<Request, Update> implements CellState {
  readonly cells = 1;
  readonly metrics = new Metrics(1);
  step = 0;
  readonly #jobs = new JobStore();
  readonly #servers: MecServers;
  readonly #twin: Twin;
  #policy: Policy;
  #observer: Observer;
  #observation: Float64Array;
  readonly #action = new Float64Array(2);
  readonly #units = new Float64Array(1);
  readonly #computeUnits: number;
  readonly #things = new Map<string, number>();
  readonly #ues = new Map<string, number>();
  /** When a device was heard of last, and when what it said was created, in steps. */
  readonly #heard = {
    ue: new Map<number, { step: number; created: number }>(),
    sensor: new Map<number, { step: number; created: number }>(),
  };
  readonly #requests = new Slots<{ payload: Request; startedAt: number }>();
  readonly #updates = new Slots<Update>();
  /** Slot of the newest update of a thing that has arrived and not yet begun. */
  readonly #newest = new Map<number, number>();
  readonly #listeners: JobListeners<Request, Update>;
  readonly #base: number;
  #now = 0;
  /** The step that was processed last. */
  #processed = -1;
  #waited = 0;

  /**
   * @param stepMs length of a step, ms
   * @param now ms since 1970
   * @param maxThings most things that are ever heard of
   * @throws UnknownNameError the policy reads a feature that does not exist
   */
  constructor(
    readonly scenario: Scenario,
    policy: Policy,
    readonly stepMs: number,
    now: number,
    maxThings: number,
    listeners: JobListeners<Request, Update>,
  ) {
    this.#policy = policy;
    this.#observer = new Observer(policy.features);
    this.#observation = new Float64Array(policy.features.length);
    this.#computeUnits = scenario.cells[0].computeUnits;
    this.#listeners = listeners;
    this.#base = Math.floor((now - PAST_MS) / stepMs);
    this.#twin = new Twin(maxThings, 1, 0);
    this.#servers = new MecServers(1, maxThings, this.#jobs, this.#twin, this.metrics, (sensor) => sensor);
    this.#servers.reward = rewardModels.get(scenario.reward.model)(scenario.reward);
    this.#servers.freshest = scenario.sensors.discipline === 'freshest';
    this.#servers.onRequest = (job) => {
      const slot = this.#jobs.ints[job * jobFields.JOB_INTS + jobFields.DEVICE];
      const { payload, startedAt } = this.#requests.take(slot);
      this.#listeners.request(payload, startedAt, this.#now);
    };
    this.#servers.onUpdate = (job) => {
      const slot = this.#jobs.ints[job * jobFields.JOB_INTS + jobFields.SENSOR];
      this.#listeners.update(this.#updates.take(slot), this.#now);
    };
    policy.reset(0, 0);
    this.#act();
  }

  get requests(): ComputationQueue {
    return this.#servers.requests;
  }

  get updates(): ComputationQueue {
    return this.#servers.updates;
  }

  get splits(): Splits {
    return { rhoC: this.#action[0], rhoP: this.#action[1] };
  }

  /** Updates that wait or are in process. */
  waitingUpdates(): Iterable<Update> {
    return this.#updates.values();
  }

  /** Requests that wait or are in process. */
  *waitingRequests(): Iterable<Request> {
    for (const { payload } of this.#requests.values()) yield payload;
  }

  /** By the mean loads of the scenario, as a policy that was trained on it knows them. */
  offeredUnits(kind: 'ue' | 'sensor', cell: number): number {
    const created = this.metrics.total(kind === 'ue' ? 'requestsCreated' : 'updatesCreated', cell);
    return (created / Math.max(1, this.step)) * this.scenario[`${kind}s`].meanLoadUnits;
  }

  /** What it knows now. @param now ms since 1970 */
  state(now: number): ServerState {
    const coming = Math.max(this.#processed + 1, this.#stepOf(now));
    const names = [...this.#things.keys()];
    const heard = (kind: 'ue' | 'sensor', of: readonly string[]) => {
      const lately = [...this.#heard[kind]].filter(([, { step }]) => this.step - step <= THERE_STEPS);
      return new Map(lately.map(([number, { created }]) => [of[number], created - coming]));
    };
    const newest = new Map<string, number>();
    for (const [name, number] of this.#things) {
      const created = this.#twin.newest(0, number);
      if (created >= 0) newest.set(name, created - coming);
    }
    const waiting = ({ queue }: ComputationQueue, slotOf: number): WaitingJobs => {
      const jobs: { created: number; sensor: string; loadUnits: number }[] = [];
      const { ints, floats } = this.#jobs;
      for (let job = queue.head[0]; job !== jobFields.NONE;) {
        const at = job * jobFields.JOB_INTS;
        const sensor = names[ints[at + slotOf]];
        const loadUnits = floats[job * jobFields.JOB_FLOATS + jobFields.LOAD];
        jobs.push({ created: ints[at + jobFields.CREATED] - coming, sensor, loadUnits });
        job = ints[at + jobFields.NEXT];
      }
      return { jobs, leftUnits: queue.left[0] };
    };
    return {
      ues: heard('ue', [...this.#ues.keys()]),
      sensors: heard('sensor', names),
      newest,
      requests: waiting(this.requests, jobFields.SENSOR),
      updates: waiting(this.updates, jobFields.DEVICE),
    };
  }

  /** Says that the twin of a thing holds a value measured at `t` already, as after a restart. */
  know(thing: string, t: number): void {
    this.#twin.commit(0, this.#number(thing), this.#stepOf(t), 0);
  }

  addUpdate(thing: string, { t, loadUnits, payload }: Job<Update>): void {
    const sensor = this.#number(thing);
    this.#hear('sensor', sensor, t);
    const { scenario } = this;
    const load = loadUnits ?? scenario.sensors.meanLoadUnits;
    const slot = this.#updates.put(payload);
    const job = this.#jobs.create(this.#stepOf(t), sensor, slot, scenario.sensors.meanSizeMbit, load);
    const before = this.metrics.total('updatesSuperseded');
    this.#servers.arriveUpdate(0, sensor, job);
    if (this.metrics.total('updatesSuperseded') > before) {
      this.#updates.take(this.#newest.get(sensor)!);
    }
    this.#newest.set(sensor, slot);
    this.#count('updatesCreated');
  }

  addRequest(ue: string, thing: string, { t, loadUnits, payload }: Job<Request>): void {
    const known = this.#ues.get(ue) ?? this.#ues.size;
    this.#ues.set(ue, known);
    this.#hear('ue', known, t);
    const { scenario } = this;
    const load = loadUnits ?? scenario.ues.meanLoadUnits;
    const slot = this.#requests.put({ payload, startedAt: NaN });
    const sensor = this.#number(thing);
    const job = this.#jobs.create(this.#stepOf(t), slot, sensor, scenario.ues.meanSizeMbit, load);
    this.requests.arrive(0, job, load);
    this.#count('requestsCreated');
  }

  /** One step: processes with the splits in force, then lets the policy choose the next ones. @param now ms since 1970 */
  tick(now: number): void {
    this.#now = now;
    const step = this.#stepOf(now);
    const unitsForRequests = this.#action[1] * this.#computeUnits;
    this.#expire();
    this.#units[0] = unitsForRequests;
    this.#servers.rewards[0] = 0;
    this.#servers.processRequests(0, this.#units, step);
    this.#markStarted();
    this.#units[0] = this.#computeUnits - unitsForRequests;
    this.#servers.processUpdates(0, this.#units, step);
    this.#processed = step;
    this.step++;
    this.#act();
  }

  /** Lets another policy choose from now on. @throws UnknownNameError it reads a feature that does not exist */
  setPolicy(policy: Policy): void {
    this.#observer = new Observer(policy.features);
    this.#observation = new Float64Array(policy.features.length);
    this.#policy = policy;
    policy.reset(0, 0);
    this.#act();
  }

  #act(): void {
    this.#observer.observe(this, this.#observation);
    this.#policy.act(this.#observation, 0, this.#action, 0, 0);
    for (let at = 0; at < 2; at++) this.#action[at] = Math.min(1, Math.max(0, this.#action[at]));
  }

  /** Notes when the computation of the request at the head began. */
  #markStarted(): void {
    const { queue } = this.requests;
    if (queue.head[0] === jobFields.NONE || queue.left[0] === 0) return;
    const slot = this.#jobs.ints[queue.head[0] * jobFields.JOB_INTS + jobFields.DEVICE];
    this.#requests.peek(slot).startedAt ||= this.#now;
  }

  /** Lets go of a request at the head whose thing was never heard of, so that a wrong id harms no neighbour for long. */
  #expire(): void {
    const { queue, backlogUnits } = this.requests;
    const head = queue.head[0];
    const sensor =
      head === jobFields.NONE ? -1 : this.#jobs.ints[head * jobFields.JOB_INTS + jobFields.SENSOR];
    if (sensor < 0 || this.#twin.newest(0, sensor) >= 0) {
      this.#waited = 0;
      return;
    }
    if (++this.#waited < PATIENCE_STEPS) return;
    this.#waited = 0;
    backlogUnits[0] -= this.#jobs.floats[head * jobFields.JOB_FLOATS + jobFields.LOAD];
    const slot = this.#jobs.ints[head * jobFields.JOB_INTS + jobFields.DEVICE];
    queue.shift(this.#jobs.ints, 0);
    this.#jobs.release(head);
    this.#listeners.expired(this.#requests.take(slot).payload);
  }

  #count(counter: 'requestsCreated' | 'updatesCreated'): void {
    this.metrics.add(counter, 0, 1);
  }

  #hear(kind: 'ue' | 'sensor', device: number, t: number): void {
    this.#heard[kind].set(device, { step: this.step, created: this.#stepOf(t) });
  }

  #number(thing: string): number {
    const known = this.#things.get(thing) ?? this.#things.size;
    this.#things.set(thing, known);
    return known;
  }

  #stepOf(t: number): number {
    return Math.max(0, Math.floor(t / this.stepMs) - this.#base);
  }

  /** A server does not see what its devices have not sent: such policies are refused before. */
  uplinkMbit(): number {
    return 0;
  }

  uplinkAgeSteps(): number {
    return 0;
  }

  headMismatchSteps(cell: number, side: 'older' | 'newer'): number {
    return headMismatch(this.requests, this.#twin, cell, side === 'newer');
  }

  /** Mean age of what is known of each thing, steps. */
  twinAgeSteps(): number {
    let sum = 0;
    for (const thing of this.#things.values()) sum += this.step - Math.max(0, this.#twin.newest(0, thing));
    return sum / Math.max(1, this.#things.size);
  }

  /** Devices heard of within the last ten steps. */
  connected(kind: 'ue' | 'sensor'): number {
    let count = 0;
    for (const { step } of this.#heard[kind].values()) if (this.step - step <= RECENT_STEPS) count++;
    return count;
  }
}
