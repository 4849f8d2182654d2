import { exp, exp10, log } from '../math/index.js';

const LN2 = 0.6931471805599453;
const NEWTON_STEPS = 80;

/** Numbers of a contract problem that are the same in every state an environment draws. */
export interface ContractConstants {
  /** Bandwidth W, MHz, > 0. */
  readonly bandwidthMhz: number;
  /** Length of a round T, s, > 0. */
  readonly roundS: number;
  /** Cost of transmission energy, per J, ≥ 0. */
  readonly perJoule: number;
  /** Cost of extracting and handing over semantic data, per Mbit, ≥ 0. */
  readonly perMbit: number;
  /** Utility below which a provider stays out, ≥ 0. */
  readonly threshold: number;
  /** Largest item, Mbit, > 0. */
  readonly maxMbit: number;
}

/** What differs between states. Type l stands at index l, least efficient first. */
export interface ContractState {
  /** Γ in dB: signal-to-noise ratio per W of transmission power. */
  readonly snrPerWattDb: number;
  /** Share of the data that the recipient cannot use, in [0, 1). */
  readonly unusableShare: number;
  /** Factor of the recipient's value, ≥ 0. */
  readonly scale: number;
  /** θ, > 0, increasing. */
  readonly efficiency: ArrayLike<number>;
  /** β, ≥ 0, sum 1. */
  readonly share: ArrayLike<number>;
}

/**
 * Value and cost of semantic data (paper 002, second of its four papers, V-A, which prints no formula: structure from its
 * text, functions and constants ours):
 *
 *     C(q) = perJoule · T · (2^{q/(W T)} − 1)/Γ + perMbit · q      cost of a provider of efficiency 1
 *     V(q) = scale · ln(1 + (1 − unusableShare) · q)               value for the recipient
 *
 * The first part of C is what sending q Mbit takes in T seconds over W MHz by Shannon's formula. One object is loaded with
 * state after state; nothing is allocated by {@link ContractModel.load}.
 */
export class ContractModel {
  readonly efficiency: Float64Array;
  readonly share: Float64Array;
  readonly threshold: number;
  readonly maxMbit: number;
  readonly perMbit: number;
  /** ln 2/(W T), 1/Mbit. */
  readonly growth: number;
  readonly #joules: number;
  /** perJoule · T/Γ. */
  energy = 0;
  /** 1 − unusableShare. */
  usable = 1;
  scale = 0;

  constructor(
    readonly types: number,
    constants: ContractConstants,
  ) {
    this.efficiency = new Float64Array(types);
    this.share = new Float64Array(types);
    this.threshold = constants.threshold;
    this.maxMbit = constants.maxMbit;
    this.perMbit = constants.perMbit;
    this.growth = LN2 / (constants.bandwidthMhz * constants.roundS);
    this.#joules = constants.perJoule * constants.roundS;
  }

  /** Takes over a state of `types` types. */
  load(state: ContractState): void {
    this.setLink(state.snrPerWattDb, state.unusableShare, state.scale);
    this.efficiency.set(state.efficiency);
    this.share.set(state.share);
  }

  /** Takes over a state but for its types, which the caller writes into `efficiency` and `share`. */
  setLink(snrPerWattDb: number, unusableShare: number, scale: number): void {
    this.energy = this.#joules / exp10(snrPerWattDb / 10);
    this.usable = 1 - unusableShare;
    this.scale = scale;
  }

  /** V(q). */
  value(mbit: number): number {
    return this.scale * log(1 + this.usable * mbit);
  }

  /** V′(q), per Mbit. */
  marginalValue(mbit: number): number {
    return (this.scale * this.usable) / (1 + this.usable * mbit);
  }

  /** C(q). */
  cost(mbit: number): number {
    const sending = this.energy === 0 ? 0 : this.energy * (exp(this.growth * mbit) - 1);
    return sending + this.perMbit * mbit;
  }

  /** C′(q), per Mbit. */
  marginalCost(mbit: number): number {
    const sending = this.energy === 0 ? 0 : this.energy * this.growth * exp(this.growth * mbit);
    return sending + this.perMbit;
  }

  /**
   * The q in [0, maxMbit] at which V(q) − ratio · C(q) is largest: where ln V′ − ln ratio − ln C′, which falls in q and is
   * nearly straight even where 2^{q/(W T)} is astronomic, crosses zero. By Newton's method inside a bracket.
   *
   * @param ratio ≥ 0, ∞ allowed
   */
  bestMbit(ratio: number): number {
    const { usable, growth, maxMbit } = this;
    const goal = log(this.scale * usable) - log(ratio);
    const logEnergy = log(this.energy * growth);
    const logPerMbit = log(this.perMbit);
    if (logEnergy === -Infinity && logPerMbit === -Infinity) return goal > -Infinity ? maxMbit : 0;
    let low = 0;
    let high = maxMbit;
    if (!(goal - logMarginalCost(logEnergy, logPerMbit) > 0)) return 0;
    if (goal - log(1 + usable * high) - logMarginalCost(logEnergy + growth * high, logPerMbit) >= 0) {
      return high;
    }
    let q = 0.5 * high;
    for (let round = 0; round < NEWTON_STEPS; round++) {
      const sending = logEnergy + growth * q;
      const excess = goal - log(1 + usable * q) - logMarginalCost(sending, logPerMbit);
      if (excess > 0) low = q;
      else high = q;
      const slope = usable / (1 + usable * q) + growth / (1 + exp(logPerMbit - sending));
      const step = excess / slope;
      // Newton's steps shrink quadratically: behind one of 1e-10, what is left is below the last bit.
      if (step < 1e-10 * q && step > -1e-10 * q) return q + step;
      q += step;
      if (!(q > low && q < high)) q = 0.5 * (low + high);
    }
    return q;
  }
}

/** ln(e^sending + e^perMbit). */
function logMarginalCost(logSending: number, logPerMbit: number): number {
  if (logSending > logPerMbit) return logSending + log(1 + exp(logPerMbit - logSending));
  return logPerMbit + log(1 + exp(logSending - logPerMbit));
}
