import { Registry } from '../registry/index.js';
import { checkPathLoss } from './checked.js';
import {
  freeSpace,
  logDistance,
  okumuraHata,
  umi,
  type LogDistanceOptions,
  type PathLoss,
} from './path-loss.js';

/** Path-loss models by the name that scenario files use; a factory takes the remaining fields of `pathLoss`. */
export const pathLossModels = new Registry<(options: Record<string, unknown>) => PathLoss>(
  'path loss model',
  {
    'okumura-hata': okumuraHata,
    'free-space': freeSpace,
    'log-distance': (options) => logDistance(options as unknown as LogDistanceOptions),
    'umi-38901': (options) => umi(options),
  },
  checkPathLoss,
);
