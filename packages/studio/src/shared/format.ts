/** A number with a fixed count of decimals, for places where digits must not jump; a dash where there is none. */
export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  return value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** About three digits. */
export function short(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size > 0 && size < 0.01) return String(Number(value.toPrecision(2)));
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A share in percent. */
export function percent(share: number | undefined, decimals = 0): string {
  return share === undefined || !Number.isFinite(share) ? '–' : `${fixed(share * 100, decimals)} %`;
}
