/** What is minimised, and under which shared limits. */
export interface BarrierGoal {
  /** Weight of the total time in the objective: 1, or 0 in a search for a feasible point. */
  omega: number;
  /** Price of band, ms per share, and of edge cycles, ms per GHz, in the objective. */
  lambda: number;
  mu: number;
  /** Whether Σ b ≤ bandLimit and Σ u ≤ edgeRate hold (otherwise blocks are independent but for ζ). */
  coupled: boolean;
  bandLimit: number;
  /** Mask of block constraints relaxed by ζ, with bit 9 for the shared ones; 0 without ζ. The objective then is ζ. */
  relax: number;
  /** ζ at the start, and the value below which the search may stop at once. */
  zeta: number;
  stopBelow: number;
  /** Duality gap at which to stop, relative to the objective. */
  tolerance: number;
}

export const RELAX_SHARED = 1 << 9;
