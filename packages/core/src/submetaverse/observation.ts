import { Registry, requireFunctions, type Check } from '../registry/index.js';
import type { CellState } from './cell-state.js';
import type { CounterName } from './metrics.js';

/** One number that a cell observes at the end of a step. */
export interface Feature {
  /** Its unit, as axes print it. */
  readonly unit: string;
  /** Upper bound; Infinity where there is none. The lower bound is 0. */
  readonly high: number;
  read(state: CellState, cell: number): number;
}

const feature = (unit: string, read: Feature['read'], high = Infinity): Feature => ({ unit, high, read });

const perStep = (state: CellState, counter: CounterName, cell: number) =>
  state.metrics.total(counter, cell) / Math.max(1, state.step);

/** From 0 to 1 as the end of the episode comes near: 1/2 when `steps` remain. */
const endNearness = (steps: number) =>
  feature('', ({ scenario, step }) => steps / (steps + scenario.episodeSteps - step), 1);

/** A user's feature lies between 0 and its upper bound. */
const checkFeature: Check<Feature> = (entry, refuse) => {
  requireFunctions(entry, ['read'], 'a feature { unit, high, read(state, cell) }', refuse);
  const { unit = '', high = Infinity } = entry as Partial<Feature>;
  if (!(high > 0)) refuse('high', high, 'an upper bound above 0');
  return {
    unit,
    high,
    read(state, cell) {
      const value = entry.read(state, cell);
      if (!(value >= 0 && value <= high && value < Infinity)) {
        refuse(`cell ${cell}`, value, `a finite number from 0 to ${high}`);
      }
      return value;
    },
  };
};

/** Features by the name that scenario files and policies use. The first two are paper 000, eq. 3. */
export const observationFeatures: Registry<Feature> = new Registry<Feature>(
  'observation feature',
  {
    'request-queue-jobs': feature('jobs', (state, cell) => state.requests.queue.length[cell]),
    'update-queue-jobs': feature('jobs', (state, cell) => state.updates.queue.length[cell]),
    'request-queue-units': feature('units', (state, cell) => state.requests.backlogUnits[cell]),
    'update-queue-units': feature('units', (state, cell) => state.updates.backlogUnits[cell]),
    'request-uplink-mbit': feature('Mbit', (state, cell) => state.uplinkMbit('ue', cell)),
    'update-uplink-mbit': feature('Mbit', (state, cell) => state.uplinkMbit('sensor', cell)),
    'request-offered-mbit': feature('Mbit/step', (state, cell) => perStep(state, 'requestMbitCreated', cell)),
    'update-offered-mbit': feature('Mbit/step', (state, cell) => perStep(state, 'updateMbitCreated', cell)),
    'request-offered-units': feature('units/step', (state, cell) => state.offeredUnits('ue', cell)),
    'update-offered-units': feature('units/step', (state, cell) => state.offeredUnits('sensor', cell)),
    'request-head-age-steps': feature('steps', (state, cell) => state.requests.headAge(cell, state.step)),
    'update-head-age-steps': feature('steps', (state, cell) => state.updates.headAge(cell, state.step)),
    'request-uplink-age-steps': feature('steps', (state, cell) => state.uplinkAgeSteps('ue', cell)),
    'update-uplink-age-steps': feature('steps', (state, cell) => state.uplinkAgeSteps('sensor', cell)),
    'data-older-steps': feature('steps', (state, cell) => state.headMismatchSteps(cell, 'older')),
    'data-newer-steps': feature('steps', (state, cell) => state.headMismatchSteps(cell, 'newer')),
    'twin-age-steps': feature('steps', (state, cell) => state.twinAgeSteps(cell)),
    'served-share': feature('', (state, cell) => state.metrics.servedShare(cell), 1),
    'connected-ues': feature('UEs', (state, cell) => state.connected('ue', cell)),
    'connected-sensors': feature('sensors', (state, cell) => state.connected('sensor', cell)),
    'episode-time': feature('', (state) => state.step / state.scenario.episodeSteps, 1),
    'end-nearness-20-steps': endNearness(20),
    'end-nearness-3-steps': endNearness(3),
    'reward-eta': feature('', ({ scenario }) => scenario.reward.eta, 1),
    'reward-late-penalty': feature('', ({ scenario }) => -scenario.reward.latePenalty),
    'reward-late-threshold-steps': feature('steps', ({ scenario }) => scenario.reward.lateThresholdSteps),
    'mean-aosi-steps': feature('steps', (state, cell) => state.metrics.meanAosi(cell)),
  },
  checkFeature,
);
