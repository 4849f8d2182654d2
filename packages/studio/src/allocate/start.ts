/** Starts the worker that allocates. */
export function startAllocate(): Worker {
  return new Worker(new URL('./allocate-worker.ts', import.meta.url), { type: 'module' });
}
