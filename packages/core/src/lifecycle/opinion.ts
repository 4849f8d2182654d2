/**
 * An opinion of subjective logic: belief, disbelief and uncertainty, each in [0, 1], of sum 1 (paper 002, second of its
 * papers, V-D; the operators are those of multi-weight subjective logic, its [146]).
 */
export interface Opinion {
  readonly belief: number;
  readonly disbelief: number;
  readonly uncertainty: number;
}

/** The opinion of whoever knows nothing: (0, 0, 1). It changes nothing it is fused with. */
export const VACUOUS: Opinion = { belief: 0, disbelief: 0, uncertainty: 1 };

/**
 * An opinion from evidence: u = prior/(prior + n), b = (1 − u)·r/(r + s), d = (1 − u)·s/(r + s); {@link VACUOUS} if
 * r + s = 0.
 *
 * @param positive r ≥ 0, weighted successes
 * @param negative s ≥ 0, weighted failures
 * @param count n ≥ 0, interactions
 * @param prior interactions that would halve the uncertainty, ≥ 0
 */
export function opinionOf(positive: number, negative: number, count: number, prior: number): Opinion {
  const evidence = positive + negative;
  if (!(evidence > 0)) return VACUOUS;
  const uncertainty = prior / (prior + count);
  return {
    belief: ((1 - uncertainty) * positive) / evidence,
    disbelief: ((1 - uncertainty) * negative) / evidence,
    uncertainty,
  };
}

/**
 * Mean of opinions: Σ δ·ω / Σ δ, each component alike; {@link VACUOUS} without any.
 *
 * @param weights δ ≥ 0, one per opinion
 */
export function averageOpinions(opinions: readonly Opinion[], weights: readonly number[]): Opinion {
  let belief = 0;
  let disbelief = 0;
  let uncertainty = 0;
  let total = 0;
  opinions.forEach((opinion, index) => {
    belief += weights[index] * opinion.belief;
    disbelief += weights[index] * opinion.disbelief;
    uncertainty += weights[index] * opinion.uncertainty;
    total += weights[index];
  });
  if (!(total > 0)) return VACUOUS;
  return { belief: belief / total, disbelief: disbelief / total, uncertainty: uncertainty / total };
}

/**
 * Cumulative fusion of a local and a recommended opinion: k = u_l + u_r − u_l·u_r, b = (b_l·u_r + b_r·u_l)/k, d alike,
 * u = u_l·u_r/k. It commutes. Two opinions without any uncertainty have k = 0; they are averaged, which is the limit for
 * u_l = u_r → 0.
 */
export function fuseOpinions(left: Opinion, right: Opinion): Opinion {
  const product = left.uncertainty * right.uncertainty;
  const k = left.uncertainty + right.uncertainty - product;
  if (!(k > 0)) return averageOpinions([left, right], [1, 1]);
  return {
    belief: (left.belief * right.uncertainty + right.belief * left.uncertainty) / k,
    disbelief: (left.disbelief * right.uncertainty + right.disbelief * left.uncertainty) / k,
    uncertainty: product / k,
  };
}

/** Reputation T = b + baseRate·u, in [0, 1]: the probability that the opinion expects a success with. */
export function expectation(opinion: Opinion, baseRate: number): number {
  return opinion.belief + baseRate * opinion.uncertainty;
}
