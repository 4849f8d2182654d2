import { InvalidInputError } from '../errors/index.js';
import { mobilityModels, TraceMobility, type Mobility, type PositionTrace } from '../mobility/index.js';
import type { PathLoss } from '../radio/index.js';
import { Phases, type Phase, type Scenario } from '../scenario/index.js';
import {
  arrivalModels,
  JobBatch,
  RandomTraffic,
  TraceTraffic,
  type ArrivalTrace,
  type TrafficSource,
} from '../traffic/index.js';
import { associationModels, type Association, type CellView } from './association.js';
import { bandwidthSchedulers, type BandwidthScheduler } from './bandwidth-scheduler.js';
import { ComputationQueue } from './computation-queue.js';
import { DeviceGroup, type DeviceKind } from './devices.js';
import {
  CREATED,
  DEVICE,
  JOB_FLOATS,
  JOB_INTS,
  JobStore,
  LEFT,
  LOAD,
  NEXT,
  NONE,
  SEND_STARTED,
  SENSOR,
  SENT,
  SIZE,
  STARTED,
} from './job-store.js';
import { LinkTrace, type LinkTraceData } from './link-trace.js';
import { COUNTER_STRIDE, COUNTERS, Metrics } from './metrics.js';
import { PointGrid } from './point-grid.js';
import { pathLossOf, RadioLinks } from './radio-links.js';
import { rewardModels, type Reward } from './reward.js';
import { sensorSelections, type SensorSelection, type SensorView } from './sensor-selection.js';
import { Twin } from './twin.js';

/** Capacity below this (Mbit or units) is a rounding error: it neither begins a job nor keeps one from ending. */
const EPSILON = 1e-9;

/** Recorded data of one kind of device. */
export interface KindTraces {
  readonly positions?: PositionTrace | undefined;
  readonly arrivals?: ArrivalTrace | undefined;
  readonly links?: LinkTraceData | undefined;
}

/** Recorded data that a scenario's trace models play. */
export interface Traces {
  readonly ue?: KindTraces | undefined;
  readonly sensor?: KindTraces | undefined;
}

/** Parts given in code, in place of those that the scenario names. */
export interface SimulatorModels {
  pathLoss?: PathLoss;
  ueMobility?: Mobility;
  sensorMobility?: Mobility;
  ueTraffic?: TrafficSource;
  sensorTraffic?: TrafficSource;
  association?: Association;
  ueScheduler?: BandwidthScheduler;
  sensorScheduler?: BandwidthScheduler;
  sensorSelection?: SensorSelection;
  reward?: Reward;
}

/** What {@link Simulator} is created with, beside the scenario. */
export interface SimulatorOptions {
  traces?: Traces | undefined;
  models?: SimulatorModels | undefined;
}

/** Told of every completed request; arguments are steps, numbers of devices and cells, and the job's place in the store. */
export type RequestListener = (job: number, cell: number, updateCreated: number, aosi: number) => void;

/** Parts of the simulator that exist once per kind of device. */
interface Side {
  readonly group: DeviceGroup;
  readonly links: RadioLinks;
  readonly traces: KindTraces | undefined;
  mobility: Mobility;
  traffic: TrafficSource;
  scheduler: BandwidthScheduler;
  /** `Float64Array [cells]`, MHz for this kind in this step. */
  readonly bandwidth: Float64Array;
  /** `Float64Array [cells]`, compute units for this kind in this step. */
  readonly units: Float64Array;
}

/**
 * The sub-metaverses of a scenario: base stations with their MEC servers, UEs and sensors, in discrete time
 * (paper 000, section II). One step: associate, split, create, transmit (UEs, then sensors, each by number), then cell by
 * cell process requests and after them updates, reward, move.
 */
export class Simulator {
  readonly cells: number;
  readonly ues: DeviceGroup;
  readonly sensors: DeviceGroup;
  readonly jobs = new JobStore();
  readonly requests: ComputationQueue;
  readonly updates: ComputationQueue;
  readonly twin: Twin;
  readonly metrics: Metrics;
  /** `Float64Array [cells × 2]`: the splits of the last step, clipped: ρC, ρP of each cell (paper 000, eq. 4). */
  readonly splits: Float64Array;
  /** `Float64Array [cells]`: the reward of the last step (paper 000, eq. 5). */
  readonly rewards: Float64Array;
  /** Number of the next step, from 0. */
  step = 0;
  seed = 0;
  episode = 0;
  /** The scenario of the current phase. */
  scenario: Scenario;
  onRequest: RequestListener | undefined;

  readonly #phases: Phases;
  readonly #models: SimulatorModels;
  readonly #ue: Side;
  readonly #sensor: Side;
  readonly #cellView: CellView & { hysteresis: number };
  readonly #sensorView: SensorView & { rangeM: number };
  /** `Int32Array [sensors]`: the update of a sensor that waits at a MEC server, for the discipline freshest; or −1. */
  readonly #waiting: Int32Array;
  readonly #waitingCell: Int32Array;
  readonly #batch = new JobBatch();
  #episodePhases: readonly Phase[] = [];
  #phase = 0;
  #configured: Scenario | undefined;
  #association!: Association;
  #selection!: SensorSelection;
  #reward!: Reward;
  #freshest = false;
  #sensorsPlaced = false;

  /** @throws InvalidInputError if a trace model lacks its recorded data */
  constructor(scenario: Scenario, { traces = {}, models = {} }: SimulatorOptions = {}) {
    this.#phases = new Phases(scenario);
    this.#models = models;
    this.scenario = scenario;
    this.cells = scenario.cells.length;
    const { area, cells } = scenario;
    this.ues = new DeviceGroup('ue', this.#phases.capacity('ues'), area);
    this.sensors = new DeviceGroup('sensor', this.#phases.capacity('sensors'), area);
    this.requests = new ComputationQueue(this.cells, this.jobs);
    this.updates = new ComputationQueue(this.cells, this.jobs);
    this.twin = new Twin(this.sensors.capacity, this.cells, scenario.interCellDelaySteps);
    this.metrics = new Metrics(this.cells);
    this.splits = new Float64Array(this.cells * 2);
    this.rewards = new Float64Array(this.cells);
    const x = Float64Array.from(cells, (cell) => cell.xM);
    const y = Float64Array.from(cells, (cell) => cell.yM);
    const grid = new PointGrid();
    grid.build(x, y, this.cells);
    this.#cellView = { count: this.cells, x, y, grid, hysteresis: 0 };
    this.#sensorView = { grid: new PointGrid(), field: this.sensors.field, rangeM: 0, twin: this.twin };
    this.#waiting = new Int32Array(this.sensors.capacity);
    this.#waitingCell = new Int32Array(this.sensors.capacity);
    this.#ue = this.#side(this.ues, traces.ue);
    this.#sensor = this.#side(this.sensors, traces.sensor);
    this.reset(0, 0);
  }

  #side(group: DeviceGroup, traces: KindTraces | undefined): Side {
    const random = (this.#models.pathLoss ?? pathLossOf(this.scenario)).random;
    const linkTrace = traces?.links && new LinkTrace(traces.links, group.capacity);
    return {
      group,
      links: new RadioLinks(group, this.#cellView, random, linkTrace),
      traces,
      bandwidth: new Float64Array(this.cells),
      units: new Float64Array(this.cells),
      mobility: this.#mobilityOf(group, traces, this.scenario),
      traffic: this.#trafficOf(group, traces, this.scenario),
      scheduler: this.#schedulerOf(group, this.scenario),
    };
  }

  #mobilityOf({ kind, capacity }: DeviceGroup, traces: KindTraces | undefined, scenario: Scenario): Mobility {
    const given = kind === 'ue' ? this.#models.ueMobility : this.#models.sensorMobility;
    if (given) return given;
    const { model, ...options } = scenario[`${kind}s`].mobility;
    if (model !== 'trace') return mobilityModels.get(model, `${kind}s.mobility.model`)(options as never);
    if (!traces?.positions) throw missingTrace(`${kind}s.mobility`, 'positions');
    return new TraceMobility(traces.positions, capacity, kind);
  }

  #trafficOf(
    { kind, capacity }: DeviceGroup,
    traces: KindTraces | undefined,
    scenario: Scenario,
  ): TrafficSource {
    const given = kind === 'ue' ? this.#models.ueTraffic : this.#models.sensorTraffic;
    if (given) return given;
    const { arrivals, meanSizeMbit, meanLoadUnits } = scenario[`${kind}s`];
    const { model, ...options } = arrivals;
    if (model !== 'trace') {
      const factory = arrivalModels.get(model, `${kind}s.arrivals.model`);
      return new RandomTraffic(factory(options as never), meanSizeMbit, meanLoadUnits);
    }
    if (!traces?.arrivals) throw missingTrace(`${kind}s.arrivals`, 'arrivals');
    return new TraceTraffic(traces.arrivals, capacity);
  }

  #schedulerOf({ kind }: DeviceGroup, scenario: Scenario): BandwidthScheduler {
    const given = kind === 'ue' ? this.#models.ueScheduler : this.#models.sensorScheduler;
    return given ?? bandwidthSchedulers.get(scenario[`${kind}s`].scheduler)(this.cells);
  }

  /** Starts episode `episode` of a run with seed `seed`. */
  reset(seed: number, episode: number): void {
    this.seed = seed;
    this.episode = episode;
    this.step = 0;
    this.#episodePhases = this.#phases.ofEpisode(seed, episode);
    this.jobs.clear();
    this.requests.reset();
    this.updates.reset();
    this.twin.reset();
    this.metrics.reset();
    this.#waiting.fill(NONE);
    this.rewards.fill(0);
    this.splits.fill(0);
    for (const { group, links } of [this.#ue, this.#sensor]) {
      group.reset(seed, episode);
      links.reset(seed, episode);
      group.active = 0;
    }
    this.#enterPhase(0, true);
    for (const side of [this.#ue, this.#sensor]) {
      side.mobility.reset(side.group.field, { seed, episode, kind: side.group.kind });
    }
  }

  /** Puts the parameters of a phase in force; devices that are not in it any more leave. */
  #enterPhase(phase: number, start: boolean): void {
    this.#phase = phase;
    const scenario = this.#episodePhases[phase]!.scenario;
    if (scenario !== this.#configured) this.#configure(scenario, start);
    for (const { group, traffic } of [this.#ue, this.#sensor]) {
      if (start) traffic.reset(group.capacity);
      const { count } = scenario[`${group.kind}s`];
      for (let device = count; device < group.active; device++) this.#depart(group, device);
      group.active = count;
    }
    this.#sensorsPlaced = false;
  }

  #configure(scenario: Scenario, start: boolean): void {
    const before = this.scenario;
    this.#configured = scenario;
    this.scenario = scenario;
    const models = this.#models;
    const pathLoss = models.pathLoss ?? pathLossOf(scenario);
    for (const side of [this.#ue, this.#sensor]) this.#configureSide(side, before, start, pathLoss);
    this.#association = models.association ?? associationModels.get(scenario.association.model);
    this.#cellView.hysteresis = scenario.association.hysteresis;
    this.#selection = models.sensorSelection ?? sensorSelections.get(scenario.sensorSelection);
    this.#sensorView.rangeM = scenario.sensors.rangeM;
    this.#reward = models.reward ?? rewardModels.get(scenario.reward.model)(scenario.reward);
    this.#freshest = scenario.sensors.discipline === 'freshest';
  }

  #configureSide(side: Side, before: Scenario, start: boolean, pathLoss: PathLoss): void {
    const { group, links, traces } = side;
    const now = this.scenario[`${group.kind}s`];
    const then = before[`${group.kind}s`];
    links.configure(this.scenario, pathLoss);
    if (now !== then) {
      const changed = (key: 'arrivals' | 'mobility' | 'scheduler' | 'meanSizeMbit' | 'meanLoadUnits') =>
        JSON.stringify(now[key]) !== JSON.stringify(then[key]);
      if (changed('arrivals') || changed('meanSizeMbit') || changed('meanLoadUnits')) {
        side.traffic = this.#trafficOf(group, traces, this.scenario);
        side.traffic.reset(group.capacity);
      }
      if (changed('scheduler')) side.scheduler = this.#schedulerOf(group, this.scenario);
      if (changed('mobility')) {
        const next = this.#mobilityOf(group, traces, this.scenario);
        if (!start) {
          const seed = { seed: this.seed, episode: this.episode, kind: group.kind };
          if (next.takeOver) next.takeOver(side.mobility, group.field, seed);
          else next.reset(group.field, seed);
        }
        side.mobility = next;
      }
    }
  }

  /** A device leaves: what it has not sent is dropped; what it has sent stays at the MEC server. */
  #depart(group: DeviceGroup, device: number): void {
    const counter = group === this.ues ? COUNTERS.requestsDropped : COUNTERS.updatesDropped;
    while (group.queues.head[device] !== NONE) {
      const job = group.queues.head[device]!;
      group.queues.shift(this.jobs, device);
      this.jobs.release(job);
      this.metrics.values[Math.max(0, group.chosenCell[device]!) * COUNTER_STRIDE + counter]!++;
    }
    group.backlogMbit[device] = 0;
    group.cell[device] = -1;
    group.chosenCell[device] = -1;
  }

  /**
   * Advances by one step.
   *
   * @param action `[cells × 2]`: ρC and ρP of each cell; values outside [0, 1] are clipped and counted, NaN is refused
   * @throws InvalidInputError for an action that is not a number
   */
  advance(action: ArrayLike<number>): void {
    const next = this.#episodePhases[this.#phase + 1];
    if (next !== undefined && next.fromStep === this.step) this.#enterPhase(this.#phase + 1, false);
    this.#associate();
    this.#split(action);
    this.#create(this.#ue);
    this.#create(this.#sensor);
    this.#transmit(this.#ue);
    this.#transmit(this.#sensor);
    this.twin.deliver(this.step);
    this.rewards.fill(0);
    for (let cell = 0; cell < this.cells; cell++) {
      this.#processRequests(cell);
      this.#processUpdates(cell);
    }
    this.step++;
    this.#move(this.#ue);
    this.#move(this.#sensor);
  }

  #associate(): void {
    const { metrics } = this;
    this.#ue.links.update(this.#association, this.step, metrics);
    const sensorsMove = this.#sensor.mobility.moves || this.#sensor.links.linkTrace !== undefined;
    if (sensorsMove || !this.#sensorsPlaced) {
      this.#sensor.links.update(this.#association, this.step, metrics);
      this.#sensorView.grid.build(this.sensors.field.x, this.sensors.field.y, this.sensors.active);
      this.#sensorsPlaced = true;
    }
  }

  #split(action: ArrayLike<number>): void {
    const { splits } = this;
    const { values } = this.metrics;
    for (let at = 0; at < splits.length; at++) {
      const value = action[at]!;
      if (!(value >= 0 && value <= 1)) {
        if (!(value < 0 || value > 1)) {
          throw new InvalidInputError('action', [
            { path: `[${at}]`, message: `${String(value)}: expected a number, ${splits.length} of them` },
          ]);
        }
        values[(at >> 1) * COUNTER_STRIDE + COUNTERS.clippedSplits]!++;
      }
      splits[at] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
    for (let cell = 0; cell < this.cells; cell++) {
      const { bandwidthHz, computeUnits } = this.scenario.cells[cell]!;
      // Capacity minus the UEs' part, not (1 − ρ) · capacity: for decimal splits this is the exact complement.
      const bandwidthMhz = bandwidthHz / 1e6;
      this.#ue.bandwidth[cell] = splits[cell * 2]! * bandwidthMhz;
      this.#sensor.bandwidth[cell] = bandwidthMhz - this.#ue.bandwidth[cell]!;
      this.#ue.units[cell] = splits[cell * 2 + 1]! * computeUnits;
      this.#sensor.units[cell] = computeUnits - this.#ue.units[cell]!;
      values[cell * COUNTER_STRIDE + COUNTERS.rhoCSum]! += splits[cell * 2]!;
      values[cell * COUNTER_STRIDE + COUNTERS.rhoPSum]! += splits[cell * 2 + 1]!;
    }
  }

  #create({ group, traffic }: Side): void {
    const batch = this.#batch;
    batch.count = 0;
    traffic.generate(this.step, group.active, group.streams, batch);
    if (group === this.ues) this.#createRequests(batch);
    else this.#createUpdates(batch);
  }

  #createRequests({ count, device, sizeMbit, loadUnits }: JobBatch): void {
    const { jobs, step } = this;
    const { values } = this.metrics;
    const { backlogMbit, chosenCell, field, queues } = this.ues;
    for (let at = 0; at < count; at++) {
      const ue = device[at]!;
      const size = sizeMbit[at]!;
      const cell = chosenCell[ue]!;
      const sensor = this.#selection(field.x[ue]!, field.y[ue]!, cell, this.#sensorView);
      values[cell * COUNTER_STRIDE + COUNTERS.requestsCreated]!++;
      values[cell * COUNTER_STRIDE + COUNTERS.requestMbitCreated]! += size;
      backlogMbit[ue]! += size;
      queues.push(jobs, ue, jobs.create(step, ue, sensor, size, loadUnits[at]!));
    }
  }

  #createUpdates({ count, device, sizeMbit, loadUnits }: JobBatch): void {
    const { jobs, step } = this;
    const { values } = this.metrics;
    const { backlogMbit, chosenCell, queues } = this.sensors;
    for (let at = 0; at < count; at++) {
      const sensor = device[at]!;
      const size = sizeMbit[at]!;
      const row = chosenCell[sensor]! * COUNTER_STRIDE;
      values[row + COUNTERS.updatesCreated]!++;
      values[row + COUNTERS.updateMbitCreated]! += size;
      backlogMbit[sensor]! += size;
      const last = this.#freshest && queues.length[sensor]! > 0 ? queues.tail[sensor]! : NONE;
      if (last !== NONE && jobs.ints[last * JOB_INTS + SEND_STARTED] === NONE) {
        backlogMbit[sensor]! -= jobs.floats[last * JOB_FLOATS + SIZE]!;
        jobs.fill(last, step, sensor, sensor, size, loadUnits[at]!);
        values[row + COUNTERS.updatesSuperseded]!++;
      } else queues.push(jobs, sensor, jobs.create(step, sensor, sensor, size, loadUnits[at]!));
    }
  }

  #selectSensor(ue: number, cell: number): number {
    const { x, y } = this.ues.field;
    return this.#selection(x[ue]!, y[ue]!, cell, this.#sensorView);
  }

  #transmit({ group, scheduler, bandwidth }: Side): void {
    scheduler.share(group, bandwidth, this.jobs);
    const { jobs, step } = this;
    const { ints, floats } = jobs;
    const { active, backlogMbit, cell, queues, rate } = group;
    const { head, length } = queues;
    const computation = group === this.ues ? this.requests : this.updates;
    const freshest = computation === this.updates && this.#freshest;
    for (let device = 0; device < active; device++) {
      let job = head[device]!;
      const capacity = rate[device]!;
      if (job === NONE || capacity <= EPSILON) continue;
      let left = capacity;
      do {
        const at = job * JOB_INTS;
        const float = job * JOB_FLOATS;
        if (ints[at + SEND_STARTED] === NONE) ints[at + SEND_STARTED] = step;
        const needed = floats[float + LEFT]!;
        if (needed - left > EPSILON) {
          floats[float + LEFT] = needed - left;
          left = 0;
          break;
        }
        left = needed < left ? left - needed : 0;
        ints[at + SENT] = step;
        const next = ints[at + NEXT]!;
        head[device] = next;
        length[device]!--;
        if (freshest) this.#arriveUpdate(cell[device]!, device, job);
        else computation.arrive(cell[device]!, job, floats[float + LOAD]!);
        job = next;
      } while (job !== NONE && left > EPSILON);
      backlogMbit[device] = job === NONE ? 0 : backlogMbit[device]! - (capacity - left);
    }
  }

  /** With the discipline freshest, takes the place of an update of the same sensor that still waits in this cell. */
  #arriveUpdate(cell: number, sensor: number, job: number): void {
    const load = this.jobs.floats[job * JOB_FLOATS + LOAD]!;
    const waiting = this.#waiting[sensor]!;
    if (waiting !== NONE && this.#waitingCell[sensor] === cell) {
      this.updates.backlogUnits[cell]! += load - this.jobs.floats[waiting * JOB_FLOATS + LEFT]!;
      this.jobs.floats[job * JOB_FLOATS + LEFT] = load;
      this.jobs.overwrite(waiting, job);
      this.jobs.release(job);
      this.metrics.values[cell * COUNTER_STRIDE + COUNTERS.updatesSuperseded]!++;
    } else {
      this.#waiting[sensor] = job;
      this.#waitingCell[sensor] = cell;
      this.updates.arrive(cell, job, load);
    }
  }

  #processRequests(cell: number): void {
    const { jobs, step } = this;
    const { ints, floats } = jobs;
    const { queue, backlogUnits } = this.requests;
    let left = this.#ue.units[cell]!;
    let job = queue.head[cell]!;
    while (job !== NONE && left > EPSILON) {
      const at = job * JOB_INTS;
      const update = this.#updateFor(job, cell);
      if (update === NONE) return; // waits for the first update of its sensor, and blocks the queue
      if (ints[at + STARTED] === NONE) ints[at + STARTED] = step;
      const needed = floats[job * JOB_FLOATS + LEFT]!;
      if (needed - left > EPSILON) {
        floats[job * JOB_FLOATS + LEFT] = needed - left;
        backlogUnits[cell]! -= left;
        return;
      }
      left = needed < left ? left - needed : 0;
      queue.shift(jobs, cell);
      backlogUnits[cell] = queue.head[cell] === NONE ? 0 : backlogUnits[cell]! - needed;
      this.#complete(job, cell, update);
      jobs.release(job);
      job = queue.head[cell]!;
    }
  }

  /** Step of creation of the update that would serve a request now; −1 if there is none yet, −2 if it needs none. */
  #updateFor(job: number, cell: number): number {
    const at = job * JOB_INTS;
    let sensor = this.jobs.ints[at + SENSOR]!;
    if (sensor < 0) return -2;
    const update = this.twin.newest(cell, sensor);
    if (update !== NONE || sensor < this.sensors.active) return update;
    // The sensor left before any update of it was processed, and none will come: another one has to cover the UE.
    const ue = Math.min(this.jobs.ints[at + DEVICE]!, this.ues.capacity - 1);
    sensor = this.#selectSensor(ue, cell);
    this.jobs.ints[at + SENSOR] = sensor;
    return sensor < 0 ? -2 : this.twin.newest(cell, sensor);
  }

  #complete(job: number, cell: number, update: number): void {
    const { values } = this.metrics;
    const row = cell * COUNTER_STRIDE;
    const created = this.jobs.ints[job * JOB_INTS + CREATED]!;
    const aori = this.step - created;
    const penalty = this.#reward.penalty(aori);
    let aosi = -1;
    let synchronisation = 0;
    if (update >= 0) {
      aosi = created > update ? created - update : update - created;
      synchronisation = this.#reward.synchronisation(aosi);
      values[row + COUNTERS.requestsSynchronised]!++;
      values[row + COUNTERS.aosiSum]! += aosi;
    }
    values[row + COUNTERS.requestsCompleted]!++;
    values[row + COUNTERS.aoriSum]! += aori;
    values[row + COUNTERS.synchronisationReward]! += synchronisation;
    values[row + COUNTERS.latePenalty]! += penalty;
    values[row + COUNTERS.requestMbitCompleted]! += this.jobs.floats[job * JOB_FLOATS + SIZE]!;
    if (this.#reward.late(aori)) values[row + COUNTERS.requestsLate]!++;
    this.rewards[cell]! += synchronisation + penalty;
    this.onRequest?.(job, cell, update, aosi);
  }

  #processUpdates(cell: number): void {
    const { jobs, step } = this;
    const { ints, floats } = jobs;
    const { queue, backlogUnits } = this.updates;
    const { values } = this.metrics;
    let left = this.#sensor.units[cell]!;
    let job = queue.head[cell]!;
    while (job !== NONE && left > EPSILON) {
      const at = job * JOB_INTS;
      const sensor = ints[at + DEVICE]!;
      if (ints[at + STARTED] === NONE) {
        ints[at + STARTED] = step;
        if (this.#waiting[sensor] === job) this.#waiting[sensor] = NONE;
      }
      const needed = floats[job * JOB_FLOATS + LEFT]!;
      if (needed - left > EPSILON) {
        floats[job * JOB_FLOATS + LEFT] = needed - left;
        backlogUnits[cell]! -= left;
        return;
      }
      left = needed < left ? left - needed : 0;
      queue.shift(jobs, cell);
      backlogUnits[cell] = queue.head[cell] === NONE ? 0 : backlogUnits[cell]! - needed;
      this.twin.commit(cell, sensor, ints[at + CREATED]!, step);
      values[cell * COUNTER_STRIDE + COUNTERS.updatesCompleted]!++;
      values[cell * COUNTER_STRIDE + COUNTERS.updateMbitCompleted]! += floats[job * JOB_FLOATS + SIZE]!;
      jobs.release(job);
      job = queue.head[cell]!;
    }
  }

  #move({ group, mobility }: Side): void {
    if (mobility.moves) mobility.move(group.field, this.step, group.active);
  }

  /** Mbit that the active devices of a cell have created and not yet sent. */
  uplinkMbit(group: DeviceGroup, cell: number): number {
    let sum = 0;
    for (let device = 0; device < group.active; device++) {
      if (group.chosenCell[device] === cell) sum += group.backlogMbit[device]!;
    }
    return sum;
  }

  /** Number of active devices with service in a cell. */
  connected(group: DeviceGroup, cell: number): number {
    let count = 0;
    for (let device = 0; device < group.active; device++) if (group.cell[device] === cell) count++;
    return count;
  }

  /** The whole state as plain serialisable data. */
  snapshot(): SimulatorSnapshot {
    return {
      seed: this.seed,
      episode: this.episode,
      step: this.step,
      phase: this.#phase,
      jobs: this.jobs.snapshot(),
      ues: this.ues.snapshot(),
      sensors: this.sensors.snapshot(),
      requests: this.requests.snapshot(),
      updates: this.updates.snapshot(),
      twin: this.twin.snapshot(),
      metrics: this.metrics.snapshot(),
      waiting: [[...this.#waiting], [...this.#waitingCell]],
      splits: [...this.splits],
      rewards: [...this.rewards],
      models: [this.#ue, this.#sensor].map(({ mobility, traffic, links }) => [
        mobility.snapshot?.() ?? [],
        traffic.snapshot(),
        links.linkTrace?.snapshot() ?? [],
      ]),
    };
  }

  /** Goes back to a state of {@link Simulator.snapshot}, of this or of another simulator of the same scenario. */
  restore(state: SimulatorSnapshot): void {
    this.reset(state.seed, state.episode);
    if (state.phase > 0) this.#enterPhase(state.phase, false);
    this.step = state.step;
    this.jobs.restore(state.jobs);
    this.ues.restore(state.ues);
    this.sensors.restore(state.sensors);
    this.requests.restore(state.requests);
    this.updates.restore(state.updates);
    this.twin.restore(state.twin);
    this.metrics.restore(state.metrics);
    this.#waiting.set(state.waiting[0]!);
    this.#waitingCell.set(state.waiting[1]!);
    this.splits.set(state.splits);
    this.rewards.set(state.rewards);
    [this.#ue, this.#sensor].forEach(({ mobility, traffic, links }, at) => {
      const [mobilityState, trafficState, linkState] = state.models[at]!;
      mobility.restore?.(mobilityState!);
      traffic.restore(trafficState!);
      links.linkTrace?.restore(linkState!);
    });
    this.#sensorsPlaced = false;
  }
}

/** Plain data of {@link Simulator.snapshot}. */
export interface SimulatorSnapshot {
  seed: number;
  episode: number;
  step: number;
  phase: number;
  jobs: number[];
  ues: ReturnType<DeviceGroup['snapshot']>;
  sensors: ReturnType<DeviceGroup['snapshot']>;
  requests: number[][];
  updates: number[][];
  twin: number[][];
  metrics: number[];
  waiting: number[][];
  splits: number[];
  rewards: number[];
  models: number[][][];
}

function missingTrace(path: string, data: string): InvalidInputError {
  return new InvalidInputError('scenario', [{ path, message: `model trace needs recorded ${data}` }]);
}

export type { DeviceKind };
