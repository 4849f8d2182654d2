/** Starts the worker that reads tables. */
export function startTables(): Worker {
  return new Worker(new URL('./table-worker.ts', import.meta.url), { type: 'module' });
}
