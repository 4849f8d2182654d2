import { exp, log } from '@metalore/core/math';
import { RandomStream } from '@metalore/core/random';
import type { TraceRequest } from '@metalore/core/serving';

export interface SyntheticLogOptions {
  readonly days: number;
  /** Requests, about. */
  readonly requests: number;
  readonly models: number;
}

const DAY_SECONDS = 86_400;
const SESSION_MEAN = 12;
const SWITCH_PROBABILITY = 0.08;
const GAP_SECONDS = 60;
const ZIPF_EXPONENT = 1.1;
/** Share of models that are there from the first day. */
const OLD_MODELS = 0.4;

/**
 * A made-up log with the shape of a text-to-image platform's: users come by day more than by night, stay for about a
 * dozen requests a minute apart, mostly with one model; popularity follows Zipf's law, and models appear over the weeks
 * and fade with a life of their own. For trying policies on something that is not the scenario's workload.
 */
export function syntheticLog(options: SyntheticLogOptions, seed: number): TraceRequest[] {
  const stream = new RandomStream(seed, 'serving/synthetic-log');
  const end = options.days * DAY_SECONDS;
  const models = Array.from({ length: options.models }, (_v, m) => ({
    name: `M${String(m).padStart(4, '0')}`,
    weight: exp(-ZIPF_EXPONENT * log(m + 1)),
    born: stream.uniform() < OLD_MODELS ? 0 : stream.uniform() * end * 0.9,
    lifeSeconds: DAY_SECONDS * (2 + stream.exponential(12)),
  }));
  const weightAt = (m: number, now: number): number => {
    const { weight, born, lifeSeconds } = models[m];
    return now < born ? 0 : weight * (0.05 + lifeSeconds / (lifeSeconds + now - born));
  };
  const choose = (now: number): number => {
    let sum = 0;
    for (let m = 0; m < models.length; m++) sum += weightAt(m, now);
    let rest = stream.uniform() * sum;
    for (let m = 0; m < models.length; m++) {
      rest -= weightAt(m, now);
      if (rest < 0) return m;
    }
    return 0;
  };
  const requests: TraceRequest[] = [];
  const meanGap = (end * SESSION_MEAN) / options.requests / 2;
  for (let start = stream.exponential(meanGap); start < end; start += stream.exponential(meanGap)) {
    // Sessions come at twice the mean rate and are thinned by the hour: (1 − cos) / 2 of the day, one half in the mean.
    if (stream.uniform() > dayShare(start)) continue;
    let model = choose(start);
    let now = start;
    const length = Math.max(1, Math.ceil(log(1 - stream.uniform()) / log(1 - 1 / SESSION_MEAN)));
    for (let request = 0; request < length; request++) {
      requests.push({ seconds: now, model: models[model].name });
      now += stream.exponential(GAP_SECONDS);
      if (stream.uniform() < SWITCH_PROBABILITY) model = choose(now);
    }
  }
  return requests;
}

/** Activity in [0, 1], zero at midnight, one at noon, piecewise quadratic; one half in the mean. */
function dayShare(seconds: number): number {
  const phase = (seconds % DAY_SECONDS) / DAY_SECONDS;
  const x = phase < 0.5 ? 2 * phase : 2 - 2 * phase;
  return x < 0.5 ? 2 * x * x : 1 - 2 * (1 - x) * (1 - x);
}
