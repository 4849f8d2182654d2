import { nextUint32, PoissonTable } from '../random/index.js';

/**
 * When devices create jobs. One object serves all devices of a kind; stream `device` of `streams` belongs to that device
 * alone, so what one device draws never shifts another's.
 */
export interface Arrivals {
  /** Called at the start of every episode. @param devices number of devices of the kind */
  reset?(devices: number): void;
  /** How many jobs `device` creates in `step` (counted from 0). */
  count(device: number, step: number, streams: Int32Array): number;
  /** What {@link Arrivals.restore} needs; only for models that remember something. */
  snapshot?(): number[];
  restore?(state: readonly number[]): void;
}

/** 2^32 · p, for comparison with a 32-bit word. */
const threshold = (probability: number) => probability * 4294967296;

// Classes and not closures: an engine inlines a method of many objects, but not many closures.

class Bernoulli implements Arrivals {
  readonly #limit: number;

  constructor(probability: number) {
    this.#limit = threshold(probability);
  }

  count(device: number, _step: number, streams: Int32Array): number {
    return nextUint32(streams, device) < this.#limit ? 1 : 0;
  }
}

class Periodic implements Arrivals {
  constructor(
    readonly intervalSteps: number,
    readonly offsetSteps: number,
  ) {}

  count(_device: number, step: number): number {
    return step >= this.offsetSteps && (step - this.offsetSteps) % this.intervalSteps === 0 ? 1 : 0;
  }
}

/** 1/φ: multiples of it, modulo 1, fill the unit interval evenly however many there are. */
const GOLDEN = 0.6180339887498949;

class SpreadPeriodic implements Arrivals {
  constructor(
    readonly intervalSteps: number,
    readonly offsetSteps: number,
  ) {}

  count(device: number, step: number): number {
    const phase = Math.floor(((device * GOLDEN) % 1) * this.intervalSteps);
    const since = step - this.offsetSteps - phase;
    return since >= 0 && since % this.intervalSteps === 0 ? 1 : 0;
  }
}

/** X(t) ~ Bernoulli(p) (paper 000, section II-A). */
export function bernoulli({ probability }: { probability: number }): Arrivals {
  return new Bernoulli(probability);
}

/** X̂(t) = δ(t mod T_n, 0) (paper 000, section II-A), shifted by an offset; spread: each device by a part of T_n more. */
export function periodic({
  intervalSteps = 1,
  offsetSteps = 0,
  spread = false,
}: { intervalSteps?: number; offsetSteps?: number; spread?: boolean } = {}): Arrivals {
  return new (spread ? SpreadPeriodic : Periodic)(intervalSteps, offsetSteps);
}

/** A Poisson number of jobs every step. */
export function poisson({ meanPerStep }: { meanPerStep: number }): Arrivals {
  const table = new PoissonTable(meanPerStep);
  return { count: (device, _step, streams) => table.draw(nextUint32(streams, device)) };
}

/** Parameters of {@link bursty}, all probabilities per step. */
export interface BurstyOptions {
  calmProbability: number;
  burstProbability: number;
  startBurst: number;
  endBurst: number;
}

/** Bernoulli arrivals modulated by a two-state Markov chain (MMBP); every device starts calm. */
export function bursty(options: BurstyOptions): Arrivals {
  const calm = threshold(options.calmProbability);
  const burst = threshold(options.burstProbability);
  const start = threshold(options.startBurst);
  const end = threshold(options.endBurst);
  let bursting = new Uint8Array(0);
  return {
    reset(devices) {
      bursting = new Uint8Array(devices);
    },
    count(device, _step, streams) {
      const change = nextUint32(streams, device);
      if (bursting[device] === 1 ? change < end : change < start) bursting[device] ^= 1;
      return nextUint32(streams, device) < (bursting[device] === 1 ? burst : calm) ? 1 : 0;
    },
    snapshot: () => [...bursting],
    restore(state) {
      bursting = Uint8Array.from(state);
    },
  };
}
