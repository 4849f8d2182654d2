/**
 * A rule that turns what a cell observes into its splits. It is created anew for every run and may keep state, which
 * `reset` clears at the start of every episode.
 */
export interface Policy {
  readonly name: string;
  /** Features that the policy reads, by name of the observation registry, in this order. */
  readonly features: readonly string[];
  /** @param seed the run's seed and @param episode the episode's number: what random policies draw from */
  reset(seed: number, episode: number): void;
  /**
   * Writes the splits of one cell, each in [0, 1] (paper 000, eq. 4).
   *
   * @param observation `Float64Array`, this cell's features start at `offset`
   * @param action `Float64Array`, this cell's ρC and ρP are written at `actionOffset` and `actionOffset + 1`
   */
  act(
    observation: Float64Array,
    offset: number,
    action: Float64Array,
    actionOffset: number,
    cell: number,
  ): void;
  /** Of one that keeps state: that state as plain data, to go back to within an episode; `reset` comes before `restore`. */
  snapshot?(): number[];
  restore?(state: readonly number[]): void;
}

/** Makes a policy from the numbers behind its name, as in `fixed:0.3,0.3`. */
export type PolicyFactory = (parameters: readonly number[]) => Policy;
