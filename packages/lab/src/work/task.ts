/**
 * What a worker can be asked to do: a pure function of its payload; payload and result are plain data that can be sent
 * between threads. A system defines its tasks; `registry/tasks.ts` lists them for worker threads by name.
 */
export interface Task<Payload> {
  readonly name: string;
  readonly run: (payload: Payload) => unknown;
}
