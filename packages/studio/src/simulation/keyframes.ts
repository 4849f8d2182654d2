import { blocksOf, packState, unpackState } from './blocks.js';

/** Bytes that the kept states of a run may have in all. */
const MAX_BYTES = 160_000_000;

/**
 * States of a run along its way, to go back to: as dense as memory allows, and thinner the farther they are from the last
 * one. What did not change from one to the next is stored once.
 */
export class Keyframes<State, Context> {
  readonly #kept: { readonly step: number; readonly state: unknown; readonly context: Context }[] = [];
  /** How many kept states use a block. */
  readonly #uses = new Map<ArrayBufferView, number>();
  #bytes = 0;

  constructor(readonly maxBytes = MAX_BYTES) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Steps of the kept states, rising. */
  get steps(): number[] {
    return this.#kept.map(({ step }) => step);
  }

  /** Keeps a copy of a state, unless one of that step is there. @param context kept with it as it is */
  keep(step: number, state: State, context: Context): void {
    const kept = this.#kept;
    const after = kept.findIndex((one) => one.step >= step);
    if (kept[after]?.step === step) return;
    const at = after < 0 ? kept.length : after;
    const one = { step, state: packState(state, kept[at - 1]?.state), context };
    kept.splice(at, 0, one);
    for (const block of blocksOf(one.state)) {
      const uses = this.#uses.get(block) ?? 0;
      if (uses === 0) this.#bytes += block.byteLength;
      this.#uses.set(block, uses + 1);
    }
    while (this.#bytes > this.maxBytes && kept.length > 2) this.#drop(this.#leastMissed(step));
  }

  /** Step of the last kept state before a step. */
  before(step: number): number | undefined {
    return this.#kept.findLast((one) => one.step < step)?.step;
  }

  /** A kept state. */
  at(step: number): { readonly state: State; readonly context: Context } {
    const { state, context } = this.#kept.find((one) => one.step === step)!;
    return { state: unpackState(state) as State, context };
  }

  /** Forgets what is later than a step. */
  forgetAfter(step: number): void {
    while ((this.#kept.at(-1)?.step ?? 0) > step) this.#drop(this.#kept.length - 1);
  }

  /** The one whose loss leaves the shortest way to go, for how far it is from `now`; never the first. */
  #leastMissed(now: number): number {
    const kept = this.#kept;
    let best = 1;
    let least = Infinity;
    for (let at = 1; at < kept.length; at++) {
      if (kept[at].step === now) continue;
      const gap = (kept[at + 1]?.step ?? kept[at].step) - kept[at - 1].step;
      const missed = gap / (1 + Math.abs(now - kept[at].step));
      if (missed >= least) continue;
      least = missed;
      best = at;
    }
    return best;
  }

  #drop(at: number): void {
    const [{ state }] = this.#kept.splice(at, 1);
    for (const block of blocksOf(state)) {
      const uses = this.#uses.get(block)! - 1;
      if (uses > 0) this.#uses.set(block, uses);
      else {
        this.#uses.delete(block);
        this.#bytes -= block.byteLength;
      }
    }
  }
}
