import { dbToRatio, spectralEfficiency } from '../radio/index.js';
import { ExactAdmission, DEADLINE_SLACK, type AdmissionProblem } from './admission.js';
import { admitHeuristically } from './admission-heuristic.js';
import { InvalidInputError } from '../errors/index.js';
import { MAX_EXACT_TASKS, type AuctionInstance } from './instance.js';
import { bestAlpha, drivingMatchOf, expectedMatch } from './match-prior.js';

/** How served sets are found. */
export type AdmissionMethod = 'exact' | 'heuristic';

export interface MarketOptions {
  /** `exact` (default) up to 16 tasks a vehicle; `heuristic` for any number, with a bound. */
  readonly admission?: AdmissionMethod | undefined;
  /** Price scaling factor in place of α*, ≥ 1. */
  readonly alpha?: number | undefined;
}

/** An instance made ready for mechanisms: everything by vehicle or task in flat arrays. */
export class Market {
  /** Tasks of vehicle i are `firstTask[i]` to `firstTask[i + 1]` − 1. */
  readonly firstTask: Int32Array;
  /** p_in = s/R_i + s·c/f with R_i = B log2(1 + SNR_i), s. */
  readonly durationS: Float64Array;
  readonly deadlineS: Float64Array;
  readonly value: Float64Array;
  /** The tasks of every vehicle by deadline, ties by index. */
  readonly order: Int32Array;
  /** simulationValue · usefulness_i. */
  readonly restScale: Float64Array;
  /** Price scaling factor α of the modified second bid. */
  readonly alpha: number;
  /** What a unit of rest is expected to give: E M_(2) · a/(a−1) · α^{1−a} + μ0 (1 − α^{−a}). */
  readonly gain: number;
  /** Match μ0 of the driving simulator. */
  readonly drivingMatch: number;
  readonly admission: AdmissionMethod;
  /** Largest relative distance of a heuristically served set from its bound; 0 for exact sets. */
  admissionGap = 0;
  readonly #exact: ExactAdmission;
  readonly #equalWeights: Float64Array;

  /**
   * @throws InvalidInputError if a vehicle has more than 16 tasks and admission is exact, or for an α below 1
   */
  constructor(
    readonly instance: AuctionInstance,
    { admission = 'exact', alpha }: MarketOptions = {},
  ) {
    const { vehicles, matches, prior, bandwidthHz, computeHz, simulationValue } = instance;
    this.admission = admission;
    const most = vehicles.reduce((sum, { tasks }) => Math.max(sum, tasks.length), 0);
    if (admission === 'exact' && most > MAX_EXACT_TASKS) throw tooManyTasks(instance);
    if (alpha !== undefined && !(alpha >= 1)) {
      throw new InvalidInputError('auction', [{ path: 'alpha', message: `${alpha} is not at least 1` }]);
    }
    const simulators = matches[0].length;
    this.alpha = simulators === 1 ? 1 : (alpha ?? bestAlpha(prior, simulators));
    this.gain = expectedMatch(prior, simulators, this.alpha);
    this.drivingMatch = drivingMatchOf(prior, simulators);
    const count = vehicles.reduce((sum, { tasks }) => sum + tasks.length, 0);
    this.firstTask = new Int32Array(vehicles.length + 1);
    this.durationS = new Float64Array(count);
    this.deadlineS = new Float64Array(count);
    this.value = new Float64Array(count);
    this.order = new Int32Array(count);
    this.restScale = new Float64Array(vehicles.length);
    let at = 0;
    vehicles.forEach(({ snrDb, usefulness, tasks }, i) => {
      const rateBps = bandwidthHz * spectralEfficiency(dbToRatio(snrDb));
      const first = at;
      for (const { bits, cyclesPerBit, deadlineS, value } of tasks) {
        this.durationS[at] = bits === 0 ? 0 : bits / rateBps + (bits * cyclesPerBit) / computeHz;
        this.deadlineS[at] = deadlineS;
        this.value[at] = value;
        insertByDeadline(this.order, this.deadlineS, first, at - first);
        at++;
      }
      this.firstTask[i + 1] = at;
      this.restScale[i] = simulationValue * usefulness;
    });
    this.#exact = new ExactAdmission(admission === 'exact' ? most : 0);
    this.#equalWeights = new Float64Array(count).fill(prior.taskValueMean);
  }

  get vehicles(): number {
    return this.restScale.length;
  }

  get simulators(): number {
    return this.instance.matches[0].length;
  }

  /** What traffic simulator j says its match with vehicle i is. */
  reportedMatch(i: number, j: number): number {
    return (this.instance.reportedMatches ?? this.instance.matches)[i][j];
  }

  /** C_i(A) = simulationValue · usefulness_i · max(0, 1 − Σp/T_c). */
  rest(i: number, busyS: number): number {
    return this.restScale[i] * Math.max(0, 1 - busyS / this.instance.cycleS);
  }

  /** The most valuable task that can end in time alone; nothing if none can. Writes flags, returns Σp. */
  serveMostValuable(i: number, served: Uint8Array): number {
    let best = -1;
    for (let task = this.firstTask[i]; task < this.firstTask[i + 1]; task++) {
      served[task] = 0;
      const isInTime = this.durationS[task] <= this.deadlineS[task] * (1 + DEADLINE_SLACK);
      if (isInTime && (best < 0 || this.value[task] > this.value[best])) best = task;
    }
    if (best < 0) return 0;
    served[best] = 1;
    return this.durationS[best];
  }

  /**
   * Feasible A that maximises Σ_{n ∈ A} w_n + worth · C_i(A).
   *
   * @param weights `mean`: every task counts taskValueMean and something is served where it can be; `value`: the
   *   vehicle's own values, and nothing served is allowed
   * @param worth what a unit of rest is worth
   * @param served flags of the tasks, written
   * @returns Σp of the served tasks, s
   */
  serveBest(i: number, weights: 'mean' | 'value', worth: number, served: Uint8Array): number {
    const first = this.firstTask[i];
    const problem: AdmissionProblem = {
      first,
      count: this.firstTask[i + 1] - first,
      order: this.order,
      durationsS: this.durationS,
      deadlinesS: this.deadlineS,
      weights: weights === 'mean' ? this.#equalWeights : this.value,
      restWorth: worth * this.restScale[i],
      cycleS: this.instance.cycleS,
      allowNone: weights === 'value',
    };
    if (this.admission === 'exact') {
      const set = this.#exact.solve(problem);
      for (let n = 0; n < problem.count; n++) served[first + n] = (set >> n) & 1;
    } else {
      const found = admitHeuristically(problem);
      served.set(found.served, first);
      const gap = found.bound > 0 ? 1 - found.value / found.bound : 0;
      this.admissionGap = Math.max(this.admissionGap, gap);
    }
    return this.busy(i, served);
  }

  /** Σp of the served tasks in the order of deadlines, s. */
  busy(i: number, served: Uint8Array): number {
    const first = this.firstTask[i];
    let sum = 0;
    for (let at = first; at < this.firstTask[i + 1]; at++) {
      const task = first + this.order[at];
      if (served[task] === 1) sum += this.durationS[task];
    }
    return sum;
  }

  /** Σv of the served tasks. */
  servedValue(i: number, served: Uint8Array): number {
    let sum = 0;
    for (let task = this.firstTask[i]; task < this.firstTask[i + 1]; task++) {
      if (served[task] === 1) sum += this.value[task];
    }
    return sum;
  }
}

/** Puts local task n into its place among `order[first … first + n − 1]`. */
function insertByDeadline(order: Int32Array, deadlineS: Float64Array, first: number, n: number): void {
  let place = first + n;
  while (place > first && deadlineS[first + order[place - 1]] > deadlineS[first + n]) {
    order[place] = order[place - 1];
    place--;
  }
  order[place] = n;
}

function tooManyTasks({ vehicles }: AuctionInstance): InvalidInputError {
  return new InvalidInputError(
    'auction instance',
    vehicles.flatMap(({ tasks }, i) =>
      tasks.length > MAX_EXACT_TASKS
        ? [
            {
              path: `vehicles[${i}].tasks`,
              message: `vehicle ${i}: ${tasks.length} tasks (task ${MAX_EXACT_TASKS} is one too many); exact admission takes at most ${MAX_EXACT_TASKS}`,
            },
          ]
        : [],
    ),
    { hint: '--admission heuristic takes any number and prints a gap' },
  );
}
