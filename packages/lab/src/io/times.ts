const DATE =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{2}):(\d{2}):(\d{2}(?:[.,]\d+)?)\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?$/;

/** What {@link secondsOf} reads, for messages. */
export const TIME_FORMS = 'seconds or a date like 2024-11-15 16:57:50';

/** A time in seconds: a number, or a date with or without a zone; one without is taken as it stands. Null if it is neither. */
export function secondsOf(text: string): number | null {
  if (text.trim() === '') return null;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  const match = DATE.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  const isReal =
    Number(month) >= 1 &&
    Number(day) >= 1 &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    new Date(start).getUTCDate() === Number(day);
  if (!isReal) return null;
  const zone =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  return start / 1000 - zone * 60 + Number(second.replace(',', '.'));
}
