import { exp } from '@metalore/core/math';
import type { Policy } from '@metalore/core/policy';
import { RandomStream } from '@metalore/core/random';
import { Forward } from '../network/forward.js';
import { logScale, normalised } from '../normalize/encoder.js';
import { bounded } from '../network/gaussian.js';
import type { LinearModel, NetworkModel, PolicyDocument } from './document.js';

/** Writes the action on one observation; deterministic unless given a stream to draw from. */
export interface Actor {
  act(
    observation: Float64Array,
    offset: number,
    action: Float64Array,
    actionOffset: number,
    stream?: RandomStream,
  ): void;
}

/** What a policy document says, ready to act; single observations, double precision, nothing allocated per call. */
export function createActor(document: PolicyDocument): Actor {
  const { low, high } = document.actions;
  const { model } = document;
  return model.kind === 'network' ? networkActor(model, low, high) : linearActor(model, low, high);
}

function networkActor(model: NetworkModel, low: readonly number[], high: readonly number[]): Actor {
  const network = new Forward(model.layers);
  const { scale, moments } = model.encoding;
  const std = model.head.logStd.map((value) => exp(value));
  const { input, output } = network;
  return {
    act(observation, offset, action, actionOffset, stream) {
      for (let k = 0; k < input.length; k++) {
        const x = observation[offset + k];
        const y = scale === 'log' ? logScale(x) : x;
        input[k] = moments === null ? y : normalised(y, moments.mean[k], moments.variance[k]);
      }
      network.run();
      for (let d = 0; d < output.length; d++) {
        const u = stream === undefined ? output[d] : output[d] + std[d] * stream.normal();
        action[actionOffset + d] = bounded(model.head.kind, u, low[d], high[d]);
      }
    },
  };
}

function linearActor(model: LinearModel, low: readonly number[], high: readonly number[]): Actor {
  const rows = model.weights.map((row) => Float64Array.from(row));
  const features = (rows[0].length - 1) / 2;
  return {
    act(observation, offset, action, actionOffset) {
      for (let d = 0; d < rows.length; d++) {
        const weights = rows[d];
        let sum = weights[0];
        for (let k = 0; k < features; k++) {
          const x = observation[offset + k];
          sum += weights[1 + k] * (x / 100) + weights[1 + features + k] * logScale(x);
        }
        action[actionOffset + d] = low[d] + (high[d] - low[d]) / (1 + exp(-sum));
      }
    },
  };
}

/**
 * A policy document as a policy of the simulator.
 *
 * @param mode `deterministic` takes the middle of the learnt distribution, `stochastic` draws from it, by a stream named
 *   by the run's seed and episode
 */
export function learnedPolicy(
  document: PolicyDocument,
  mode: 'deterministic' | 'stochastic' = 'deterministic',
): Policy {
  const actor = createActor(document);
  let stream: RandomStream | undefined;
  return {
    name: document.name,
    features: document.features,
    reset(seed, episode) {
      stream = mode === 'stochastic' ? new RandomStream(seed, 'learn/act', episode) : undefined;
    },
    act(observation, offset, action, actionOffset) {
      actor.act(observation, offset, action, actionOffset, stream);
    },
  };
}
