/** What is known of the age of one property. Times in ms since 1970, ages in ms. */
export interface AgeState {
  /** Delivery of the first value. */
  since: number;
  /** Delivery of the freshest value. */
  delivered: number;
  /** ∫ age dτ from `since` to `delivered`, doubled: a whole number, so exact. */
  doubledArea: number;
  /** Ages just before each fresher delivery: their sum, number and largest. */
  peakSum: number;
  peaks: number;
  peakMax: number;
}

/** Ages as `GET …/ages` shows them, s. */
export interface Ages {
  /** now − measured */
  readonly ageS: number;
  /** Mean over time since the first delivery: the saw-tooth's integral over its length. */
  readonly meanAgeS: number;
  /** Mean peak age: the mean of the ages just before each fresher delivery; the age itself before the second one. */
  readonly peakAgeS: number;
  /** Largest age so far. */
  readonly maxAgeS: number;
}

export function firstAge(delivered: number): AgeState {
  return { since: delivered, delivered, doubledArea: 0, peakSum: 0, peaks: 0, peakMax: 0 };
}

/** Twice the area under the saw-tooth of a value measured at `measured`, between two times. */
const doubled = (measured: number, from: number, to: number) => (to - measured) ** 2 - (from - measured) ** 2;

/** A fresher value is delivered: the age falls. @param measured when the value that is replaced was measured */
export function refresh(age: AgeState, measured: number, delivered: number): void {
  const peak = delivered - measured;
  age.doubledArea += doubled(measured, age.delivered, delivered);
  age.delivered = delivered;
  age.peakSum += peak;
  age.peaks++;
  age.peakMax = Math.max(age.peakMax, peak);
}

/** @param measured when the present value was measured */
export function agesAt(age: AgeState, measured: number, now: number): Ages {
  const length = now - age.since;
  const area = age.doubledArea + doubled(measured, age.delivered, now);
  return {
    ageS: (now - measured) / 1000,
    meanAgeS: (length > 0 ? area / 2 / length : now - measured) / 1000,
    peakAgeS: (age.peaks > 0 ? age.peakSum / age.peaks : now - measured) / 1000,
    maxAgeS: Math.max(age.peakMax, now - measured) / 1000,
  };
}
