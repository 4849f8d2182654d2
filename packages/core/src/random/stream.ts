import { log } from '../math/index.js';

/**
 * Seeded, independent random streams: small fast counting generators (sfc32 of PractRand; period at least 2^64 for every
 * seed) whose states lie side by side in one `Int32Array` (signed, which engines keep in
 * machine words). A stream is named by a string, an episode and an index, so
 * what one device draws depends neither on any other device, nor on the number of workers, nor on the policy.
 */

/** Words of state per stream. */
export const STREAM_WORDS = 4;

/** 32-bit FNV-1a hash of a name's UTF-16 code units. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}

/**
 * Puts stream (`seed`, `nameHash`, `episode`, `index`) into its first state.
 *
 * @param states `Int32Array [streams × 4]`
 * @param slot which of the streams in `states`
 * @param seed the run's seed: a non-negative safe integer
 * @param nameHash {@link hashName} of the stream's name
 * @param episode episode number within the run
 * @param index which of several streams of that name, e.g. the device's number
 */
export function seedStream(
  states: Int32Array,
  slot: number,
  seed: number,
  nameHash: number,
  episode = 0,
  index = 0,
): void {
  const at = slot * STREAM_WORDS;
  const low = mix((seed >>> 0) ^ 0x9e3779b9);
  const high = mix((Math.floor(seed / 4294967296) >>> 0) + low);
  const name = mix(nameHash + high);
  states[at] = mix(name + Math.imul(episode, 0x85ebca6b) + 0x1b873593);
  states[at + 1] = mix(states[at] + Math.imul(index, 0xc2b2ae35) + 0x2545f491);
  states[at + 2] = mix(states[at + 1] ^ name ^ Math.imul(episode + 1, 0x27d4eb2f));
  states[at + 3] = 1;
  for (let round = 0; round < 12; round++) nextUint32(states, slot);
}

/** Next 32 uniform bits of a stream, in [0, 2^32). */
export function nextUint32(states: Int32Array, slot: number): number {
  const at = slot * STREAM_WORDS;
  const a = states[at];
  const b = states[at + 1];
  const c = states[at + 2];
  const counter = states[at + 3];
  const result = (a + b + counter) | 0;
  states[at] = b ^ (b >>> 9);
  states[at + 1] = (c + (c << 3)) | 0;
  states[at + 2] = (((c << 21) | (c >>> 11)) + result) | 0;
  states[at + 3] = (counter + 1) | 0;
  return result >>> 0;
}

const TO_UNIT = 1 / 4294967296;

/** One stream as an object, for everything that is not a hot path over many streams. */
export class RandomStream {
  readonly #state = new Int32Array(STREAM_WORDS);
  #spareNormal = NaN;

  /** @see seedStream */
  constructor(seed: number, name: string, episode = 0, index = 0) {
    seedStream(this.#state, 0, seed, hashName(name), episode, index);
  }

  /** Goes to the start of another stream, as if constructed for it. */
  restart(seed: number, name: string, episode = 0, index = 0): void {
    seedStream(this.#state, 0, seed, hashName(name), episode, index);
    this.#spareNormal = NaN;
  }

  /** 32 uniform bits, in [0, 2^32). */
  uint32(): number {
    return nextUint32(this.#state, 0);
  }

  /** Uniform in [0, 1) on a grid of 2^-53. */
  uniform(): number {
    return (this.uint32() * 2097152 + (this.uint32() >>> 11)) * (TO_UNIT / 2097152);
  }

  /** Uniform integer in [0, count), without modulo bias. */
  integer(count: number): number {
    const limit = Math.floor(4294967296 / count) * count;
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % count;
  }

  /** Standard normal (polar method of Marsaglia; two values a round, the second kept). */
  normal(): number {
    if (this.#spareNormal === this.#spareNormal) {
      const spare = this.#spareNormal;
      this.#spareNormal = NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * log(square)) / square);
        this.#spareNormal = y * factor;
        return x * factor;
      }
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * log(1 - this.uniform());
  }

  /** Gamma with integer shape and unit scale: a sum of exponentials. */
  gammaInteger(shape: number): number {
    let sum = 0;
    for (let term = 0; term < shape; term++) sum += this.exponential(1);
    return sum;
  }

  /** Fisher-Yates shuffle in place. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const item = items[last];
      items[last] = items[other];
      items[other] = item;
    }
    return items;
  }

  /** The state as plain data, for {@link RandomStream.restore}. */
  snapshot(): number[] {
    return [...this.#state, this.#spareNormal === this.#spareNormal ? 1 : 0, this.#spareNormal || 0];
  }

  restore(snapshot: readonly number[]): void {
    this.#state.set(snapshot.slice(0, STREAM_WORDS));
    this.#spareNormal = snapshot[STREAM_WORDS] === 1 ? snapshot[STREAM_WORDS + 1] : NaN;
  }
}
