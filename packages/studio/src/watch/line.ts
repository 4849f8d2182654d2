/** One line of a chart. */
export interface Line {
  readonly label: string;
  readonly colour: 'requests' | 'updates' | 'ink';
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
  readonly faint?: boolean;
}
