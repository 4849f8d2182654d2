/** `cells[0].bandwidthHz` → `['cells', 0, 'bandwidthHz']`. */
export function parsePath(path: string): (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** `['cells', 0, 'bandwidthHz']` → `cells[0].bandwidthHz`. */
export function formatPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : path ? `${path}.${String(part)}` : String(part),
    '',
  );
}

/**
 * A copy of `value` in which the fields named by dotted paths have new values. Missing objects on the way are created, so
 * that validation, and not this function, says what does not exist.
 */
export function withChanges(value: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(changes).reduce(
    (copy, [path, change]) => withChange(copy, parsePath(path), change),
    value,
  );
}

function withChange(value: unknown, [part, ...rest]: (string | number)[], change: unknown): unknown {
  if (part === undefined) return change;
  const parent = typeof value === 'object' && value !== null ? value : {};
  const next = withChange((parent as Record<string | number, unknown>)[part], rest, change);
  if (Array.isArray(parent) && typeof part === 'number') {
    const items = [...(parent as unknown[])];
    items[part] = next;
    return items;
  }
  // A computed key, so that even `__proto__` becomes a plain field, which validation refuses.
  return { ...parent, [part]: next };
}
