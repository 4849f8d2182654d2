import { cosineOfTurns } from '../math/index.js';
import { RandomStream } from '../random/index.js';

/** Plane waves of a field: enough for values that cannot be told from a normal distribution at a few thousand places. */
const WAVES = 128;
const PER_TURN = 1 / 6.283185307179586;

/**
 * Shadowing towards one base station as a function of the place: a Gaussian field with mean 0, standard deviation σ and the
 * correlation e^(−d/D) of Gudmundson (1991) between places d apart, so that devices that stand together, and one that moves,
 * see alike. A sum of plane waves whose wave numbers follow the field's spectrum: |k| = √(u⁻² − 1)/D for uniform u.
 */
export class ShadowField {
  /** Per wave: turns per metre to the east and to the north, and the phase in turns. */
  readonly #waves = new Float64Array(WAVES * 3);
  readonly #amplitudeDb: number;

  /**
   * @param stdDb σ, dB, >= 0
   * @param correlationM D, m, > 0
   */
  constructor(
    stdDb: number,
    readonly correlationM: number,
  ) {
    this.#amplitudeDb = stdDb * Math.sqrt(2 / WAVES);
  }

  /** Draws the field of an episode. @param cell number of the base station */
  reset(seed: number, episode: number, cell: number): void {
    const random = new RandomStream(seed, 'radio/shadowing', episode, cell);
    for (let at = 0; at < this.#waves.length; at += 3) {
      const u = 1 - random.uniform();
      const turnsPerM = (Math.sqrt(1 / (u * u) - 1) / this.correlationM) * PER_TURN;
      const direction = random.uniform();
      this.#waves[at] = turnsPerM * cosineOfTurns(direction);
      this.#waves[at + 1] = turnsPerM * cosineOfTurns(direction - 0.25);
      this.#waves[at + 2] = random.uniform();
    }
  }

  /** Shadowing at a place (m), dB: to be added to the path loss. */
  at(x: number, y: number): number {
    const waves = this.#waves;
    let sum = 0;
    for (let at = 0; at < waves.length; at += 3)
      sum += cosineOfTurns(waves[at] * x + waves[at + 1] * y + waves[at + 2]);
    return this.#amplitudeDb * sum;
  }
}
