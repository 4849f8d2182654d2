import { requireFunction, requireFunctions, type Check } from '../registry/index.js';
import type { PathLoss } from './path-loss.js';

/** A user's path loss is a finite number of dB, everywhere. */
export const checkPathLoss: Check<(options: Record<string, unknown>) => PathLoss> = (make, refuse) => {
  requireFunction(make, 'a function of the options that makes a path loss', refuse);
  return (options) => {
    const model = make(options);
    requireFunctions(model, ['prepare'], 'a path loss { random, prepare(geometry) }', refuse);
    return {
      random: model.random,
      prepare(geometry) {
        const loss = model.prepare(geometry);
        requireFunction(loss, 'a function (horizontalM, losUniform, shadowNormal) from prepare', refuse);
        return (horizontalM, losUniform, shadowNormal) => {
          const db = loss(horizontalM, losUniform, shadowNormal);
          if (!Number.isFinite(db)) refuse(`at ${horizontalM} m`, db, 'a finite number of dB');
          return db;
        };
      },
    };
  };
};
