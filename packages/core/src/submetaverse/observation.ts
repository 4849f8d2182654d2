import { Registry } from '../registry/index.js';
import type { CounterName } from './metrics.js';
import type { Simulator } from './simulator.js';

/** One number that a cell observes at the end of a step. */
export interface Feature {
  /** Its unit, as axes print it. */
  readonly unit: string;
  /** Upper bound; Infinity where there is none. The lower bound is 0. */
  readonly high: number;
  read(simulator: Simulator, cell: number): number;
}

const feature = (unit: string, read: Feature['read'], high = Infinity): Feature => ({ unit, high, read });

const perStep = (simulator: Simulator, counter: CounterName, cell: number) =>
  simulator.metrics.total(counter, cell) / Math.max(1, simulator.step);

/** Features by the name that scenario files and policies use. The first two are paper 000, eq. 3. */
export const observationFeatures: Registry<Feature> = new Registry<Feature>('observation feature', {
  'request-queue-jobs': feature('jobs', (simulator, cell) => simulator.requests.queue.length[cell]),
  'update-queue-jobs': feature('jobs', (simulator, cell) => simulator.updates.queue.length[cell]),
  'request-queue-units': feature('units', (simulator, cell) => simulator.requests.backlogUnits[cell]),
  'update-queue-units': feature('units', (simulator, cell) => simulator.updates.backlogUnits[cell]),
  'request-uplink-mbit': feature('Mbit', (simulator, cell) => simulator.uplinkMbit(simulator.ues, cell)),
  'update-uplink-mbit': feature('Mbit', (simulator, cell) => simulator.uplinkMbit(simulator.sensors, cell)),
  'request-offered-mbit': feature('Mbit/step', (simulator, cell) =>
    perStep(simulator, 'requestMbitCreated', cell),
  ),
  'update-offered-mbit': feature('Mbit/step', (simulator, cell) =>
    perStep(simulator, 'updateMbitCreated', cell),
  ),
  'request-offered-units': feature(
    'units/step',
    (simulator, cell) => perStep(simulator, 'requestsCreated', cell) * simulator.scenario.ues.meanLoadUnits,
  ),
  'update-offered-units': feature(
    'units/step',
    (simulator, cell) =>
      perStep(simulator, 'updatesCreated', cell) * simulator.scenario.sensors.meanLoadUnits,
  ),
  'request-head-age-steps': feature('steps', (simulator, cell) =>
    simulator.requests.headAge(cell, simulator.step),
  ),
  'update-head-age-steps': feature('steps', (simulator, cell) =>
    simulator.updates.headAge(cell, simulator.step),
  ),
  'served-share': feature('', (simulator, cell) => simulator.metrics.servedShare(cell), 1),
  'connected-ues': feature('UEs', (simulator, cell) => simulator.connected(simulator.ues, cell)),
  'connected-sensors': feature('sensors', (simulator, cell) => simulator.connected(simulator.sensors, cell)),
  'episode-time': feature('', (simulator) => simulator.step / simulator.scenario.episodeSteps, 1),
  'mean-aosi-steps': feature('steps', (simulator, cell) => simulator.metrics.meanAosi(cell)),
});
