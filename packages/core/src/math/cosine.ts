/** 1/(2n)! with alternating signs times (2π)^(2n), n = 0 … 11: cos(2πu) as a series in u². */
const TERMS: readonly number[] = (() => {
  const terms = [1];
  const square = 6.283185307179586 * 6.283185307179586;
  for (let n = 1; n <= 11; n++) terms.push((-terms[n - 1] * square) / ((2 * n - 1) * (2 * n)));
  return terms;
})();

/** cos(2πu), the same on every engine; absolute error below 1e-15. @param turns any finite number */
export function cosineOfTurns(turns: number): number {
  const folded = Math.abs(turns - Math.floor(turns + 0.5));
  // cos(2πu) = −cos(2π(½ − u)): the series is summed over a quarter turn only
  const isFar = folded > 0.25;
  const u = isFar ? 0.5 - folded : folded;
  const square = u * u;
  let sum = 0;
  for (let n = TERMS.length - 1; n >= 0; n--) sum = sum * square + TERMS[n];
  return isFar ? -sum : sum;
}
