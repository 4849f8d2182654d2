import { jobFields, type CounterName, type DeviceGroup, type Simulator } from '@metalore/core/submetaverse';
import type { CellFrame, CellModels, DeviceDetails, DeviceFrame, Inspected, RunFrame } from './protocol.js';
import type { Run } from './run.js';

/** What the metrics are computed of. */
const COUNTED: readonly CounterName[] = [
  'requestsCreated',
  'requestsCompleted',
  'requestsSynchronised',
  'aosiSum',
  'aoriSum',
  'synchronisationReward',
  'latePenalty',
];

const { CREATED, JOB_INTS, NONE, SENSOR } = jobFields;

/** What is seen of a run now, with its series from step `seriesFrom` on. */
export function frameOf(run: Run, seriesFrom: number, inspected?: Inspected): RunFrame {
  const { simulator, recorder, policy } = run;
  const { ues, sensors, scenario, metrics } = simulator;
  return {
    step: simulator.step,
    policy,
    scenario,
    metrics: metrics.summary(),
    counts: Object.fromEntries(COUNTED.map((name) => [name, metrics.total(name)])) as RunFrame['counts'],
    ues: devicesOf(ues, (ue) => neededSensor(run, ue)),
    sensors: devicesOf(sensors, (sensor) => twinAge(simulator, sensor)),
    cells: scenario.cells.map((_, cell) => cellOf(simulator, cell)),
    ages: recorder.ages(),
    seriesFrom,
    series: recorder.series(seriesFrom),
    ...(inspected && { details: detailsOf(run, inspected) }),
  };
}

/** Buffers of a frame, to be moved to the page. */
export function buffersOf({ ues, sensors, series }: RunFrame): ArrayBuffer[] {
  return [ues, sensors, series]
    .flatMap((part) => Object.values(part) as Float64Array[])
    .map((array) => array.buffer as ArrayBuffer);
}

function devicesOf(group: DeviceGroup, link: (device: number) => number): DeviceFrame {
  const { active, field, cell, queues, rate } = group;
  return {
    x: Float32Array.from(field.x.subarray(0, active)),
    y: Float32Array.from(field.y.subarray(0, active)),
    cell: Int16Array.from(cell.subarray(0, active)),
    queue: queues.length.slice(0, active),
    rateMbit: Float32Array.from(rate.subarray(0, active)),
    link: Int32Array.from({ length: active }, (_, device) => link(device)),
  };
}

/** The sensor of a UE's newest request: of the last one that waits, or of the last one completed. */
function neededSensor({ simulator, recorder }: Run, ue: number): number {
  const { head, tail } = simulator.ues.queues;
  if (head[ue] !== NONE) return simulator.jobs.ints[tail[ue] * JOB_INTS + SENSOR];
  return recorder.lastRequest(ue)?.sensor ?? -1;
}

function twinAge({ twin, sensors, step }: Simulator, sensor: number): number {
  const newest = twin.newest(Math.max(0, sensors.cell[sensor]), sensor);
  return newest < 0 ? -1 : step - 1 - newest;
}

function cellOf(simulator: Simulator, cell: number): CellFrame {
  const { requests, updates, splits, rewards, scenario } = simulator;
  const { xM, yM, computeUnits, bandwidthHz } = scenario.cells[cell];
  return {
    xM,
    yM,
    requests: requests.queue.length[cell],
    updates: updates.queue.length[cell],
    requestUnits: requests.backlogUnits[cell],
    updateUnits: updates.backlogUnits[cell],
    computeUnits,
    bandwidthMhz: bandwidthHz / 1e6,
    rhoC: splits[cell * 2],
    rhoP: splits[cell * 2 + 1],
    reward: rewards[cell],
    models: modelsOf(simulator, cell),
  };
}

function modelsOf({ servers, scenario, step }: Simulator, cell: number): CellModels | undefined {
  const { serving } = servers;
  if (serving === undefined || scenario.serving === undefined) return undefined;
  return {
    gpuGB: scenario.cells[cell].gpuGB ?? scenario.serving.server.gpuGB,
    loading: serving.loading[cell],
    inCloud: servers.cloudJobs(cell).length,
    resident: serving.residents(cell).map((service) => ({
      name: serving.services[service].name,
      gb: serving.services[service].gb,
      examples: serving.effectiveExamples(cell, service, Math.max(0, step - 1)),
    })),
  };
}

function detailsOf({ simulator, recorder }: Run, { kind, device }: Inspected): DeviceDetails | undefined {
  if (kind === 'cell') return undefined; // the frame has all of them
  const group = kind === 'ue' ? simulator.ues : simulator.sensors;
  if (device >= group.active) return undefined;
  const head = group.queues.head[device];
  const last = kind === 'ue' ? recorder.lastRequest(device) : undefined;
  return {
    kind,
    device,
    cell: group.cell[device],
    rateMbit: group.rate[device],
    jobs: group.queues.length[device],
    backlogMbit: group.backlogMbit[device],
    headAge: head === NONE ? -1 : simulator.step - 1 - simulator.jobs.ints[head * JOB_INTS + CREATED],
    twinAge: kind === 'sensor' ? twinAge(simulator, device) : -1,
    ...(last && { last }),
  };
}
