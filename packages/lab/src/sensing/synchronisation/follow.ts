import { changeScenario, parseScenario, type Scenario } from '@metalore/core/scenario';
import { PositionFilter } from '@metalore/core/sensing';
import { Simulator } from '@metalore/core/submetaverse';
import { measurePosition, type Measurement, type SensorArray } from './measurement.js';

/** A sub-metaverse whose sensors watch its UEs. */
export interface Following {
  /** Preset or scenario. */
  readonly scenario: Scenario;
  /** Steps between two measurements of a sensor. */
  readonly intervalSteps: number;
  readonly rhoC: number;
  readonly rhoP: number;
  readonly array: SensorArray;
  /** Of the filter, m² per step³. */
  readonly accelerationM2: number;
  /** Steps that are left out at the beginning. */
  readonly warmUpSteps: number;
}

/** Means over targets and steps of an episode. */
export interface Followed {
  /** Distance from a target to where its twin holds it, m: as it was last measured. */
  readonly holdM: number;
  /** The same where the twin goes on moving as a Kalman filter expects. */
  readonly kalmanM: number;
  /** What the target moved since it was measured, m. */
  readonly movedM: number;
  /** What the measurement missed, m. */
  readonly missedM: number;
  /** Steps since the measurement that the twin knows. */
  readonly ageSteps: number;
  /** Mean AoSI of the served requests, steps; NaN without any. */
  readonly aosi: number;
  /** Share of the target's steps in which its twin knew anything. */
  readonly known: number;
}

/** A scenario whose sensors measure every `intervalSteps` steps. */
export function measuringScenario(written: unknown, intervalSteps: number): Scenario {
  return changeScenario(parseScenario(written), { 'sensors.arrivals.intervalSteps': intervalSteps });
}

/**
 * One episode in which sensor s watches UE s mod UEs: each of its updates carries where that UE was measured when the update
 * was created, and the twin knows it once the update is processed (paper 000, section II; paper 002, first paper, IV).
 */
export function followTargets(following: Following, seed: number, episode: number): Followed {
  const { scenario, rhoC, rhoP, accelerationM2, warmUpSteps } = following;
  const simulator = new Simulator(scenario);
  simulator.reset(seed, episode);
  const { ues, sensors } = simulator;
  const count = ues.active;
  const steps = scenario.episodeSteps;
  const xs = new Float64Array(steps * count);
  const ys = new Float64Array(steps * count);
  const known = new Int32Array(sensors.active).fill(-1);
  const filters = Array.from({ length: count }, () => new PositionFilter(accelerationM2, 1));
  const last: (Measurement & { step: number })[] = [];
  const sums = { holdM: 0, kalmanM: 0, movedM: 0, missedM: 0, ageSteps: 0 };
  let observed = 0;
  const middle = [scenario.area.widthM / 2, scenario.area.heightM / 2] as const;
  const action = [rhoC, rhoP];
  for (let step = 0; step < steps; step++) {
    for (let ue = 0; ue < count; ue++) {
      xs[step * count + ue] = ues.field.x[ue];
      ys[step * count + ue] = ues.field.y[ue];
    }
    simulator.advance(action);
    for (let sensor = 0; sensor < sensors.active; sensor++) {
      const created = simulator.twin.newest(0, sensor);
      if (created === known[sensor]) continue;
      known[sensor] = created;
      const ue = sensor % count;
      if (last[ue] !== undefined && created < last[ue].step) continue;
      const from = [sensors.field.x[sensor], sensors.field.y[sensor]] as const;
      const target = [xs[created * count + ue], ys[created * count + ue]] as const;
      const own = (seed * 1e6 + episode * 1e4 + created) * sensors.active + sensor;
      const measured = measurePosition(following.array, from, middle, target, own);
      if (measured === undefined) continue;
      last[ue] = { ...measured, step: created };
      const { x, y, bearing, acrossM } = measured;
      filters[ue].measure(created, x, y, bearing, following.array.rangeStdM, acrossM);
    }
    if (step < warmUpSteps) continue;
    for (let ue = 0; ue < count; ue++) {
      const measured = last[ue];
      if (measured === undefined) continue;
      const [x, y] = [xs[step * count + ue], ys[step * count + ue]];
      const [wasX, wasY] = [xs[measured.step * count + ue], ys[measured.step * count + ue]];
      const [expectedX, expectedY] = filters[ue].predict(step);
      sums.holdM += Math.hypot(x - measured.x, y - measured.y);
      sums.kalmanM += Math.hypot(x - expectedX, y - expectedY);
      sums.movedM += Math.hypot(x - wasX, y - wasY);
      sums.missedM += Math.hypot(wasX - measured.x, wasY - measured.y);
      sums.ageSteps += step - measured.step;
      observed++;
    }
  }
  return {
    holdM: sums.holdM / observed,
    kalmanM: sums.kalmanM / observed,
    movedM: sums.movedM / observed,
    missedM: sums.missedM / observed,
    ageSteps: sums.ageSteps / observed,
    aosi: simulator.metrics.summary().aosi,
    known: observed / ((steps - warmUpSteps) * count),
  };
}
