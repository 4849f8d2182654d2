import { InvalidInputError } from '../errors/index.js';
import {
  mobilityModels,
  TraceMobility,
  type Mobility,
  type MobilitySeed,
  type PositionTrace,
} from '../mobility/index.js';
import type { PathLoss } from '../radio/index.js';
import type { Scenario } from './scenario/index.js';
import {
  arrivalModels,
  ClassTraffic,
  RandomTraffic,
  TraceTraffic,
  type ArrivalTrace,
  type TrafficSource,
} from '../traffic/index.js';
import type { Association, CellView } from './association.js';
import { bandwidthSchedulers, type BandwidthScheduler } from './bandwidth-scheduler.js';
import type { DeviceGroup } from './devices.js';
import { LinkTrace, type LinkTraceData } from './link-trace.js';
import type { Metrics } from './metrics.js';
import { pathLossOf, RadioLinks } from './radio-links.js';
import { ShortPackets } from './short-packets.js';
import { ueClasses } from './ue-classes.js';

/** Recorded data of one kind of device. */
export interface KindTraces {
  readonly positions?: PositionTrace | undefined;
  readonly arrivals?: ArrivalTrace | undefined;
  readonly links?: LinkTraceData | undefined;
}

/** Parts of one kind of device given in code, in place of those that the scenario names. */
export interface KindModels {
  mobility?: Mobility;
  traffic?: TrafficSource;
  scheduler?: BandwidthScheduler;
}

/** Everything that exists once per kind of device: the devices, how they move, what they create, how they reach the cells. */
export class DeviceSide {
  readonly links: RadioLinks;
  mobility!: Mobility;
  traffic!: TrafficSource;
  scheduler!: BandwidthScheduler;
  /** Of UEs that send in short packets. */
  packets: ShortPackets | undefined;
  /** Length of a step, s. */
  stepS = 1;
  /** `Float64Array [cells]`, MHz for this kind in this step. */
  readonly bandwidth: Float64Array;
  /** `Float64Array [cells]`, compute units for this kind in this step. */
  readonly units: Float64Array;
  #configured: Scenario | undefined;
  #settled = false;

  /** @throws InvalidInputError if a trace model lacks its recorded data */
  constructor(
    readonly group: DeviceGroup,
    cells: CellView,
    readonly traces: KindTraces,
    readonly models: KindModels,
    readonly pathLoss: PathLoss | undefined,
    scenario: Scenario,
  ) {
    const random = (pathLoss ?? pathLossOf(scenario)).random;
    const linkTrace = traces.links && new LinkTrace(traces.links, group.capacity);
    this.links = new RadioLinks(group, cells, random, linkTrace);
    this.bandwidth = new Float64Array(cells.count);
    this.units = new Float64Array(cells.count);
    this.configure(scenario);
  }

  /**
   * Puts a scenario's parameters in force.
   *
   * @param seed in the middle of an episode: what a new mobility model goes on from
   */
  configure(scenario: Scenario, seed?: MobilitySeed): void {
    const before = this.#configured;
    this.#configured = scenario;
    this.links.configure(scenario, this.pathLoss ?? pathLossOf(scenario));
    const now = scenario[`${this.group.kind}s`];
    const then = before?.[`${this.group.kind}s`];
    const changed = (...keys: (keyof typeof now)[]) =>
      then === undefined || keys.some((key) => JSON.stringify(now[key]) !== JSON.stringify(then[key]));
    this.stepS = scenario.stepS;
    this.#configurePackets(scenario, before, seed);
    if (this.#trafficChanged(scenario, before)) {
      this.traffic = this.#trafficOf(scenario);
      this.traffic.reset(this.group.capacity);
    }
    if (changed('scheduler')) {
      this.scheduler = this.models.scheduler ?? bandwidthSchedulers.get(now.scheduler)(this.bandwidth.length);
    }
    if (changed('mobility')) {
      const next = this.#mobilityOf(scenario);
      if (seed) {
        if (next.takeOver) next.takeOver(this.mobility, this.group.field, seed);
        else next.reset(this.group.field, seed);
      }
      this.mobility = next;
    }
  }

  #configurePackets(
    { radio: { rate } }: Scenario,
    before: Scenario | undefined,
    seed: MobilitySeed | undefined,
  ): void {
    if (JSON.stringify(rate) === JSON.stringify(before?.radio.rate)) return;
    const isShort = this.group.kind === 'ue' && rate.model === 'finite-blocklength';
    this.packets = isShort ? new ShortPackets(rate, this.group.capacity) : undefined;
    if (seed) this.packets?.reset(seed.seed, seed.episode);
  }

  #trafficChanged(scenario: Scenario, before: Scenario | undefined): boolean {
    const key = `${this.group.kind}s` as const;
    const of = (whole: Scenario) => {
      const { arrivals, meanSizeMbit, meanLoadUnits, sizes } = whole[key];
      const { classes, classOf } = whole.ues;
      return JSON.stringify([
        arrivals,
        meanSizeMbit,
        meanLoadUnits,
        sizes,
        key === 'ues' && [classes, classOf],
      ]);
    };
    return before === undefined || of(scenario) !== of(before);
  }

  #mobilityOf(scenario: Scenario): Mobility {
    const { kind, capacity } = this.group;
    if (this.models.mobility) return this.models.mobility;
    const { model, ...options } = scenario[`${kind}s`].mobility;
    if (model !== 'trace') {
      const { stepS } = scenario;
      return mobilityModels.get(model, `${kind}s.mobility.model`)({ ...options, stepS } as never);
    }
    if (!this.traces.positions) throw missingTrace(`${kind}s.mobility`, 'positions');
    return new TraceMobility(this.traces.positions, capacity, kind);
  }

  #trafficOf(scenario: Scenario): TrafficSource {
    const { kind, capacity } = this.group;
    if (this.models.traffic) return this.models.traffic;
    const { arrivals, sizes, ...means } = scenario[`${kind}s`];
    if (arrivals.model !== 'trace') {
      const drawn = (of: Scenario['ues']['arrivals']) => {
        const { model, ...options } = of;
        return arrivalModels.get(model, `${kind}s.arrivals.model`)(options as never);
      };
      const { meanSizeMbit, meanLoadUnits } = means;
      const classes = kind === 'ue' ? scenario.ues.classes : undefined;
      if (classes === undefined && sizes === 'poisson') {
        return new RandomTraffic(drawn(arrivals), meanSizeMbit, meanLoadUnits);
      }
      return new ClassTraffic(
        (classes ?? [{}]).map((of) => ({
          arrivals: drawn(of.arrivals ?? arrivals),
          meanSizeMbit: of.meanSizeMbit ?? meanSizeMbit,
          meanLoadUnits: of.meanLoadUnits ?? meanLoadUnits,
        })),
        classes === undefined ? new Uint16Array(capacity) : ueClasses(scenario, capacity),
        sizes === 'constant',
      );
    }
    if (!this.traces.arrivals) throw missingTrace(`${kind}s.arrivals`, 'arrivals');
    return new TraceTraffic(this.traces.arrivals, capacity);
  }

  /** Starts an episode; `configure` comes before. */
  reset(seed: number, episode: number): void {
    this.group.reset(seed, episode);
    this.links.reset(seed, episode);
    this.packets?.reset(seed, episode);
    this.traffic.reset(this.group.capacity);
    this.mobility.reset(this.group.field, { seed, episode, kind: this.group.kind });
  }

  /**
   * Associates the devices and computes their spectral efficiency, unless nothing can have changed since the last time.
   *
   * @returns whether it did
   */
  associate(association: Association, step: number, metrics: Metrics): boolean {
    if (this.#settled) return false;
    this.links.update(association, step, metrics);
    this.#settled = !this.mobility.moves && this.links.linkTrace === undefined;
    return true;
  }

  /** Something changed that association depends on. */
  unsettle(): void {
    this.#settled = false;
  }

  move(step: number): void {
    if (this.mobility.moves) this.mobility.move(this.group.field, step, this.group.active);
  }

  snapshot(): {
    group: ReturnType<DeviceGroup['snapshot']>;
    models: number[][];
    packets?: ReturnType<ShortPackets['snapshot']>;
  } {
    return {
      ...(this.packets && { packets: this.packets.snapshot() }),
      group: this.group.snapshot(),
      models: [
        this.mobility.snapshot?.() ?? [],
        this.traffic.snapshot(),
        this.links.linkTrace?.snapshot() ?? [],
      ],
    };
  }

  restore({ group, models, packets }: ReturnType<DeviceSide['snapshot']>): void {
    if (packets) this.packets?.restore(packets);
    this.group.restore(group);
    this.mobility.restore?.(models[0]);
    this.traffic.restore(models[1]);
    this.links.linkTrace?.restore(models[2]);
  }
}

function missingTrace(path: string, data: string): InvalidInputError {
  return new InvalidInputError('scenario', [{ path, message: `model trace needs recorded ${data}` }]);
}
