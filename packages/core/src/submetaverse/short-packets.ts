import { exp, log } from '../math/index.js';
import { gaussianTailInverse } from '../radio/index.js';
import { RandomStream } from '../random/index.js';
import type { DeviceGroup } from './devices.js';

/** What a scenario says about short packets (paper 003, eq. 1). */
export interface ShortPacketOptions {
  /** ε, in (0, ½). */
  readonly errorProbability: number;
  /** Bits of a packet, > 0. */
  readonly packetBits: number;
  /** φ, transmission time interval of a packet, s, > 0. */
  readonly slotS: number;
}

const LN2 = Math.LN2;

/** UEs send in short packets: slower than Shannon's capacity, and each packet is lost with ε and sent again. */
export class ShortPackets {
  readonly #options: ShortPacketOptions;
  readonly #tailInverse: number;
  /** ln(1 − ε) */
  readonly #logSuccess: number;
  readonly #streams: RandomStream[];

  constructor(options: ShortPacketOptions, devices: number) {
    this.#options = options;
    this.#tailInverse = gaussianTailInverse(options.errorProbability);
    this.#logSuccess = log(1 - options.errorProbability);
    this.#streams = Array.from({ length: devices }, () => new RandomStream(0, 'ue/packets'));
  }

  reset(seed: number, episode: number): void {
    this.#streams.forEach((stream, device) => stream.restart(seed, 'ue/packets', episode, device));
  }

  /**
   * Replaces the rates that a scheduler gave out, Shannon's over each device's share W of the band, by those of short packets
   * over the same share: W · [log2(1 + γ) − √(V/(φW)) · Q⁻¹(ε)/ln 2], 0 where that is negative (paper 003, eq. 1).
   *
   * @param stepS length of a step, s: rates are Mbit a step
   */
  slow({ active, efficiency, rate }: DeviceGroup, stepS: number): void {
    const { slotS } = this.#options;
    for (let device = 0; device < active; device++) {
      const bitPerSHz = efficiency[device];
      if (!(rate[device] > 0)) continue;
      const bandHz = (rate[device] * 1e6) / (bitPerSHz * stepS);
      // V = 1 − (1 + γ)⁻², and 1 + γ = 2^efficiency
      const dispersion = 1 - exp(-2 * LN2 * bitPerSHz);
      const penalty = (Math.sqrt(dispersion / (slotS * bandHz)) * this.#tailInverse) / LN2;
      rate[device] = (Math.max(0, bitPerSHz - penalty) * bandHz * stepS) / 1e6;
    }
  }

  /**
   * Draws how often packets of a job are lost until each has come through, retransmissions included: the failures before the
   * last of ⌈size/packet⌉ successes.
   *
   * @returns Mbit that are sent again
   */
  repeatedMbit(device: number, sizeMbit: number): number {
    const { packetBits } = this.#options;
    let left = Math.ceil((sizeMbit * 1e6) / packetBits);
    let lost = 0;
    for (;;) {
      // successes before the next failure: geometric
      const successes = Math.floor(log(1 - this.#streams[device].uniform()) / this.#logSuccess);
      if (successes >= left) return (lost * packetBits) / 1e6;
      left -= successes;
      lost++;
    }
  }

  snapshot(): ReturnType<RandomStream['snapshot']>[] {
    return this.#streams.map((stream) => stream.snapshot());
  }

  restore(state: ReturnType<ShortPackets['snapshot']>): void {
    this.#streams.forEach((stream, device) => stream.restore(state[device]));
  }
}
