import { actionSize, isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { createActor } from '../policy-file/actor.js';
import type { PolicyDocument } from '../policy-file/document.js';

/** Metrics of each evaluated episode by name, `Float64Array [episodes]`, in the order of their numbers. */
export type EpisodeMetrics = Record<string, Float64Array>;

/** Writes the actions of all environments. */
export type BatchActor = (observations: Float64Array, actions: Float64Array) => void;

/**
 * Episodes `firstEpisode` … of `seed` under a rule that sees the observations.
 *
 * @param environment any number of environments; its episode numbers decide what is drawn, so the result does not depend
 *   on how many there are
 */
export function rollEpisodes(
  environment: VectorEnvironment<ActionSpace>,
  act: BatchActor,
  seed: number,
  episodes: number,
  firstEpisode = 0,
): EpisodeMetrics {
  const { numEnvs } = environment;
  const metrics: EpisodeMetrics = {};
  for (const name of Object.keys(environment.finalMetrics))
    metrics[name] = new Float64Array(episodes).fill(NaN);
  const next = Int32Array.from({ length: numEnvs }, (_, env) => env);
  const actions = new Float64Array(numEnvs * actionSize(environment.actionSpace));
  let missing = episodes;
  environment.reset(seed, firstEpisode);
  while (missing > 0) {
    act(environment.observations, actions);
    environment.step(actions);
    for (let env = 0; env < numEnvs; env++) {
      if (environment.truncated[env] === 0 && environment.terminated[env] === 0) continue;
      const episode = next[env];
      next[env] = episode + numEnvs;
      if (episode >= episodes) continue;
      for (const [name, values] of Object.entries(environment.finalMetrics))
        metrics[name][episode] = values[env];
      missing--;
    }
  }
  return metrics;
}

/**
 * Episodes of a trained policy.
 *
 * @param mode deterministic: the middle of the learnt distribution; stochastic: draws from it; a number k ≥ 2: the best of
 *   k draws in the critics' eyes, for a diffusion policy on a box
 * @throws InvalidInputError draws to choose from of a policy without critics
 */
export function evaluatePolicy(
  document: PolicyDocument,
  environment: VectorEnvironment<ActionSpace>,
  seed: number,
  episodes: number,
  mode: 'deterministic' | 'stochastic' | number = 'deterministic',
  firstEpisode = 0,
): EpisodeMetrics {
  const actor = createActor(document, typeof mode === 'number' ? mode : 1);
  const inputs = environment.observationSpace.size;
  const { actionMasks, actionSpace } = environment;
  const outputs = actionSize(actionSpace);
  const choices = isDiscrete(actionSpace) ? actionSpace.n : 0;
  const stream = mode === 'deterministic' ? undefined : new RandomStream(seed, 'learn/evaluate');
  return rollEpisodes(
    environment,
    (observations, actions) => {
      for (let env = 0; env < environment.numEnvs; env++) {
        actor.act(observations, env * inputs, actions, env * outputs, stream, actionMasks, env * choices);
      }
    },
    seed,
    episodes,
    firstEpisode,
  );
}

/** Mean of the numbers in an array, leaving out NaN. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value !== value) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
