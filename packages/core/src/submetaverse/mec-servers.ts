import { ComputationQueue } from './computation-queue.js';
import type { DeviceKind } from './devices.js';
import { Capacity, Job, JobFloat, JobInt, JobProgress, type JobStore } from './job-store.js';
import { CloudRequests } from './cloud-requests.js';
import { Counter, type Metrics } from './metrics.js';
import type { ModelServing } from './model-serving.js';
import type { Reward } from './reward.js';
import type { Twin } from './twin.js';

/**
 * Told of every completed request: its place in the job store, the cell that served it, the step in which the update it
 * was served with was created, and its AoSI; −1 twice for a request that needed no sensor.
 */
export type RequestListener = (job: number, cell: number, updateCreated: number, aosi: number) => void;

/** Told of every processed update: its place in the job store, and the cell that processed it. */
export type UpdateListener = (job: number, cell: number) => void;

/** Told of every job whose last bit has just been sent, before it queues at the MEC server. */
export type SentListener = (kind: DeviceKind, job: number, cell: number) => void;

/** A request that needs no sensor is served with this update. */
const NO_UPDATE_NEEDED = -2;

/** The MEC servers of all cells: two FIFO queues each, drained continuously (paper 000, section II-B). */
export class MecServers {
  readonly requests: ComputationQueue;
  readonly updates: ComputationQueue;
  /** `Float64Array [cells]`: the reward of this step (paper 000, eq. 5). */
  readonly rewards: Float64Array;
  reward!: Reward;
  /** Per UE, where their classes differ in what is late. */
  ueRewards: readonly Reward[] | undefined;
  onRequest: RequestListener | undefined;
  onUpdate: UpdateListener | undefined;
  onSent: SentListener | undefined;
  /** Where requests ask for models. */
  serving: ModelServing | undefined;
  readonly #cloud: CloudRequests;
  #freshest = false;
  readonly #jobs: JobStore;
  readonly #twin: Twin;
  readonly #metrics: Metrics;
  /** `Int32Array [sensors]`: the update of a sensor that waits at a MEC server, or −1, and the cell of that server. */
  readonly #waiting: Int32Array;
  readonly #waitingCell: Int32Array;

  /** @param reselect another sensor for a request whose sensor left before it was ever heard of; −1 for none */
  constructor(
    cells: number,
    sensors: number,
    jobs: JobStore,
    twin: Twin,
    metrics: Metrics,
    readonly reselect: (sensor: number, ue: number, cell: number) => number,
  ) {
    this.requests = new ComputationQueue(cells, jobs);
    this.updates = new ComputationQueue(cells, jobs);
    this.rewards = new Float64Array(cells);
    this.#cloud = new CloudRequests(cells);
    this.#jobs = jobs;
    this.#twin = twin;
    this.#metrics = metrics;
    this.#waiting = new Int32Array(sensors);
    this.#waitingCell = new Int32Array(sensors);
  }

  /** Whether a newer update of a sensor replaces the one that still waits; only those that arrive from now on. */
  get freshest(): boolean {
    return this.#freshest;
  }

  set freshest(freshest: boolean) {
    // Whoever waits is tracked under the discipline freshest only.
    if (freshest !== this.#freshest) this.#waiting.fill(Job.None);
    this.#freshest = freshest;
  }

  reset(): void {
    this.requests.reset();
    this.updates.reset();
    this.rewards.fill(0);
    this.#waiting.fill(Job.None);
    this.#cloud.clear();
  }

  /** Takes in a request that has been sent. Where requests ask for models, one whose model is not resident goes to the cloud. */
  arriveRequest(cell: number, job: number, step: number): void {
    const { floats, progress } = this.#jobs;
    const { serving } = this;
    if (serving !== undefined) {
      const drawn = progress[job * JobProgress.Stride + JobProgress.Model];
      const factor = serving.arrive(cell, drawn, step);
      if (factor < 0) {
        progress[job * JobProgress.Stride + JobProgress.Started] = step;
        this.#cloud.add(cell, job, step + serving.cloudSteps(drawn));
        return;
      }
      floats[job * JobFloat.Stride + JobFloat.Load] *= factor;
      this.#metrics.values[cell * Counter.Stride + Counter.edgeUnitsArrived] +=
        floats[job * JobFloat.Stride + JobFloat.Load];
    }
    this.requests.arrive(cell, job, floats[job * JobFloat.Stride + JobFloat.Load]);
  }

  /** The requests of a cell that are in the cloud, in the order in which they came. */
  cloudJobs(cell: number): number[] {
    return this.#cloud.jobs(cell);
  }

  /** Completes the requests of a cell whose answers are back; one whose sensor is not yet known waits for it. */
  completeFromCloud(cell: number, step: number): void {
    if (this.#cloud.count(cell) === 0) return;
    this.#cloud.take(cell, step, (job) => {
      const update = this.#updateFor(job, cell);
      if (update === Job.None) return false;
      this.#metrics.values[cell * Counter.Stride + Counter.requestsAtCloud]++;
      this.#complete(job, cell, update, step);
      this.#jobs.release(job);
      return true;
    });
  }

  /** With the discipline freshest, takes the place of an update of the same sensor that still waits in this cell. */
  arriveUpdate(cell: number, sensor: number, job: number): void {
    const { floats } = this.#jobs;
    const load = floats[job * JobFloat.Stride + JobFloat.Load];
    if (this.#freshest) {
      const waiting = this.#waiting[sensor];
      if (waiting !== Job.None && this.#waitingCell[sensor] === cell) {
        this.updates.backlogUnits[cell] += load - floats[waiting * JobFloat.Stride + JobFloat.Load];
        this.#jobs.overwrite(waiting, job);
        this.#jobs.release(job);
        this.#metrics.values[cell * Counter.Stride + Counter.updatesSuperseded]++;
        return;
      }
      this.#waiting[sensor] = job;
      this.#waitingCell[sensor] = cell;
    }
    this.updates.arrive(cell, job, load);
  }

  /** Processes a cell's requests with `units[cell]` units. One whose sensor is not yet known waits, and blocks the queue. */
  processRequests(cell: number, units: Float64Array, step: number): void {
    const { ints, floats, progress } = this.#jobs;
    const { queue, backlogUnits } = this.requests;
    let capacity = this.serving === undefined ? units[cell] : units[cell] * this.serving.freeShare(cell);
    let job = queue.head[cell];
    while (job !== Job.None && capacity > Capacity.Epsilon) {
      const update = this.#updateFor(job, cell);
      if (update === Job.None) return;
      let needed = queue.left[cell];
      if (needed === 0) {
        progress[job * JobProgress.Stride + JobProgress.Started] = step;
        needed = floats[job * JobFloat.Stride + JobFloat.Load];
      }
      if (needed - capacity > Capacity.Epsilon) {
        queue.left[cell] = needed - capacity;
        backlogUnits[cell] -= capacity;
        return;
      }
      capacity = needed < capacity ? capacity - needed : 0;
      const next = queue.shift(ints, cell);
      backlogUnits[cell] = next === Job.None ? 0 : backlogUnits[cell] - needed;
      this.#complete(job, cell, update, step);
      this.#jobs.release(job);
      job = next;
    }
  }

  /** Step of creation of the update that would serve a request now; −1 if there is none yet, −2 if it needs none. */
  #updateFor(job: number, cell: number): number {
    const { ints } = this.#jobs;
    const sensor = ints[job * JobInt.Stride + JobInt.Sensor];
    if (sensor < 0) return NO_UPDATE_NEEDED;
    const update = this.#twin.newest(cell, sensor);
    if (update !== Job.None) return update;
    const other = this.reselect(sensor, ints[job * JobInt.Stride + JobInt.Device], cell);
    ints[job * JobInt.Stride + JobInt.Sensor] = other;
    return other < 0 ? NO_UPDATE_NEEDED : this.#twin.newest(cell, other);
  }

  #complete(job: number, cell: number, update: number, step: number): void {
    const { values } = this.#metrics;
    const row = cell * Counter.Stride;
    const created = this.#jobs.ints[job * JobInt.Stride + JobInt.Created];
    const aori = step - created;
    const { ueRewards } = this;
    const reward =
      ueRewards === undefined ? this.reward : ueRewards[this.#jobs.ints[job * JobInt.Stride + JobInt.Device]];
    const penalty = reward.penalty(aori);
    let aosi = -1;
    let synchronisation = 0;
    if (update >= 0) {
      aosi = created > update ? created - update : update - created;
      synchronisation = reward.synchronisation(aosi);
      values[row + Counter.requestsSynchronised]++;
      values[row + Counter.aosiSum] += aosi;
    }
    values[row + Counter.requestsCompleted]++;
    values[row + Counter.aoriSum] += aori;
    values[row + Counter.synchronisationReward] += synchronisation;
    values[row + Counter.latePenalty] += penalty;
    values[row + Counter.requestMbitCompleted] += this.#jobs.floats[job * JobFloat.Stride + JobFloat.Size];
    if (reward.late(aori)) values[row + Counter.requestsLate]++;
    this.rewards[cell] += synchronisation + penalty;
    this.onRequest?.(job, cell, update < 0 ? -1 : update, aosi);
  }

  /** Processes a cell's updates with `units[cell]` units; each becomes part of the twin when it is done. */
  processUpdates(cell: number, units: Float64Array, step: number): void {
    const { ints, floats, progress } = this.#jobs;
    const { queue, backlogUnits } = this.updates;
    const { values } = this.#metrics;
    const row = cell * Counter.Stride;
    let capacity = units[cell];
    let job = queue.head[cell];
    while (job !== Job.None && capacity > Capacity.Epsilon) {
      const sensor = ints[job * JobInt.Stride + JobInt.Device];
      let needed = queue.left[cell];
      if (needed === 0) {
        progress[job * JobProgress.Stride + JobProgress.Started] = step;
        needed = floats[job * JobFloat.Stride + JobFloat.Load];
        if (this.#freshest && this.#waiting[sensor] === job) this.#waiting[sensor] = Job.None;
      }
      if (needed - capacity > Capacity.Epsilon) {
        queue.left[cell] = needed - capacity;
        backlogUnits[cell] -= capacity;
        return;
      }
      capacity = needed < capacity ? capacity - needed : 0;
      const next = queue.shift(ints, cell);
      backlogUnits[cell] = next === Job.None ? 0 : backlogUnits[cell] - needed;
      this.#twin.commit(cell, sensor, ints[job * JobInt.Stride + JobInt.Created], step);
      values[row + Counter.updatesCompleted]++;
      values[row + Counter.updateMbitCompleted] += floats[job * JobFloat.Stride + JobFloat.Size];
      this.onUpdate?.(job, cell);
      this.#jobs.release(job);
      job = next;
    }
  }

  snapshot(): {
    requests: number[][];
    updates: number[][];
    rewards: number[];
    waiting: number[][];
    cloud: number[][];
  } {
    return {
      cloud: this.#cloud.snapshot(),
      requests: this.requests.snapshot(),
      updates: this.updates.snapshot(),
      rewards: [...this.rewards],
      waiting: [[...this.#waiting], [...this.#waitingCell]],
    };
  }

  restore({ requests, updates, rewards, waiting, cloud }: ReturnType<MecServers['snapshot']>): void {
    this.#cloud.restore(cloud);
    this.requests.restore(requests);
    this.updates.restore(updates);
    this.rewards.set(rewards);
    this.#waiting.set(waiting[0]);
    this.#waitingCell.set(waiting[1]);
  }
}
