import { requireFunction, requireFunctions, type Check } from '../registry/index.js';
import type { Field, Mobility } from './mobility.js';

/** What a user's model was before it was checked: it goes on from another of its kind and knows it. */
const original = new WeakMap<Mobility, Mobility>();

/** A user's mobility keeps its devices in the area. */
export const checkMobility: Check<(options: never) => Mobility> = (make, refuse) => {
  requireFunction(make, 'a function of the options that makes a mobility', refuse);
  const checkPlaces = ({ x, y, away, widthM, heightM }: Field, devices: number) => {
    for (let device = 0; device < devices; device++) {
      const isInside = x[device] >= 0 && x[device] <= widthM && y[device] >= 0 && y[device] <= heightM;
      if (isInside || away?.[device] === 1) continue;
      const accepted = `a place in the area, x from 0 to ${widthM} m and y from 0 to ${heightM} m`;
      refuse(`device ${device}`, [x[device], y[device]].map(String), accepted);
    }
  };
  return (options) => {
    const model = make(options);
    requireFunctions(model, ['reset', 'move'], 'a mobility { moves, reset(…), move(…) }', refuse);
    const checked: Mobility = {
      moves: model.moves,
      ...(model.mayBeAway !== undefined && { mayBeAway: model.mayBeAway }),
      reset(field, seed) {
        model.reset(field, seed);
        checkPlaces(field, field.x.length);
      },
      move(field, step, active) {
        model.move(field, step, active);
        checkPlaces(field, active);
      },
      ...(model.takeOver && {
        takeOver(previous, field, seed) {
          model.takeOver!(original.get(previous) ?? previous, field, seed);
          checkPlaces(field, field.x.length);
        },
      }),
      ...(model.snapshot && { snapshot: () => model.snapshot!() }),
      ...(model.restore && { restore: (state) => model.restore!(state) }),
    };
    original.set(checked, model);
    return checked;
  };
};
