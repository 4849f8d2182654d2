import {
  createMarket,
  ProviderSimulator,
  type Market,
  type ProviderInstance,
  type ProviderPolicy,
  type TaskEvent,
} from '@metalore/core/provider';

/** A task in progress, as it is drawn. */
export interface RunningTask {
  readonly task: number;
  readonly steps: number;
}

/** One side of the game: a simulator, what runs where, and who decides; without a policy, a person does. */
export class Player {
  readonly market: Market;
  readonly simulator: ProviderSimulator;
  /** Tasks in progress by provider, in the order of their arrival. */
  readonly running: RunningTask[][];
  /** Provider that crashed at the last decision, −1 for none, and what was decided and paid. */
  crashed = -1;
  chosen = -1;
  paid = 0;

  constructor(
    instance: ProviderInstance,
    readonly policy: ProviderPolicy | undefined,
  ) {
    this.market = createMarket(instance);
    this.running = instance.providers.map(() => []);
    this.simulator = new ProviderSimulator(this.market, this.#onEvent);
    policy?.begin(this.simulator, 1);
    this.simulator.arrive();
  }

  /** Gives the next task to a provider: to `provider` where a person plays, else to the policy's. */
  decide(provider: number): void {
    const { simulator, policy } = this;
    if (simulator.done) return;
    const task = simulator.next;
    const before = simulator.reward;
    this.crashed = -1;
    this.chosen = policy === undefined ? provider : policy.choose(simulator);
    if (simulator.give(this.chosen)) {
      const { sizeOf, value, providers } = this.market;
      policy?.observe?.(simulator, task, this.chosen, value[sizeOf[task] * providers + this.chosen]);
    }
    this.paid = simulator.reward - before;
    simulator.arrive();
  }

  #onEvent = (event: TaskEvent, _timeS: number, task: number, provider: number): void => {
    if (event === 'accepted') this.running[provider].push({ task, steps: this.market.steps[task] });
    else if (event === 'finished' || event === 'lost') {
      this.running[provider] = this.running[provider].filter((other) => other.task !== task);
    } else if (event === 'crashed') this.crashed = provider;
  };
}
