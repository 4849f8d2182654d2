/** Weights of training seed 1 of `metalore reproduce provider-scorer`, in the order of `SCORER_FEATURES`. */
export const SCORER_WEIGHTS: readonly number[] = [
  5.203, 0.454, 0.642, 0.005, 1.332, -2.505, -0.975, -0.699, -13.719, -0.651, -1.016, -3.52,
];
