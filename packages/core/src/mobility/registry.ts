import { Registry } from '../registry/index.js';
import { checkMobility } from './checked.js';
import { RandomWaypoint, StaticPlacement, type Mobility } from './mobility.js';

interface RandomWaypointOptions {
  readonly speedMps: number;
  readonly stepS?: number;
  readonly positions?: readonly { readonly xM: number; readonly yM: number }[];
}

/**
 * Mobility models by the name that scenario files use; a factory takes the remaining fields of `mobility`, and `stepS`, the
 * length of a step.
 */
export const mobilityModels = new Registry<(options: never) => Mobility>(
  'mobility model',
  {
    'random-waypoint': ({ speedMps, stepS = 1, positions }: RandomWaypointOptions) =>
      new RandomWaypoint(speedMps * stepS, positions),
    static: ({ positions }: { positions?: { xM: number; yM: number }[] }) => new StaticPlacement(positions),
  },
  checkMobility,
);
