/** Starts the worker that simulates. */
export function startSimulation(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}
