/** A number with its sign. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** A number with some decimals; a dash where there is none. */
export function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}
