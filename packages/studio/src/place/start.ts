/** Starts the worker that cuts zones. */
export function startPlace(): Worker {
  return new Worker(new URL('./place-worker.ts', import.meta.url), { type: 'module' });
}
