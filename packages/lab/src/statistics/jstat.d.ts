/** The one function we take from jStat, which has no types of its own. */
declare module 'jstat' {
  const jStat: {
    /** Student's t: `inv(p, dof)` is the quantile function. */
    studentt: { inv(probability: number, degreesOfFreedom: number): number };
  };
  export default jStat;
}
