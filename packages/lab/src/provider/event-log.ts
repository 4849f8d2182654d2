import type { EventListener, TaskEvent } from '@metalore/core/provider';

/** What happened to every task, in the order of time. */
export class EventLog {
  readonly #event: TaskEvent[] = [];
  readonly #timeS: number[] = [];
  readonly #task: number[] = [];
  readonly #provider: number[] = [];
  readonly #reward: number[] = [];

  readonly listen: EventListener = (event, timeS, task, provider, reward) => {
    this.#event.push(event);
    this.#timeS.push(timeS);
    this.#task.push(task);
    this.#provider.push(provider);
    this.#reward.push(reward);
  };

  /** Columns of the table `events`; provider −1 for a task that was turned away. */
  get columns() {
    return {
      timeS: Float64Array.from(this.#timeS),
      event: this.#event,
      task: Int32Array.from(this.#task),
      provider: Int32Array.from(this.#provider),
      reward: Float64Array.from(this.#reward),
    };
  }
}
