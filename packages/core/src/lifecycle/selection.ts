import { RandomStream } from '../random/index.js';
import { REPUTATION_DEFAULTS, type ReputationParameters } from './reputation-instance.js';
import { ReputationModel } from './reputation-model.js';

/**
 * How a producer chooses a provider. `softmax`: at random by softmax(T/temperature); `highest`: the largest T;
 * `traditional`: the most good experiences of its own; `random`; `demo`: the arithmetic of the paper's public demonstration
 * with honest draws; `demo-reseeded`: the same as published, where the generator is seeded anew before every draw, so that
 * each draw is the same number, .5488135.
 */
export type SelectionRule = 'softmax' | 'highest' | 'traditional' | 'random' | 'demo' | 'demo-reseeded';

/** First uniform number of NumPy's generator with seed 0, which the demonstration draws every time. */
const DEMO_DRAW = 0.5488135039273248;

/** Producers who report what did not happen, to lift one provider and sink another. */
export interface Collusion {
  /** The last this many producers collude. */
  readonly producers: number;
  /** The provider they praise. */
  readonly praised: number;
  /** The provider they blame. */
  readonly blamed: number;
  /** Invented interactions with each of the two, per colluder and round. */
  readonly reportsPerRound: number;
  /** Value of an invented interaction. */
  readonly value: number;
}

/** Rounds in which every producer gives one task to one provider. */
export interface SelectionProtocol {
  readonly producers: number;
  /** Probability of success of each provider, in [0, 1]. */
  readonly success: readonly number[];
  readonly rounds: number;
  /** Rounds at the beginning in which everybody chooses at random. */
  readonly randomRounds: number;
  readonly rule: SelectionRule;
  /** Tasks a provider finishes per round, > 0. */
  readonly servedPerRound: number;
  readonly seed: number;
  /** From this round on every task of provider 0 fails. */
  readonly lazyFrom?: number;
  readonly parameters?: ReputationParameters;
  readonly collusion?: Collusion;
}

/** What happened. */
export interface SelectionResult {
  /** Mean reputation of each provider over the honest producers after each round, [rounds × providers], row-major. */
  readonly reputation: Float64Array;
  /** Tasks given to each provider by honest producers, after the random rounds too. */
  readonly tasks: Float64Array;
  /** Jain's index of the tasks, (Σx)²/(m·Σx²), in (0, 1]. */
  readonly jain: number;
  /** Mean time from a task's arrival until its service begins, rounds: tasks ahead of it over the rate. */
  readonly meanWaitRounds: number;
  /** Share of tasks that succeeded. */
  readonly succeeded: number;
}

/** Mean and standard deviation of a task's value (the demonstration's). */
const VALUE = { mean: 40, std: 5 };

/**
 * The protocol behind figs. 15 and 16 of paper 002 (second of its papers): every round each producer chooses a provider,
 * the task succeeds or fails, both remember it. Tasks queue at the providers.
 */
export function simulateSelection(protocol: SelectionProtocol): SelectionResult {
  const { producers, success, rounds, randomRounds, rule, servedPerRound, seed } = protocol;
  const { lazyFrom = Infinity, parameters = REPUTATION_DEFAULTS, collusion } = protocol;
  const providers = success.length;
  const honest = producers - (collusion?.producers ?? 0);
  const model = new ReputationModel(
    producers,
    providers,
    parameters,
    0,
    rule.startsWith('demo') ? 'demo' : 'mwsl',
  );
  const choose = new RandomStream(seed, 'lifecycle-choice');
  const outcome = new RandomStream(seed, 'lifecycle-outcome');
  const worth = new RandomStream(seed, 'lifecycle-value');
  const reputation = new Float64Array(rounds * providers);
  const tasks = new Float64Array(providers);
  const queue = new Float64Array(providers);
  const chosen = new Int32Array(honest);
  const scratch = new Float64Array(providers);
  let wait = 0;
  let succeeded = 0;

  for (let round = 0; round < rounds; round++) {
    model.advance(round);
    const drawAtRandom = round < randomRounds || rule === 'random';
    for (let producer = 0; producer < honest; producer++) {
      chosen[producer] = drawAtRandom
        ? choose.integer(providers)
        : chooseProvider(model, producer, rule, choose, scratch);
    }
    for (let producer = 0; producer < honest; producer++) {
      const provider = chosen[producer];
      const ok = outcome.uniform() < success[provider] && !(provider === 0 && round >= lazyFrom);
      const value = Math.max(0, VALUE.mean + VALUE.std * worth.normal());
      model.record({ producer, provider, at: round, ok, value });
      tasks[provider]++;
      wait += queue[provider]++ / servedPerRound;
      if (ok) succeeded++;
    }
    if (collusion !== undefined) reportFalsely(model, collusion, honest, round);
    for (let provider = 0; provider < providers; provider++) {
      queue[provider] = Math.max(0, queue[provider] - servedPerRound);
      let sum = 0;
      for (let producer = 0; producer < honest; producer++) sum += model.reputation(producer, provider);
      reputation[round * providers + provider] = sum / honest;
    }
  }
  const total = honest * rounds;
  return {
    reputation,
    tasks,
    jain: jainIndex(tasks),
    meanWaitRounds: wait / total,
    succeeded: succeeded / total,
  };
}

/** Jain's fairness index (Σx)²/(m·Σx²): 1 for equal loads, 1/m for one load only. */
export function jainIndex(loads: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < loads.length; index++) {
    sum += loads[index];
    squares += loads[index] * loads[index];
  }
  return squares > 0 ? (sum * sum) / (loads.length * squares) : 1;
}

function chooseProvider(
  model: ReputationModel,
  producer: number,
  rule: SelectionRule,
  random: RandomStream,
  scratch: Float64Array,
): number {
  if (rule === 'softmax' || rule.startsWith('demo')) {
    const probabilities = model.choice(producer, scratch);
    let left = rule === 'demo-reseeded' ? DEMO_DRAW : random.uniform();
    for (let provider = 0; provider < probabilities.length; provider++) {
      left -= probabilities[provider];
      if (left < 0) return provider;
    }
    return probabilities.length - 1;
  }
  // The best; equals are drawn for.
  let best = 0;
  let bestScore = -Infinity;
  let equals = 0;
  for (let provider = 0; provider < model.providers; provider++) {
    const score =
      rule === 'traditional' ? model.successes(producer, provider) : model.reputation(producer, provider);
    if (score > bestScore) {
      best = provider;
      bestScore = score;
      equals = 1;
    } else if (score === bestScore && random.integer(++equals) === 0) best = provider;
  }
  return best;
}

function reportFalsely(model: ReputationModel, collusion: Collusion, honest: number, at: number): void {
  const { praised, blamed, reportsPerRound, value } = collusion;
  for (let producer = honest; producer < honest + collusion.producers; producer++) {
    for (let report = 0; report < reportsPerRound; report++) {
      model.record({ producer, provider: praised, at, ok: true, value });
      model.record({ producer, provider: blamed, at, ok: false, value });
    }
  }
}
