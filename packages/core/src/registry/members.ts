import type { Refuse } from './registry.js';

/**
 * Refuses what lacks one of the functions that its seam calls.
 *
 * @param what the thing itself, as in the contract: `a bandwidth scheduler { share(group, bandwidth, jobs) }`
 */
export function requireFunctions(
  value: unknown,
  names: readonly string[],
  what: string,
  refuse: Refuse,
): void {
  const isObject = typeof value === 'object' && value !== null;
  const missing = names.some(
    (name) => !isObject || typeof (value as Record<string, unknown>)[name] !== 'function',
  );
  if (missing) refuse('entry', isObject ? Object.keys(value) : value, what);
}

/** Refuses what is no function. */
export function requireFunction(value: unknown, what: string, refuse: Refuse): void {
  if (typeof value !== 'function') refuse('entry', value, what);
}
