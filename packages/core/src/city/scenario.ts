import { checkInteger } from '../errors/index.js';
import { exp, log, log10 } from '../math/index.js';
import { RandomWaypoint } from '../mobility/index.js';
import type { PartitionInstance, PartitionProblem, PartitionSolution } from '../partition/index.js';
import { dbmToMw } from '../radio/index.js';
import { encodeLabelRuns, type ScenarioInput } from '../submetaverse/scenario/index.js';
import { placeSensors } from './place-sensors.js';
import { CYCLES_PER_UNIT, unitMapping, type UnitMapping } from './units.js';

/** What a scenario needs that a partition does not say. */
export interface CityScenarioOptions {
  /** Sensors of the scenario, which stand for the Q of the instance; default 200. */
  readonly sensors?: number | undefined;
  /** Steps in a slot Δ: ages are exact to one of them; default 10. */
  readonly stepsPerSlot?: number | undefined;
  /** T; default 1000 steps. */
  readonly episodeSteps?: number | undefined;
  /** Speed of the UEs, m/s; default 15. */
  readonly speedMps?: number | undefined;
  /** How long the twins have moved since the cut when an episode begins, s; default 0. */
  readonly ageS?: number | undefined;
  /** Of the sensors' positions and of where the twins have gone; default 1. */
  readonly seed?: number | undefined;
}

/** A running metaverse from a partition. */
export interface CityScenario {
  /** To be given to `parseScenario`; the regions are in it. */
  readonly scenario: ScenarioInput;
  readonly units: UnitMapping;
  /** `[cells × 2]`: ρC, ρP of each cell that give the twins what the partition reserves for them. */
  readonly reserved: readonly number[];
}

/** Defaults of {@link CityScenarioOptions}. */
export const CITY_DEFAULTS = {
  sensors: 200,
  stepsPerSlot: 10,
  episodeSteps: 1000,
  speedMps: 15,
  ageS: 0,
  seed: 1,
} as const;

/** η of a slot: whatever the length of a step, sensor data a slot older is worth a tenth less. */
const SLOT_DISCOUNT = 0.9;
/** c2: a request after its deadline, which (9b) forbids, loses what one with fresh data earns. */
const LATE_PENALTY = -10;

/**
 * The sub-metaverses that a partition describes, as a scenario: a cell per server, whose band is W_b and the W_k of the
 * twins it hosts; UEs where the twins are, in classes by their type; sensors after the density; association by region.
 * The slot Δ is cut into steps. With equal shares of the band the time that an update takes is the paper's t_qb (eqs. 2-4),
 * T_b / (Q α_b) in the mean over a region, whatever number of sensors stands for the Q.
 *
 * Choices where paper 001 is silent: a twin sends its D_k bits once per deadline 1/μ_k, twins spread over it; all sensors
 * report at the beginning of a slot; an update that waits is replaced by a newer one, as one slot's picture of a place is
 * outdated by the next; a late request costs as much as a fresh one earns.
 *
 * @throws InvalidInputError for a number of sensors or steps that is not a positive integer
 */
export function cityScenario(
  problem: PartitionProblem,
  solution: Pick<PartitionSolution, 'labels' | 'twins'>,
  options: CityScenarioOptions = {},
): CityScenario {
  const { instance } = problem;
  const { zone, grid, constants, pathLoss, servers } = instance;
  const {
    sensors = CITY_DEFAULTS.sensors,
    stepsPerSlot = CITY_DEFAULTS.stepsPerSlot,
    episodeSteps = CITY_DEFAULTS.episodeSteps,
    speedMps = CITY_DEFAULTS.speedMps,
    ageS = CITY_DEFAULTS.ageS,
    seed = CITY_DEFAULTS.seed,
  } = options;
  checkInteger('sensors', sensors, 1, 1_000_000);
  checkInteger('stepsPerSlot', stepsPerSlot, 1, 10_000);
  const units = unitMapping(instance, sensors, stepsPerSlot);
  const starts = walked(instance, speedMps, ageS, seed);
  const noiseMwPerHz = dbmToMw(constants.noiseDbmPerHz);
  const twinBandHz = twinBands(instance, solution.twins);
  const { classes, classOf } = twinClasses(instance, units);
  const scenario: ScenarioInput = {
    name: instance.name ?? 'city',
    episodeSteps,
    stepS: units.stepS,
    area: { widthM: zone.widthM, heightM: zone.heightM },
    cells: servers.map((server, b) => ({
      xM: server.x,
      yM: server.y,
      heightM: server.heightM,
      frequencyHz: constants.frequencyHz,
      bandwidthHz: server.bandwidthHz + twinBandHz[b],
      noiseMw: noiseMwPerHz * server.bandwidthHz,
      computeUnits: (server.computeHz * units.stepS) / CYCLES_PER_UNIT,
    })),
    radio: { pathLoss: pathLoss as never, minSnr: 0 },
    ues: {
      count: Math.max(1, instance.twins.length),
      heightM: constants.deviceHeightM,
      mobility: {
        model: 'random-waypoint',
        speedMps,
        ...(starts.length > 0 && { positions: starts }),
      },
      sizes: 'constant',
      ...(instance.twins.length > 0
        ? { classes, classOf }
        : { arrivals: { model: 'bernoulli', probability: 0 } }),
    },
    sensors: {
      count: sensors,
      heightM: constants.deviceHeightM,
      txPowerDbm: 10 * log10(constants.sensorPowerW * 1e3),
      mobility: {
        model: 'static',
        positions: placeSensors(problem, sensors, seed),
      },
      arrivals: { model: 'periodic', intervalSteps: stepsPerSlot },
      sizes: 'constant',
      meanSizeMbit: units.updateMbit,
      meanLoadUnits: units.updateUnits,
      discipline: 'freshest',
    },
    association: {
      model: 'regions',
      labels: { ...grid, runs: encodeLabelRuns(solution.labels) },
      ueCells: keptCells(problem, solution),
    },
    reward: { eta: exp(log(SLOT_DISCOUNT) / stepsPerSlot), latePenalty: LATE_PENALTY },
  };
  return { scenario, units, reserved: reservedSplits(problem, solution.twins, twinBandHz) };
}

/** Where the twins are after they have walked for a time, by random waypoint in steps of a second. */
function walked(
  { zone, twins }: PartitionInstance,
  speedMps: number,
  ageS: number,
  seed: number,
): { xM: number; yM: number }[] {
  const places = twins.map(({ x, y }) => ({ xM: x, yM: y }));
  const seconds = Math.round(ageS);
  if (seconds === 0 || speedMps === 0 || places.length === 0) return places;
  const field = { ...zone, x: new Float64Array(places.length), y: new Float64Array(places.length) };
  const walk = new RandomWaypoint(speedMps, places);
  walk.reset(field, { seed, episode: 0, kind: 'city.twins' });
  for (let second = 1; second <= seconds; second++) walk.move(field, second, places.length);
  return places.map((_, k) => ({ xM: field.x[k], yM: field.y[k] }));
}

/** Σ W_k over the twins of each server, Hz. */
function twinBands({ servers, twins }: PartitionInstance, hosts: readonly number[]): number[] {
  const bandHz = servers.map(() => 0);
  hosts.forEach((b, k) => (bandHz[b] += twins[k].bandwidthHz));
  return bandHz;
}

/** One class per kind of twin, in the order in which they first appear. */
function twinClasses({ twins, constants }: PartitionInstance, { stepS }: UnitMapping) {
  const numbers = new Map<string, number>();
  const classOf: number[] = [];
  const classes: NonNullable<NonNullable<ScenarioInput['ues']>['classes']> = [];
  for (const { x: _x, y: _y, ...kind } of twins) {
    const key = JSON.stringify(kind);
    if (!numbers.has(key)) {
      numbers.set(key, classes.length);
      const deadlineSteps = kind.deadlineS / stepS;
      classes.push({
        name: `1/μ ${kind.deadlineS} s`,
        txPowerDbm: 10 * log10(kind.powerW * 1e3),
        noiseMw: dbmToMw(constants.noiseDbmPerHz) * kind.bandwidthHz,
        arrivals: {
          model: 'periodic',
          intervalSteps: Math.max(1, Math.round(deadlineSteps)),
          spread: true,
        },
        meanSizeMbit: kind.dataBits / 1e6,
        meanLoadUnits: (kind.cyclesPerBit * kind.dataBits) / CYCLES_PER_UNIT,
        // completed s steps after its own, a request has taken more than s steps
        lateThresholdSteps: Math.max(0, Math.ceil(deadlineSteps - 1e-9) - 1),
      });
    }
    classOf.push(numbers.get(key)!);
  }
  return { classes, classOf };
}

/**
 * Twins that another server hosts than that of most of the eight places around them keep it wherever they go; −1 for the
 * others, which go with the regions. The optimal cut makes islands of one place for single twins.
 */
function keptCells(
  { twinCell, columns, rows }: PartitionProblem,
  { labels, twins }: Pick<PartitionSolution, 'labels' | 'twins'>,
): number[] {
  return twins.map((b, k) => {
    const row = Math.floor(twinCell[k] / columns);
    const column = twinCell[k] % columns;
    let around = 0;
    let own = 0;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        const isItself = y === row && x === column;
        if (isItself) continue;
        around++;
        if (labels[y * columns + x] === b) own++;
      }
    }
    const belongs = labels[twinCell[k]] === b && 2 * own >= around;
    return belongs ? -1 : b;
  });
}

/** ΣW_k of the whole band, and Σφ_kb of Ψ_b (paper 001, eqs. 8-9). */
function reservedSplits(
  { demandHz, computeHz, instance }: PartitionProblem,
  hosts: readonly number[],
  twinBandHz: readonly number[],
): number[] {
  const demandOf = instance.servers.map(() => 0);
  hosts.forEach((b, k) => (demandOf[b] += demandHz[k * instance.servers.length + b]));
  return instance.servers.flatMap(({ bandwidthHz }, b) => [
    twinBandHz[b] / (bandwidthHz + twinBandHz[b]),
    demandOf[b] / computeHz[b],
  ]);
}
