/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16) over a rollout of `steps` steps of `envs` environments;
 * all arrays are `[steps × envs]`, row-major:
 * δ_t = r_t + γ V_{t+1} − V_t, A_t = δ_t + γ λ A_{t+1}, where V and A after the end of an episode are 0.
 *
 * @param ends 1 where the step ended its episode
 * @param bootstrap what is added to the reward of such a step: γ V(last observation) for an episode that was cut off
 * @param lastValues `[envs]`: V of the observations after the rollout
 * @param advantages written
 * @param returns written: A + V
 */
export function generalisedAdvantages(
  steps: number,
  envs: number,
  rewards: Float64Array,
  values: Float64Array,
  ends: Uint8Array,
  bootstrap: Float64Array,
  lastValues: Float64Array,
  gamma: number,
  lambda: number,
  advantages: Float64Array,
  returns: Float64Array,
): void {
  for (let env = 0; env < envs; env++) {
    let advantage = 0;
    let nextValue = lastValues[env];
    for (let step = steps - 1; step >= 0; step--) {
      const at = step * envs + env;
      const goesOn = 1 - ends[at];
      const delta = rewards[at] + bootstrap[at] + gamma * nextValue * goesOn - values[at];
      advantage = delta + gamma * lambda * goesOn * advantage;
      advantages[at] = advantage;
      returns[at] = advantage + values[at];
      nextValue = values[at];
    }
  }
}
