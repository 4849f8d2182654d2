import { Registry } from '../registry/index.js';
import { RandomWaypoint, StaticPlacement, type Mobility } from './mobility.js';

/** Mobility models by the name that scenario files use; a factory takes the remaining fields of `mobility`. */
export const mobilityModels = new Registry<(options: never) => Mobility>('mobility model', {
  'random-waypoint': ({ speedMps }: { speedMps: number }) => new RandomWaypoint(speedMps),
  static: ({ positions }: { positions?: { xM: number; yM: number }[] }) => new StaticPlacement(positions),
});
