import { InvalidInputError, throwIfAny } from '../errors/index.js';
import { exp, log } from '../math/index.js';
import { RandomStream } from '../random/index.js';
import type { Policy } from './policy.js';

/** The same splits in every step. @param rhoC share of bandwidth for UEs, @param rhoP share of computing, both in [0, 1] */
export function fixed(rhoC: number, rhoP: number): Policy {
  throwIfAny(
    'argument',
    Object.entries({ rhoC, rhoP }).flatMap(([path, value]) =>
      value >= 0 && value <= 1 ? [] : [{ path, message: `${value} is not a number from 0 to 1` }],
    ),
  );
  return {
    name: `fixed:${rhoC},${rhoP}`,
    features: [],
    reset() {},
    act(_observation, _offset, action, at) {
      action[at] = rhoC;
      action[at + 1] = rhoP;
    },
  };
}

/**
 * The same splits in every step, each cell its own.
 *
 * @param splits `[cells × 2]`: ρC and ρP of each cell, in [0, 1]
 */
export function fixedPerCell(splits: readonly number[]): Policy {
  return {
    name: `fixed:${splits.join(',')}`,
    features: [],
    reset() {},
    act(_observation, _offset, action, at, cell) {
      if (cell * 2 >= splits.length) {
        const message = `holds splits of ${splits.length / 2} cells; cell ${cell} has none`;
        throw new InvalidInputError('policy', [{ path: 'fixed', message }]);
      }
      action[at] = splits[cell * 2];
      action[at + 1] = splits[cell * 2 + 1];
    },
  };
}

/** Splits drawn uniformly from [0, 1]², anew for every cell and step. */
export function uniformRandom(): Policy {
  let random = new RandomStream(0, 'policy/random');
  return {
    name: 'random',
    features: [],
    reset(seed, episode) {
      random = new RandomStream(seed, 'policy/random', episode);
    },
    act(_observation, _offset, action, at) {
      action[at] = random.uniform();
      action[at + 1] = random.uniform();
    },
    snapshot: () => random.snapshot(),
    restore: (state) => random.restore(state),
  };
}

/** Shares in proportion to two demands; one half if there is none. */
function proportion(ofUes: number, ofSensors: number): number {
  const total = ofUes + ofSensors;
  return total > 0 ? ofUes / total : 0.5;
}

/** Each resource in proportion to the load that UEs and sensors have offered on average since the episode began. */
export function demandProportional(): Policy {
  return {
    name: 'demand-proportional',
    features: [
      'request-offered-mbit',
      'update-offered-mbit',
      'request-offered-units',
      'update-offered-units',
    ],
    reset() {},
    act(observation, offset, action, at) {
      action[at] = proportion(observation[offset], observation[offset + 1]);
      action[at + 1] = proportion(observation[offset + 2], observation[offset + 3]);
    },
  };
}

const BACKLOGS = ['request-uplink-mbit', 'update-uplink-mbit', 'request-queue-units', 'update-queue-units'];

/**
 * Each resource in proportion to the backlogs that wait for it: Mbit at the devices, units at the MEC server. The fluid
 * relative of max-weight, which never starves a queue.
 *
 * @param weight > 0: how much a backlog of updates counts against one of requests; default 1
 */
export function queueProportional(weight = 1): Policy {
  return {
    name: weight === 1 ? 'queue-proportional' : `queue-proportional:${weight}`,
    features: BACKLOGS,
    reset() {},
    act(observation, offset, action, at) {
      action[at] = proportion(observation[offset], weight * observation[offset + 1]);
      action[at + 1] = proportion(observation[offset + 2], weight * observation[offset + 3]);
    },
  };
}

/**
 * Each resource in proportion to the backlogs that wait for it, weighted towards whoever is behind: AoSI is the distance in time
 * between a request and the sensor data it is served with (paper 000, eq. 2), so requests are hurried where the data is newer
 * than they are, and updates where it is older.
 *
 *     ρ = Q_r (1 + newer)^k / (Q_r (1 + newer)^k + Q_s (1 + older)^k)
 *
 * Q_r, Q_s: backlogs of requests and updates, as in {@link queueProportional}; newer, older: by how many steps the data is
 * newer or older than the requests at the head of the queue.
 *
 * @param exponent k > 0; default 1
 */
export function ageMatching(exponent = 1): Policy {
  return {
    name: exponent === 1 ? 'age-matching' : `age-matching:${exponent}`,
    features: [...BACKLOGS, 'data-newer-steps', 'data-older-steps'],
    reset() {},
    act(observation, offset, action, at) {
      const requestsBehind = power(1 + observation[offset + 4], exponent);
      const updatesBehind = power(1 + observation[offset + 5], exponent);
      action[at] = proportion(requestsBehind * observation[offset], updatesBehind * observation[offset + 1]);
      action[at + 1] = proportion(
        requestsBehind * observation[offset + 2],
        updatesBehind * observation[offset + 3],
      );
    },
  };
}

/** x^k, the same bits on every engine. */
function power(x: number, k: number): number {
  return k === 1 ? x : exp(k * log(x));
}

/**
 * Max-weight (drift-plus-penalty with a linear penalty): each resource goes as a whole to the larger weighted backlog.
 *
 * @param weight > 0: how much a backlog of updates counts against one of requests; default 1
 */
export function maxWeight(weight = 1): Policy {
  return {
    name: weight === 1 ? 'max-weight' : `max-weight:${weight}`,
    features: BACKLOGS,
    reset() {},
    act(observation, offset, action, at) {
      action[at] = observation[offset] >= weight * observation[offset + 1] ? 1 : 0;
      action[at + 1] = observation[offset + 2] >= weight * observation[offset + 3] ? 1 : 0;
    },
  };
}

/**
 * Age-aware: raises the UEs' shares while requests wait longer than sensor data is old, and lowers them otherwise.
 * Shares move by `gain` per step towards the older side, within [0.05, 0.95].
 */
export function ageAware(gain = 0.02): Policy {
  /** ρC and ρP of every cell, in turn. */
  let shares: number[] = [];
  const moved = (share: number, direction: number) =>
    Math.min(0.95, Math.max(0.05, share + gain * direction));
  return {
    name: gain === 0.02 ? 'age-aware' : `age-aware:${gain}`,
    features: ['request-head-age-steps', 'update-head-age-steps', 'mean-aosi-steps'],
    reset() {
      shares = [];
    },
    act(observation, offset, action, at, cell) {
      const requestAge = observation[offset];
      const sensorAge = Math.max(observation[offset + 1], observation[offset + 2]);
      const direction = Math.sign(requestAge - sensorAge);
      shares[cell * 2] = moved(shares[cell * 2] ?? 0.35, direction);
      shares[cell * 2 + 1] = moved(shares[cell * 2 + 1] ?? 0.4, direction);
      action[at] = shares[cell * 2];
      action[at + 1] = shares[cell * 2 + 1];
    },
    snapshot: () => [...shares],
    restore(state) {
      shares = [...state];
    },
  };
}
