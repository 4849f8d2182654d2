import type { PartitionProblem, PartitionSolution } from '../partition/index.js';
import { parseScenario } from '../submetaverse/scenario/index.js';
import { Simulator } from '../submetaverse/index.js';
import type { CityScenario } from './scenario.js';

/** A quantity of one server: as the partition had it, and as the scenario holds it. */
export interface Account {
  readonly thought: number;
  readonly held: number;
}

/** What one server has to carry, on both sides. */
export interface ServerAccounts {
  /** Share of the sensors: α_b, and the scenario's sensors in the region. */
  readonly mass: Account;
  /** W_b and the W_k of its twins, Hz. */
  readonly bandwidthHz: Account;
  /** ψ_b = Ψ_b − Σ φ_kb, cycle/s. */
  readonly computeLeftHz: Account;
  /** T_b, ms (paper 001, eq. 5); the scenario's by the rates of its own radio. */
  readonly subSyncMs: Account;
}

/**
 * Lays what a partition thought beside what its scenario holds, with the association, rates and units of the simulator itself:
 * whatever the mapping loses shows here. Sensors that stand for others agree with the density up to those at the borders.
 */
export function cityAccounts(
  { instance }: PartitionProblem,
  solution: Pick<PartitionSolution, 'perServer' | 'twins'>,
  { scenario: document, units, reserved }: CityScenario,
): ServerAccounts[] {
  const scenario = parseScenario(document);
  const simulator = new Simulator(scenario);
  simulator.advance(reserved);
  const { sensors, ues } = simulator;
  const perS = 1 / units.stepS;
  return scenario.cells.map((cell, b) => {
    const own = [...sensors.chosenCell].flatMap((of, n) => (of === b ? [n] : []));
    const hosted = [...ues.chosenCell].flatMap((of, k) => (of === b && k < instance.twins.length ? [k] : []));
    const twinHz = hosted.reduce((sum, k) => sum + instance.twins[k].bandwidthHz, 0);
    const demanded = hosted.reduce((sum, k) => {
      const of = scenario.ues.classes![scenario.ues.classOf![k]];
      const uploadS = (of.meanSizeMbit! * 1e6) / (instance.twins[k].bandwidthHz * ues.efficiency[k]);
      return sum + (of.meanLoadUnits! * units.cyclesPerUnit) / (instance.twins[k].deadlineS - uploadS);
    }, 0);
    const leftHz = cell.computeUnits * units.cyclesPerUnit * perS - demanded;
    const sensorHz = cell.bandwidthHz - twinHz;
    const seconds = own.reduce(
      (sum, n) =>
        sum +
        (units.updateMbit * 1e6 * own.length) / (sensorHz * sensors.efficiency[n]) +
        (units.updateUnits * units.cyclesPerUnit * own.length) / leftHz,
      0,
    );
    const { mass, computeLeftHz, subSyncMs } = solution.perServer[b];
    const thoughtTwinHz = solution.twins.reduce(
      (sum, of, k) => sum + (of === b ? instance.twins[k].bandwidthHz : 0),
      0,
    );
    return {
      mass: { thought: mass, held: own.length / scenario.sensors.count },
      bandwidthHz: { thought: instance.servers[b].bandwidthHz + thoughtTwinHz, held: cell.bandwidthHz },
      computeLeftHz: { thought: computeLeftHz, held: leftHz },
      subSyncMs: { thought: subSyncMs, held: 1e3 * units.sensorsPerSensor * seconds },
    };
  });
}
