import { observationFeatures } from '@metalore/core/submetaverse';
import type { PolicyLibrary } from './policies.js';

/** Which policy, over two of its features. */
export interface PlaneRequest {
  readonly policy: string;
  /** Names of the features along x and y, the others are held at 0; or {@link ALL_REQUESTS} and {@link ALL_UPDATES}. */
  readonly x?: string;
  readonly y?: string;
  readonly max: number;
  readonly size: number;
}

/** Every feature of requests has the value of x, every one of updates that of y. */
export const ALL_REQUESTS = 'all of requests';
export const ALL_UPDATES = 'all of updates';

/** What a policy decides over two features. */
export interface PolicyPlane {
  readonly features: readonly string[];
  readonly units: readonly string[];
  readonly x: string;
  readonly y: string;
  /** `[size × size]`, row 0 at y = 0. */
  readonly rhoC: Float64Array;
  readonly rhoP: Float64Array;
}

/** Evaluates a policy on a grid of observations. */
export function policyPlane(
  { policy: text, max, size, ...axes }: PlaneRequest,
  library: PolicyLibrary,
): PolicyPlane {
  const policy = library.policy(text);
  const { features } = policy;
  const choose = (wanted: string | undefined, at: number, all: string, kind: RegExp) => {
    if (wanted !== undefined && (wanted === all || features.includes(wanted))) return wanted;
    return features.length > 2 && features.some((name) => kind.test(name))
      ? all
      : (features[at] ?? features[0] ?? '');
  };
  const x = choose(axes.x, 0, ALL_REQUESTS, /^request-/);
  const y = choose(axes.y, 1, ALL_UPDATES, /^update-/);
  const observation = new Float64Array(features.length);
  const action = new Float64Array(2);
  const rhoC = new Float64Array(size * size);
  const rhoP = new Float64Array(size * size);
  for (let at = 0; at < size * size; at++) {
    policy.reset(0, 0);
    observation.fill(0);
    const value = (index: number) => (max * index) / (size - 1);
    features.forEach((name, feature) => {
      if (name === x || (x === ALL_REQUESTS && name.startsWith('request-')))
        observation[feature] = value(at % size);
      if (name === y || (y === ALL_UPDATES && name.startsWith('update-')))
        observation[feature] = value(Math.floor(at / size));
    });
    policy.act(observation, 0, action, 0, 0);
    rhoC[at] = action[0];
    rhoP[at] = action[1];
  }
  const units = features.map((name) => observationFeatures.get(name).unit);
  return { features, units, x, y, rhoC, rhoP };
}
