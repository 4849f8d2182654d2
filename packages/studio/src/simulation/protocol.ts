import type { Scenario } from '@metalore/core/scenario';
import type { CounterName, EpisodeMetrics } from '@metalore/core/submetaverse';

/** From `step` on another policy acts, or fields of the scenario (by dotted path) have other values. */
export interface LogEntry {
  readonly step: number;
  readonly policy?: string;
  readonly set?: Readonly<Record<string, unknown>>;
}

/** One sub-metaverse: its first policy, and what was changed on the way. */
export interface RunPlan {
  readonly policy: string;
  /** In the order of the steps; entries at step 0 belong to the scenario it starts with. */
  readonly log: readonly LogEntry[];
}

/** All that decides what one sees. */
export interface SessionPlan {
  /** YAML or JSON. */
  readonly scenarioText: string;
  readonly seed: number;
  readonly episode: number;
  /** One, or two side by side on the same random numbers. */
  readonly runs: readonly RunPlan[];
}

/** Columns of the series, one row per step. */
export const SERIES = [
  'requestsAtUes',
  'updatesAtSensors',
  'requestsAtMec',
  'updatesAtMec',
  /** Means over what was completed in the step, steps; NaN if nothing was. */
  'aori',
  'aosi',
  /** Completed over created since the episode began. */
  'served',
  'reward',
  'rhoC',
  'rhoP',
  /** Created in the step. */
  'requestMbit',
  'updateMbit',
  'requestUnits',
  'updateUnits',
  /** Of a scenario with models: brought to the servers in the step. */
  'edgeUnits',
  /** What the devices may send in the step, Mbit. */
  'requestRateMbit',
  'updateRateMbit',
] as const;
export type SeriesName = (typeof SERIES)[number];
export type Series = Record<SeriesName, Float64Array>;

/** Devices of one kind, `[devices]` each. */
export interface DeviceFrame {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Serving cell; −1 without service. */
  readonly cell: Int16Array;
  /** Jobs waiting at the device. */
  readonly queue: Int32Array;
  readonly rateMbit: Float32Array;
  /** Of a UE: the sensor its newest request needs, or −1. Of a sensor: age of what the twin knows of it, steps, or −1. */
  readonly link: Int32Array;
}

/** One cell's MEC server. */
export interface CellFrame {
  readonly xM: number;
  readonly yM: number;
  readonly requests: number;
  readonly updates: number;
  readonly requestUnits: number;
  readonly updateUnits: number;
  readonly computeUnits: number;
  readonly bandwidthMhz: number;
  readonly rhoC: number;
  readonly rhoP: number;
  readonly reward: number;
  /** Where requests need models. */
  readonly models?: CellModels | undefined;
}

/** What a cell's GPU holds. */
export interface CellModels {
  readonly gpuGB: number;
  /** Steps that it will still be loading. */
  readonly loading: number;
  /** Requests in the cloud. */
  readonly inCloud: number;
  readonly resident: readonly { readonly name: string; readonly gb: number; readonly examples: number }[];
}

/** Mean AoSI of the requests so far by place, row 0 in the south. */
export interface AgeFrame {
  readonly columns: number;
  readonly rows: number;
  /** `Float32Array [rows × columns]`, steps; NaN where no request was completed. */
  readonly aosi: Float32Array;
}

/** A completed request: steps from 0 (paper 000, eq. 1). */
export interface RequestFrame {
  readonly created: number;
  readonly sendStarted: number;
  readonly sent: number;
  readonly started: number;
  readonly completed: number;
  readonly sensor: number;
  readonly updateCreated: number;
  /** −1 if it needed no sensor. */
  readonly aosi: number;
}

/** What hovering a device shows. */
export interface DeviceDetails {
  readonly kind: 'ue' | 'sensor';
  readonly device: number;
  readonly cell: number;
  readonly rateMbit: number;
  readonly jobs: number;
  readonly backlogMbit: number;
  /** Age of the first job in its queue, steps; −1 if there is none. */
  readonly headAge: number;
  /** Of a sensor: age of its newest processed update, steps; −1 before the first. */
  readonly twinAge: number;
  /** Of a UE: its last completed request. */
  readonly last?: RequestFrame;
}

/** What is seen of one sub-metaverse after a step. */
export interface RunFrame {
  readonly step: number;
  readonly policy: string;
  /** Values now, of what sliders show. */
  readonly scenario: Scenario;
  readonly metrics: EpisodeMetrics;
  /** The counters that the metrics are computed of, summed over cells. */
  readonly counts: Readonly<Partial<Record<CounterName, number>>>;
  readonly ues: DeviceFrame;
  readonly sensors: DeviceFrame;
  readonly cells: readonly CellFrame[];
  readonly ages: AgeFrame;
  /** First step of `series`; earlier rows stand as they were sent. */
  readonly seriesFrom: number;
  readonly series: Series;
  readonly details?: DeviceDetails | undefined;
}

/** What is seen of a session. */
export interface Frame {
  readonly step: number;
  readonly episodeSteps: number;
  readonly area: { readonly widthM: number; readonly heightM: number };
  /** What the runs began with, before any change. */
  readonly base: Scenario;
  readonly runs: readonly RunFrame[];
}

/** Which device, or which cell's base station, is looked at. */
export interface Inspected {
  readonly run: number;
  readonly kind: 'ue' | 'sensor' | 'cell';
  readonly device: number;
}
