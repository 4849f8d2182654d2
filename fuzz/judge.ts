import { InternalError, MetaloreError } from '@metalore/core/errors';
import { Refusal } from '@metalore/live';

/** What is wrong with how an input was taken; undefined where nothing is. */
export interface Fault {
  readonly kind: 'crash' | 'not finite' | 'hang' | 'memory';
  readonly message: string;
}

/** An error that says what is wrong with the input is as it should be; any other is our mistake. */
export function faultOfError(error: unknown): Fault | undefined {
  if (error instanceof Refusal) return undefined;
  if (error instanceof MetaloreError && !(error instanceof InternalError)) return undefined;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'crash', message: stack.split('\n').slice(0, 4).join('\n') };
}

/** Whether all numbers of a result are finite. */
export function faultOfResult(result: unknown): Fault | undefined {
  const place = notFinite(result, '', 0);
  return place === undefined ? undefined : { kind: 'not finite', message: place };
}

const DEEPEST = 12;

function notFinite(value: unknown, place: string, depth: number): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place}: ${value}`;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const at = (value as Float64Array).findIndex((number) => !Number.isFinite(number));
    return at < 0 ? undefined : `${place}[${at}]: ${(value as Float64Array)[at]}`;
  }
  const parts = value instanceof Map ? value.entries() : Object.entries(value);
  for (const [name, part] of parts) {
    const found = notFinite(part, `${place}.${String(name)}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
