import { observationFeatures } from '@metalore/core/submetaverse';
import type { PolicyLibrary } from './policies.js';

/** Which policy, over two of its features. */
export interface PlaneRequest {
  readonly policy: string;
  /** Names of the features along x and y; others are held at 0. */
  readonly x?: string;
  readonly y?: string;
  readonly max: number;
  readonly size: number;
}

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
  const x = axes.x !== undefined && features.includes(axes.x) ? axes.x : (features[0] ?? '');
  const y = axes.y !== undefined && features.includes(axes.y) ? axes.y : (features[1] ?? x);
  const observation = new Float64Array(features.length);
  const action = new Float64Array(2);
  const rhoC = new Float64Array(size * size);
  const rhoP = new Float64Array(size * size);
  for (let at = 0; at < size * size; at++) {
    policy.reset(0, 0);
    observation.fill(0);
    const value = (index: number) => (max * index) / (size - 1);
    if (features.length > 0) {
      observation[features.indexOf(x)] = value(at % size);
      observation[features.indexOf(y)] = value(Math.floor(at / size));
    }
    policy.act(observation, 0, action, 0, 0);
    rhoC[at] = action[0]!;
    rhoP[at] = action[1]!;
  }
  const units = features.map((name) => observationFeatures.get(name).unit);
  return { features, units, x, y, rhoC, rhoP };
}
