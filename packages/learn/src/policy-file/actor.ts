import { exp } from '@metalore/core/math';
import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { RandomStream } from '@metalore/core/random';
import { drawAction, highestAction, softmaxRow } from '../network/categorical.js';
import { Forward } from '../network/forward.js';
import { logScale, normalised } from '../normalize/encoder.js';
import { bounded } from '../network/gaussian.js';
import { ForwardChain } from './chain.js';
import {
  boxActions,
  type BoxActions,
  type DiffusionModel,
  type LinearModel,
  type NetworkModel,
  type PolicyDocument,
} from './document.js';

/** Writes the action on one observation; the middle of the distribution unless given a stream to draw from. */
export interface Actor {
  /**
   * @param action where the numbers of a box, or the number of an action, are written from `actionOffset` on
   * @param mask 1 where a numbered action may be taken, from `maskOffset` on; missing: all may
   */
  act(
    observation: Float64Array,
    offset: number,
    action: Float64Array,
    actionOffset: number,
    stream?: RandomStream,
    mask?: ArrayLike<number>,
    maskOffset?: number,
  ): void;
}

/**
 * What a policy document says, ready to act; single observations, double precision, nothing allocated per call.
 *
 * @param candidates of a denoising chain with critics: draws, from the stream, of which the best is taken
 * @throws InvalidInputError more than one candidate of a policy without critics
 */
export function createActor(document: PolicyDocument, candidates = 1): Actor {
  const { model } = document;
  if (candidates > 1 && !(model.kind === 'diffusion' && model.critics !== undefined)) {
    const message = 'has no critics to choose the best of several draws by; diffusion policies on a box have';
    throw new InvalidInputError('policy', [{ path: document.name, message }]);
  }
  if (model.kind === 'linear-sigmoid') return linearActor(model, boxActions(document));
  if (model.kind === 'diffusion') return chainActor(document, model, candidates);
  if (model.head.kind === 'categorical') return categoricalActor(model);
  return boxActor(model, model.head, boxActions(document));
}

/** What writes an observation into `input` as the network of a policy takes it. */
export function encodeInto(
  { scale, moments }: NetworkModel['encoding'],
  input: Float64Array,
): (observation: Float64Array, offset: number) => void {
  return (observation, offset) => {
    for (let k = 0; k < input.length; k++) {
      const x = observation[offset + k];
      const y = scale === 'log' ? logScale(x) : x;
      input[k] = moments === null ? y : normalised(y, moments.mean[k], moments.variance[k]);
    }
  };
}

function boxActor(
  model: NetworkModel,
  head: Exclude<NetworkModel['head'], { kind: 'categorical' }>,
  { low, high }: BoxActions,
): Actor {
  const network = new Forward(model.layers, model.activation);
  const encode = encodeInto(model.encoding, network.input);
  const std = head.logStd.map((value) => exp(value));
  const { output } = network;
  return {
    act(observation, offset, action, actionOffset, stream) {
      encode(observation, offset);
      network.run();
      for (let d = 0; d < output.length; d++) {
        const u = stream === undefined ? output[d] : output[d] + std[d] * stream.normal();
        action[actionOffset + d] = bounded(head.kind, u, low[d], high[d]);
      }
    },
  };
}

function categoricalActor(model: NetworkModel): Actor {
  const network = new Forward(model.layers, model.activation);
  const encode = encodeInto(model.encoding, network.input);
  const choose = chooser(network.output);
  return {
    act(observation, offset, action, actionOffset, stream, mask, maskOffset = 0) {
      encode(observation, offset);
      network.run();
      action[actionOffset] = choose(stream, mask, maskOffset);
    },
  };
}

/** Takes the highest of logits, or draws by their softmax. */
function chooser(logits: Float64Array) {
  const probabilities = new Float64Array(logits.length);
  return (stream: RandomStream | undefined, mask: ArrayLike<number> | undefined, maskOffset: number) => {
    if (stream === undefined) return highestAction(logits, 0, logits.length, mask, maskOffset);
    softmaxRow(logits, 0, logits.length, probabilities, 0, mask, maskOffset);
    return drawAction(probabilities, 0, logits.length, stream);
  };
}

function chainActor(document: PolicyDocument, model: DiffusionModel, candidates: number): Actor {
  const chain = new ForwardChain(model);
  const encode = encodeInto(model.encoding, chain.condition);
  const { data } = chain;
  if (model.head.kind === 'categorical') {
    const choose = chooser(data);
    return {
      act(observation, offset, action, actionOffset, stream, mask, maskOffset = 0) {
        encode(observation, offset);
        chain.run(stream);
        action[actionOffset] = choose(stream, mask, maskOffset);
      },
    };
  }
  const { low, high } = boxActions(document);
  const best = new Float64Array(data.length);
  return {
    act(observation, offset, action, actionOffset, stream) {
      encode(observation, offset);
      let highest = -Infinity;
      for (let k = 0; k < candidates; k++) {
        chain.run(stream);
        const value = candidates === 1 ? 0 : chain.value();
        if (value <= highest) continue;
        highest = value;
        best.set(data);
      }
      for (let d = 0; d < data.length; d++) {
        action[actionOffset + d] = bounded(
          'clipped',
          low[d] + ((high[d] - low[d]) * (1 + best[d])) / 2,
          low[d],
          high[d],
        );
      }
    },
  };
}

function linearActor(model: LinearModel, { low, high }: BoxActions): Actor {
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
 * @throws InvalidInputError a policy that chooses among numbered actions
 */
export function learnedPolicy(
  document: PolicyDocument,
  mode: 'deterministic' | 'stochastic' = 'deterministic',
): Policy {
  boxActions(document);
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
