import { plainError, WorkerError, type PlainError } from './problem.js';

/** Requests and answers between the page and a worker: one answer for every request, errors as data. */

type Handlers = Record<string, (argument: never) => unknown>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: PlainError });

/** A value together with the buffers that move to the other side instead of being copied. */
export class Moved<T> {
  constructor(
    readonly value: T,
    readonly buffers: readonly ArrayBuffer[],
  ) {}
}

/** Answers the page's requests with these functions; called in a worker. */
export function serve(handlers: Handlers): void {
  const scope = self as unknown as {
    onmessage: (event: MessageEvent<Call>) => void;
    postMessage(message: Answer, transfer?: readonly ArrayBuffer[]): void;
  };
  scope.onmessage = async ({ data: { id, name, argument } }) => {
    try {
      const result = await handlers[name](argument as never);
      if (result instanceof Moved) scope.postMessage({ id, value: result.value }, result.buffers);
      else scope.postMessage({ id, value: result });
    } catch (error) {
      scope.postMessage({ id, error: plainError(error) });
    }
  };
}

type Result<T> = T extends Moved<infer Value> ? Value : T;

/**
 * The page's side of a worker. A worker that does not answer in time is ended and, with the next request, started anew, so
 * that no input can hang the page.
 */
export class WorkerClient<Served extends Handlers> {
  #worker: Worker | undefined;
  #next = 0;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();

  constructor(
    readonly start: () => Worker,
    readonly timeoutMs: number,
  ) {}

  call<Name extends keyof Served & string>(
    name: Name,
    argument: Parameters<Served[Name]>[0],
  ): Promise<Result<Awaited<ReturnType<Served[Name]>>>> {
    const worker = (this.#worker ??= this.#begin());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.stop(`no answer within ${this.timeoutMs / 1000} s; stopped`),
        this.timeoutMs,
      );
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          this.#pending.delete(id);
          done(value);
        };
      this.#pending.set(id, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) });
      worker.postMessage({ id, name, argument } satisfies Call);
    });
  }

  /** Ends the worker; whoever waits for it gets an error. */
  stop(reason = 'stopped'): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const error = new WorkerError(plainError(new Error(reason)));
    for (const { reject } of [...this.#pending.values()]) reject(error);
  }

  #begin(): Worker {
    const worker = this.start();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const call = this.#pending.get(data.id);
      if ('error' in data) call?.reject(new WorkerError(data.error));
      else call?.resolve(data.value);
    };
    worker.onerror = (event) => this.stop(event.message || 'the worker could not be started');
    return worker;
  }
}
