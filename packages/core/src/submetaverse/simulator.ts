import { InvalidInputError } from '../errors/index.js';
import type { PathLoss } from '../radio/index.js';
import { decodeLabelRuns, Phases, type Phase, type Scenario } from './scenario/index.js';
import { JobBatch } from '../traffic/index.js';
import { associationModels, type Association, type CellView } from './association.js';
import type { CellState } from './cell-state.js';
import type { ComputationQueue } from './computation-queue.js';
import { DeviceSide, type KindModels, type KindTraces } from './device-side.js';
import { DeviceGroup, type DeviceKind } from './devices.js';
import { headMismatch } from './head-of-line.js';
import { Interference } from './interference.js';
import { JobStore } from './job-store.js';
import { MecServers, type RequestListener, type SentListener, type UpdateListener } from './mec-servers.js';
import { Counter, Metrics } from './metrics.js';
import { ModelServing } from './model-serving.js';
import { NearestTracker } from './nearest-tracker.js';
import { PointGrid } from './point-grid.js';
import { Regions, type RegionLabels } from './regions.js';
import { rewardModels, type Reward } from './reward.js';
import { sensorSelections, type SensorSelection, type SensorView } from './sensor-selection.js';
import { Twin } from './twin.js';
import { ueClasses } from './ue-classes.js';
import { UplinkSums } from './uplink-sums.js';
import { createRequests, createUpdates, depart, transmit } from './uplink.js';

/** Recorded data that a scenario's trace models play, and the regions that it names. */
export type Traces = Partial<Record<DeviceKind, KindTraces | undefined>> & {
  readonly regions?: RegionLabels | undefined;
};

/** Parts given in code, in place of those that the scenario names. */
export interface SimulatorModels {
  pathLoss?: PathLoss;
  association?: Association;
  sensorSelection?: SensorSelection;
  reward?: Reward;
  ue?: KindModels;
  sensor?: KindModels;
}

/** What {@link Simulator} is created with, beside the scenario. */
export interface SimulatorOptions {
  traces?: Traces | undefined;
  models?: SimulatorModels | undefined;
}

/**
 * The sub-metaverses of a scenario: base stations with their MEC servers, UEs and sensors, in discrete time
 * (paper 000, section II). One step: associate, split, create, transmit (UEs, then sensors, each by number), then cell by
 * cell process requests and after them updates, reward, move.
 */
export class Simulator implements CellState {
  readonly cells: number;
  readonly ues: DeviceGroup;
  readonly sensors: DeviceGroup;
  readonly jobs = new JobStore();
  readonly twin: Twin;
  readonly metrics: Metrics;
  readonly servers: MecServers;
  /** `Float64Array [cells × 2]`: the splits of the last step, clipped: ρC, ρP of each cell (paper 000, eq. 4). */
  readonly splits: Float64Array;
  /** Number of the next step, from 0. */
  step = 0;
  seed = 0;
  episode = 0;
  /** The scenario of the current phase. */
  scenario: Scenario;

  readonly #phases: Phases;
  readonly #models: SimulatorModels;
  readonly #ue: DeviceSide;
  readonly #sensor: DeviceSide;
  readonly #cellView: CellView & { hysteresis: number };
  readonly #sensorView: SensorView & { rangeM: number };
  readonly #batch = new JobBatch();
  #episodePhases: readonly Phase[] = [];
  #phase = 0;
  readonly #uplinks: Readonly<Record<DeviceKind, UplinkSums>>;
  #interference: Interference | undefined;
  #association!: Association;
  #selection!: SensorSelection;

  /** @throws InvalidInputError if a trace model lacks its recorded data */
  constructor(scenario: Scenario, { traces = {}, models = {} }: SimulatorOptions = {}) {
    this.#phases = new Phases(scenario);
    this.#models = models;
    this.scenario = this.#phases.ofEpisode(0, 0)[0].scenario;
    const { area, cells, interCellDelaySteps } = scenario;
    this.cells = cells.length;
    this.ues = new DeviceGroup('ue', this.#phases.capacity('ues'), area);
    this.sensors = new DeviceGroup('sensor', this.#phases.capacity('sensors'), area);
    this.twin = new Twin(this.sensors.capacity, this.cells, interCellDelaySteps);
    this.#uplinks = {
      ue: new UplinkSums(this.ues, this.cells, this.twin),
      sensor: new UplinkSums(this.sensors, this.cells, this.twin),
    };
    this.metrics = new Metrics(this.cells);
    this.splits = new Float64Array(this.cells * 2);
    const x = Float64Array.from(cells, (cell) => cell.xM);
    const y = Float64Array.from(cells, (cell) => cell.yM);
    const grid = new PointGrid();
    grid.build(x, y, this.cells);
    const { labels } = scenario.association;
    const regionLabels = traces.regions ?? (labels && { ...labels, labels: decodeLabelRuns(labels) });
    const regions = regionLabels && new Regions(regionLabels, area, this.cells);
    this.#cellView = { count: this.cells, x, y, grid, regions, hysteresis: 0 };
    const sensorGrid = new PointGrid();
    this.#sensorView = {
      ues: this.ues.field,
      sensors: this.sensors.field,
      grid: sensorGrid,
      tracker: new NearestTracker(sensorGrid, this.ues.field),
      rangeM: 0,
      twin: this.twin,
    };
    this.servers = new MecServers(
      this.cells,
      this.sensors.capacity,
      this.jobs,
      this.twin,
      this.metrics,
      (sensor, ue, cell) =>
        sensor < this.sensors.active ? sensor : this.#selection(ue, cell, this.#sensorView),
    );
    const side = (group: DeviceGroup) =>
      new DeviceSide(
        group,
        this.#cellView,
        traces[group.kind] ?? {},
        models[group.kind] ?? {},
        models.pathLoss,
        this.scenario,
      );
    if (scenario.serving !== undefined) {
      this.servers.serving = new ModelServing(scenario, scenario.serving, this.ues.capacity, this.metrics);
    }
    this.#ue = side(this.ues);
    this.#sensor = side(this.sensors);
    this.#configure(this.scenario);
    this.reset(0, 0);
  }

  /** The request queues at the MEC servers. */
  get requests(): ComputationQueue {
    return this.servers.requests;
  }

  /** The update queues at the MEC servers. */
  get updates(): ComputationQueue {
    return this.servers.updates;
  }

  /** `Float64Array [cells]`: the reward of the last step (paper 000, eq. 5). */
  get rewards(): Float64Array {
    return this.servers.rewards;
  }

  set onRequest(listener: RequestListener | undefined) {
    this.servers.onRequest = listener;
  }

  set onUpdate(listener: UpdateListener | undefined) {
    this.servers.onUpdate = listener;
  }

  set onSent(listener: SentListener | undefined) {
    this.servers.onSent = listener;
  }

  /** Starts episode `episode` of a run with seed `seed`. */
  reset(seed: number, episode: number): void {
    this.seed = seed;
    this.episode = episode;
    this.step = 0;
    this.jobs.clear();
    this.twin.reset();
    this.metrics.reset();
    this.servers.reset();
    this.servers.serving?.reset(seed, episode);
    this.splits.fill(0);
    this.#episodePhases = this.#phases.ofEpisode(seed, episode);
    this.#phase = 0;
    const { scenario } = this.#episodePhases[0];
    if (scenario !== this.scenario) this.#configure(scenario);
    this.#ue.reset(seed, episode);
    this.#sensor.reset(seed, episode);
    this.ues.active = scenario.ues.count;
    this.sensors.active = scenario.sensors.count;
    this.#changed();
    this.#unsettle();
  }

  /** Puts another scenario of the same structure in force, in the middle of an episode; devices beyond its counts leave. */
  change(scenario: Scenario): void {
    const { seed, episode } = this;
    if (scenario !== this.scenario) this.#configure(scenario, { seed, episode });
    for (const group of [this.ues, this.sensors]) {
      const { count } = scenario[`${group.kind}s`];
      for (let device = count; device < group.active; device++)
        depart(group, device, this.jobs, this.metrics);
      group.active = count;
    }
    this.#changed();
    this.#unsettle();
  }

  #configure(scenario: Scenario, seed?: { seed: number; episode: number }): void {
    this.scenario = scenario;
    const models = this.#models;
    for (const side of [this.#ue, this.#sensor]) {
      side.configure(scenario, seed && { ...seed, kind: side.group.kind });
    }
    const { model, hysteresis, ueCells } = scenario.association;
    if (model === 'regions' && this.#cellView.regions === undefined) throw missingRegions();
    this.#association = models.association ?? associationModels.get(model);
    this.#cellView.hysteresis = hysteresis;
    this.#ue.links.keepAt(ueCells ?? []);
    this.#selection = models.sensorSelection ?? sensorSelections.get(scenario.sensorSelection);
    this.#sensorView.rangeM = scenario.sensors.rangeM;
    this.#configureReward(scenario);
    this.servers.freshest = scenario.sensors.discipline === 'freshest';
  }

  #configureReward({ reward, ues }: Scenario): void {
    const { servers } = this;
    const make = rewardModels.get(reward.model);
    servers.reward = this.#models.reward ?? make(reward);
    servers.ueRewards = undefined;
    if (this.#models.reward !== undefined || ues.classes === undefined) return;
    const ofClass = ues.classes.map(({ lateThresholdSteps = reward.lateThresholdSteps }) =>
      make({ ...reward, lateThresholdSteps }),
    );
    servers.ueRewards = Array.from(ueClasses(this.scenario, this.ues.capacity), (of) => ofClass[of]);
  }

  /**
   * Advances by one step.
   *
   * @param action `[cells × 2]`: ρC and ρP of each cell; values outside [0, 1] are clipped and counted
   * @throws InvalidInputError for an action that is not a number
   */
  advance(action: ArrayLike<number>): void {
    const { jobs, servers, step } = this;
    const next = this.#episodePhases[this.#phase + 1];
    if (next !== undefined && next.fromStep === step) {
      this.#phase++;
      this.change(next.scenario);
    }
    servers.serving?.tick(step);
    this.#associate();
    this.#split(action);
    this.#create();
    this.#interfere();
    transmit(this.#ue, jobs, servers, this.metrics, step);
    transmit(this.#sensor, jobs, servers, this.metrics, step);
    this.twin.deliver(step);
    for (let cell = 0; cell < this.cells; cell++) {
      servers.rewards[cell] = 0;
      servers.completeFromCloud(cell, step);
      servers.processRequests(cell, this.#ue.units, step);
      servers.processUpdates(cell, this.#sensor.units, step);
    }
    this.step++;
    this.#ue.move(this.step);
    this.#sensor.move(this.step);
    this.#changed();
  }

  /** What was summed up over devices no longer holds. */
  #changed(): void {
    this.ues.changed();
    this.sensors.changed();
    this.#uplinks.ue.changed();
    this.#uplinks.sensor.changed();
  }

  /** Devices that have gone drop what they have not sent. */
  #letGo({ group, mobility }: DeviceSide): void {
    if (mobility.mayBeAway !== true) return;
    const { away } = group.field;
    for (let device = 0; device < group.active; device++) {
      if (away[device] === 1 && group.chosenCell[device] >= 0) depart(group, device, this.jobs, this.metrics);
    }
  }

  #associate(): void {
    const { metrics, step } = this;
    this.#letGo(this.#ue);
    this.#letGo(this.#sensor);
    this.#ue.associate(this.#association, step, metrics);
    if (this.#sensor.associate(this.#association, step, metrics)) {
      const { field, active } = this.sensors;
      this.#sensorView.grid.build(field.x, field.y, active);
      this.#sensorView.tracker.reset();
    }
  }

  #unsettle(): void {
    this.#ue.unsettle();
    this.#sensor.unsettle();
  }

  #split(action: ArrayLike<number>): void {
    const { splits } = this;
    const { values } = this.metrics;
    for (let at = 0; at < splits.length; at++) {
      const value = action[at];
      if (!(value >= 0 && value <= 1)) {
        if (!(value < 0 || value > 1)) {
          throw new InvalidInputError('action', [
            { path: `[${at}]`, message: `${String(value)}: expected a number, ${splits.length} of them` },
          ]);
        }
        values[(at >> 1) * Counter.Stride + Counter.clippedSplits]++;
      }
      splits[at] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
    for (let cell = 0; cell < this.cells; cell++) {
      const { bandwidthHz, computeUnits } = this.scenario.cells[cell];
      // Capacity minus the UEs' part, not (1 − ρ) · capacity: for decimal splits this is the exact complement.
      const bandwidthMhz = (bandwidthHz / 1e6) * this.scenario.stepS;
      this.#ue.bandwidth[cell] = splits[cell * 2] * bandwidthMhz;
      this.#sensor.bandwidth[cell] = bandwidthMhz - this.#ue.bandwidth[cell];
      this.#ue.units[cell] = splits[cell * 2 + 1] * computeUnits;
      this.#sensor.units[cell] = computeUnits - this.#ue.units[cell];
      values[cell * Counter.Stride + Counter.rhoCSum] += splits[cell * 2];
      values[cell * Counter.Stride + Counter.rhoPSum] += splits[cell * 2 + 1];
    }
  }

  #interfere(): void {
    const { interference: model } = this.scenario.radio;
    if (model === 'none' || this.cells === 1) return;
    const interference = (this.#interference ??= new Interference(this.cells));
    for (const side of [this.#ue, this.#sensor]) {
      side.links.refresh(this.step);
      side.group.changed();
    }
    interference.compute({ ue: this.#ue, sensor: this.#sensor }, this.splits, model);
    for (const side of [this.#ue, this.#sensor]) {
      side.links.refresh(this.step, interference.mw);
      side.group.changed();
    }
  }

  #create(): void {
    const { jobs, metrics, step, ues, sensors } = this;
    const batch = this.#batch;
    batch.count = 0;
    this.#ue.traffic.generate(step, ues.active, ues.streams, batch);
    if (this.#ue.mobility.mayBeAway === true) batch.remove(ues.field.away);
    const { serving } = this.servers;
    createRequests(batch, ues, jobs, metrics, step, this.#selection, this.#sensorView, serving);
    batch.count = 0;
    this.#sensor.traffic.generate(step, sensors.active, sensors.streams, batch);
    if (this.#sensor.mobility.mayBeAway === true) batch.remove(sensors.field.away);
    createUpdates(batch, sensors, jobs, metrics, step, this.servers.freshest);
  }

  uplinkMbit(kind: DeviceKind, cell: number): number {
    return this.#group(kind).totals(this.cells).backlogMbit[cell];
  }

  offeredUnits(kind: DeviceKind, cell: number): number {
    const { metrics, scenario } = this;
    const steps = Math.max(1, this.step);
    const created = kind === 'ue' ? 'requestsCreated' : 'updatesCreated';
    const units = kind === 'ue' ? 'requestUnitsCreated' : 'updateUnitsCreated';
    return kind === 'ue' && scenario.ues.classes !== undefined
      ? metrics.total(units, cell) / steps
      : (metrics.total(created, cell) / steps) * scenario[`${kind}s`].meanLoadUnits;
  }

  uplinkAgeSteps(kind: DeviceKind, cell: number): number {
    const { headAges } = this.#uplinks[kind].update(this.jobs, this.step);
    return headAges[cell] / Math.max(1, this.connected(kind, cell));
  }

  headMismatchSteps(cell: number, side: 'older' | 'newer'): number {
    return headMismatch(this.requests, this.twin, cell, side === 'newer');
  }

  twinAgeSteps(cell: number): number {
    const { twinAges } = this.#uplinks.sensor.update(this.jobs, this.step);
    return twinAges[cell] / Math.max(1, this.connected('sensor', cell));
  }

  connected(kind: DeviceKind, cell: number): number {
    return this.#group(kind).totals(this.cells).connected[cell];
  }

  #group(kind: DeviceKind): DeviceGroup {
    return kind === 'ue' ? this.ues : this.sensors;
  }

  /**
   * The whole state as plain serialisable data.
   *
   * @param views jobs, which may be millions, as views of the live memory, for one who copies them before the next step
   */
  snapshot(views = false) {
    return {
      seed: this.seed,
      episode: this.episode,
      step: this.step,
      phase: this.#phase,
      jobs: this.jobs.snapshot(views),
      twin: this.twin.snapshot(),
      metrics: this.metrics.snapshot(),
      servers: this.servers.snapshot(),
      ...(this.servers.serving && { serving: this.servers.serving.snapshot() }),
      splits: [...this.splits],
      sides: [this.#ue.snapshot(), this.#sensor.snapshot()] as const,
    };
  }

  /**
   * Goes back to a state of {@link Simulator.snapshot}, of this or of another simulator of the same scenario.
   *
   * @param scenario what was in force then, where {@link Simulator.change} had put another one in the place of the phase's
   */
  restore(state: SimulatorSnapshot, scenario?: Scenario): void {
    this.reset(state.seed, state.episode);
    this.#phase = state.phase;
    this.change(scenario ?? this.#episodePhases[state.phase].scenario);
    this.step = state.step;
    if (state.serving) this.servers.serving?.restore(state.serving, state.step);
    this.jobs.restore(state.jobs);
    this.twin.restore(state.twin);
    this.metrics.restore(state.metrics);
    this.servers.restore(state.servers);
    this.splits.set(state.splits);
    this.#ue.restore(state.sides[0]);
    this.#sensor.restore(state.sides[1]);
    this.#changed();
    this.#unsettle();
  }
}

/** Plain data of {@link Simulator.snapshot}. */
export type SimulatorSnapshot = ReturnType<Simulator['snapshot']>;

function missingRegions(): InvalidInputError {
  return new InvalidInputError('scenario', [
    { path: 'association.model', message: 'regions: the labels of association.file were not given' },
  ]);
}
