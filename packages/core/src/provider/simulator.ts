import { IndexedHeap } from '../collections/index.js';
import { FreeTree } from './free-tree.js';
import type { Market } from './market.js';
import { valueOf } from './market.js';

/** What happens to a task, for a log or a picture. */
export type TaskEvent = 'accepted' | 'finished' | 'crashed' | 'lost' | 'restarted' | 'turned-away';

/**
 * Told of every event in the order of time: at one instant first what finishes (earliest first), then the arrival; in a crash
 * the task that does not fit, then those that ran there, in the order of their arrival.
 *
 * @param provider −1 for a task that was turned away
 * @param reward what the event pays; the sum over all events is the reward of the run
 */
export type EventListener = (
  event: TaskEvent,
  timeS: number,
  task: number,
  provider: number,
  reward: number,
) => void;

const NONE = -1;

/**
 * Tasks at providers, event by event over typed arrays; nothing is allocated while it runs (paper 002, second paper, V-B).
 *
 * A task given to a provider with room runs at once, beside the others. One that does not fit crashes the provider and is
 * dropped: reward −cost·(1 + Σ (1 − progress_k)) over the tasks k that ran there, which are lost (`lose`) or begin again at
 * that moment (`restart`). A task is finished, and its steps free, from its end on: end ≤ now.
 */
export class ProviderSimulator {
  readonly market: Market;
  /** `Float64Array [n]`: steps free at every provider. */
  readonly free: Float64Array;
  /** `Int32Array [m]`: provider a task was given to, −1 for none yet or turned away. */
  readonly assignment: Int32Array;
  /** `Float64Array [m]`: when a task (last) began and when it ends or would have ended, s. */
  readonly startS: Float64Array;
  readonly endS: Float64Array;

  /** Number of the task that is next to be decided; `market.tasks` after the last. */
  next = 0;
  reward = 0;
  accepted = 0;
  /** Crashed providers, or were turned away. */
  dropped = 0;
  finished = 0;
  lost = 0;
  crashes = 0;
  /** Σ u of finished tasks. */
  completedValue = 0;
  /** Σ steps × time in progress until the last arrival, step·s. */
  workedStepS = 0;

  readonly #running: IndexedHeap;
  readonly #mostFree: FreeTree;
  /** Running tasks of each provider in the order of their arrival, doubly linked. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #onEvent: EventListener | undefined;
  readonly #paysAtAcceptance: boolean;
  readonly #restarts: boolean;
  readonly #horizonS: number;

  constructor(market: Market, onEvent?: EventListener) {
    const { providers, tasks, instance } = market;
    this.market = market;
    this.free = market.capacity.slice();
    this.assignment = new Int32Array(tasks).fill(NONE);
    this.startS = new Float64Array(tasks);
    this.endS = new Float64Array(tasks);
    this.#running = new IndexedHeap(tasks);
    this.#mostFree = new FreeTree(this.free);
    this.#first = new Int32Array(providers).fill(NONE);
    this.#last = new Int32Array(providers).fill(NONE);
    this.#before = new Int32Array(tasks);
    this.#after = new Int32Array(tasks);
    this.#onEvent = onEvent;
    this.#paysAtAcceptance = instance.reward === 'acceptance';
    this.#restarts = instance.crash.mode === 'restart';
    this.#horizonS = market.atS[tasks - 1];
  }

  /** Provider with most free steps, the lowest of equal ones. */
  get mostFree(): number {
    return this.#mostFree.most;
  }

  /** Whether all tasks were decided. */
  get done(): boolean {
    return this.next === this.market.tasks;
  }

  /** Time of the next task's arrival, s. */
  get nowS(): number {
    return this.market.atS[this.next];
  }

  /** What it costs to crash a provider: cost·(1 + Σ (1 − progress_k)) over what runs there. @param timeS default: now */
  crashCost(provider: number, timeS = this.nowS): number {
    const { runS, instance } = this.market;
    let missing = 0;
    for (let other = this.#first[provider]; other !== NONE; other = this.#after[other]) {
      missing += 1 - (timeS - this.startS[other]) / runS[other];
    }
    return instance.crash.cost * (1 + missing);
  }

  /** Comes to the arrival of the next task: what ends by then is finished. After the last task, everything is. */
  arrive(): void {
    const timeS = this.done ? Infinity : this.nowS;
    for (;;) {
      const task = this.#running.peek();
      if (task < 0 || this.endS[task] > timeS) return;
      this.#finish(task);
    }
  }

  /**
   * Gives the next task, which has arrived, to a provider.
   *
   * @param provider in [0, n), or −1 to turn it away
   * @returns whether it runs
   */
  give(provider: number): boolean {
    const task = this.next++;
    const timeS = this.market.atS[task];
    if (provider === NONE) {
      this.dropped++;
      this.#onEvent?.('turned-away', timeS, task, NONE, 0);
      return false;
    }
    this.assignment[task] = provider;
    if (this.market.steps[task] > this.free[provider]) {
      this.#crash(task, provider, timeS);
      return false;
    }
    this.accepted++;
    this.#begin(task, timeS);
    this.#append(task, provider);
    this.#setFree(provider, this.free[provider] - this.market.steps[task]);
    const paid = this.#paysAtAcceptance ? valueOf(this.market, task, provider) : 0;
    this.reward += paid;
    this.#onEvent?.('accepted', timeS, task, provider, paid);
    return true;
  }

  /** Back to the first task. */
  reset(): void {
    this.free.set(this.market.capacity);
    this.#mostFree.rebuild();
    while (this.#running.size > 0) this.#running.pop();
    this.assignment.fill(NONE);
    this.#first.fill(NONE);
    this.#last.fill(NONE);
    this.next = this.accepted = this.dropped = this.finished = this.lost = this.crashes = 0;
    this.reward = this.completedValue = this.workedStepS = 0;
  }

  #begin(task: number, timeS: number): void {
    this.startS[task] = timeS;
    this.endS[task] = timeS + this.market.runS[task];
    this.#running.set(task, this.endS[task]);
  }

  #finish(task: number): void {
    const provider = this.assignment[task];
    const timeS = this.endS[task];
    this.#running.remove(task);
    this.#unlink(task, provider);
    // An idle provider is exactly free, whatever rounding non-integer steps left behind.
    const isIdle = this.#first[provider] === NONE;
    this.#setFree(
      provider,
      isIdle ? this.market.capacity[provider] : this.free[provider] + this.market.steps[task],
    );
    this.#work(task, timeS);
    this.finished++;
    const value = valueOf(this.market, task, provider);
    this.completedValue += value;
    const paid = this.#paysAtAcceptance ? 0 : value;
    this.reward += paid;
    this.#onEvent?.('finished', timeS, task, provider, paid);
  }

  #crash(task: number, provider: number, timeS: number): void {
    const paid = -this.crashCost(provider, timeS);
    this.reward += paid;
    this.crashes++;
    this.dropped++;
    this.#onEvent?.('crashed', timeS, task, provider, paid);
    for (let other = this.#first[provider]; other !== NONE; other = this.#after[other]) {
      this.#work(other, timeS);
      if (this.#restarts) {
        this.#begin(other, timeS);
        this.#onEvent?.('restarted', timeS, other, provider, 0);
      } else {
        this.#running.remove(other);
        this.lost++;
        this.#onEvent?.('lost', timeS, other, provider, 0);
      }
    }
    if (this.#restarts) return;
    this.#first[provider] = this.#last[provider] = NONE;
    this.#setFree(provider, this.market.capacity[provider]);
  }

  /** Counts the work since the task's beginning, as far as it lies before the last arrival. */
  #work(task: number, untilS: number): void {
    const seconds = Math.min(untilS, this.#horizonS) - this.startS[task];
    this.workedStepS += this.market.steps[task] * seconds;
  }

  #setFree(provider: number, steps: number): void {
    this.free[provider] = steps;
    this.#mostFree.update(provider);
  }

  #append(task: number, provider: number): void {
    const last = this.#last[provider];
    this.#before[task] = last;
    this.#after[task] = NONE;
    if (last === NONE) this.#first[provider] = task;
    else this.#after[last] = task;
    this.#last[provider] = task;
  }

  #unlink(task: number, provider: number): void {
    const before = this.#before[task];
    const after = this.#after[task];
    if (before === NONE) this.#first[provider] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#last[provider] = before;
    else this.#before[after] = before;
  }
}
