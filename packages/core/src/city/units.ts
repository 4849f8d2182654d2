import type { PartitionInstance } from '../partition/index.js';

/** Computing cycles in one unit of a scenario. */
export const CYCLES_PER_UNIT = 1e6;

/** What the quantities of a partition instance (paper 001) are in a scenario (paper 000). */
export interface UnitMapping {
  /** Length of a step, s. */
  readonly stepS: number;
  /** Steps in a slot Δ, in which every sensor reports once. */
  readonly stepsPerSlot: number;
  readonly cyclesPerUnit: number;
  /** Sensors of the paper, Q, that one sensor of the scenario stands for. */
  readonly sensorsPerSensor: number;
  /** An update: ρεΔ of every sensor that it stands for (paper 001, eq. 2), Mbit. */
  readonly updateMbit: number;
  /** Rendering it: Λ cycles per bit (eq. 3), units. */
  readonly updateUnits: number;
}

/** The mapping of an instance whose Q sensors are represented by `sensors`, and whose slot is cut into `stepsPerSlot`. */
export function unitMapping(
  { constants }: PartitionInstance,
  sensors: number,
  stepsPerSlot: number,
): UnitMapping {
  const sensorsPerSensor = constants.sensors / sensors;
  const bits = constants.sensingBpsPerM3 * constants.sensorVolumeM3 * constants.slotS * sensorsPerSensor;
  return {
    stepS: constants.slotS / stepsPerSlot,
    stepsPerSlot,
    cyclesPerUnit: CYCLES_PER_UNIT,
    sensorsPerSensor,
    updateMbit: bits / 1e6,
    updateUnits: (bits * constants.renderCyclesPerBit) / CYCLES_PER_UNIT,
  };
}
