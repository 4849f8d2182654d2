/** Where something is, m from the west and from the south. */
export interface Place {
  readonly xM: number;
  readonly yM: number;
}
