import { z } from 'zod';
import { InvalidInputError } from '../../errors/index.js';
import { exp10, log10 } from '../../math/index.js';
import { RandomStream } from '../../random/index.js';
import { problemsOf, type UrllcInstance } from './instance.js';

const positive = z.number().positive();

/** Schema of a drawn instance: the paper's scenario (section IV), every field with the paper's or our value. */
export const drawnSchema = z
  .strictObject({
    seed: z.int().nonnegative().describe('seed of placement, tasks and channels'),
    devices: z.int().positive().default(15).describe('number of devices M'),
    areaM: positive.default(100).describe('side of the square with the edge server in its middle, m'),
    minDistanceM: positive.default(1).describe('least distance to the edge server, m'),
    taskBytes: positive.default(1354).describe('task size, byte'),
    cyclesPerByte: z
      .tuple([positive, positive])
      .default([100, 300])
      .describe('range of the task complexity, cycles/byte'),
    deviceRateHz: positive.default(1.5e9).describe('largest device processing rate, Hz'),
    edgeRateHz: positive.default(30e9).describe('edge processing rate, Hz'),
    deadlineS: positive.default(0.01).describe('deadline, s'),
    bandwidthHz: positive.default(5e6).describe('system bandwidth, Hz'),
    cacheBits: z.number().nonnegative().default(60e3).describe('caching capacity, bit'),
    energyJ: positive.default(3e-3).describe('energy budget, J'),
    theta: positive.default(1e-26).describe('energy coefficient, W s^3/cycle^3'),
    errorProbability: z.number().gt(0).lt(0.5).default(1e-7).describe('decoding error probability'),
    antennas: z.int().positive().default(8).describe('antennas of the access point, L'),
    txPowerDbm: z.number().default(23).describe('largest power, dBm'),
    pathLossDb: z
      .tuple([z.number(), z.number()])
      .default([35.3, 37.6])
      .describe('loss at 1 m and per decade of distance, dB'),
    noiseDbmPerHz: z.number().default(-174).describe('noise density, dBm/Hz'),
    frameS: positive.default(1e-3).describe('transmission time interval, s'),
    minRateBps: z.number().nonnegative().default(1e6).describe('least uplink rate, bit/s'),
    deviation: z.number().gt(-1).lt(1).default(0).describe('relative deviation of all processing rates'),
    rminAll: z.boolean().default(false).describe('whether the least rate binds cached devices too'),
  })
  .refine(({ cyclesPerByte: [low, high] }) => low <= high, {
    path: ['cyclesPerByte'],
    message: 'expected the lower end first',
  });

/** Options of {@link drawInstance}; all but `seed` have defaults. */
export type DrawnOptions = z.input<typeof drawnSchema>;

/**
 * Draws the paper's scenario: devices uniform over a square with the edge server in its middle, complexities uniform in
 * cycles per byte, ‖h‖² = g·Gamma(L, 1) with g = 10^(PL/10), PL = −35.3 − 37.6 lg d (paper 003, section IV). Every device
 * draws from its own streams, so a scenario with more devices extends one with fewer.
 *
 * **Deviation**: the paper leaves φ, Rmin and the least distance open (here 1 ms, 1 Mbit/s, 1 m) and says "23 dB" for a
 * power (here 23 dBm).
 *
 * @throws InvalidInputError with every problem
 */
export function drawInstance(options: unknown, what = 'URLLC instance'): UrllcInstance {
  const parsed = drawnSchema.safeParse(options);
  if (!parsed.success) throw new InvalidInputError(what, problemsOf(parsed.error, options));
  const drawn = parsed.data;
  const [lossAt1m, lossPerDecade] = drawn.pathLossDb;
  const [fewest, most] = drawn.cyclesPerByte;
  const taskBits = 8 * drawn.taskBytes;
  const ue = Array.from({ length: drawn.devices }, (_, index) => {
    const place = new RandomStream(drawn.seed, 'urllc-place', 0, index);
    const task = new RandomStream(drawn.seed, 'urllc-task', 0, index);
    const channel = new RandomStream(drawn.seed, 'urllc-channel', 0, index);
    const x = (place.uniform() - 0.5) * drawn.areaM;
    const y = (place.uniform() - 0.5) * drawn.areaM;
    const distance = Math.max(drawn.minDistanceM, Math.sqrt(x * x + y * y));
    const gain = exp10(-(lossAt1m + lossPerDecade * log10(distance)) / 10);
    return {
      D: taskBits,
      C: drawn.taskBytes * (fewest + (most - fewest) * task.uniform()),
      h2: gain * channel.gammaInteger(drawn.antennas),
      Tmax: drawn.deadlineS,
      Emax: drawn.energyJ,
      Pmax: exp10((drawn.txPowerDbm - 30) / 10),
      Fue: drawn.deviceRateHz,
    };
  });
  return {
    B: drawn.bandwidthHz,
    N0: exp10((drawn.noiseDbmPerHz - 30) / 10),
    phi: drawn.frameS,
    eps: drawn.errorProbability,
    Rmin: drawn.minRateBps,
    Fes: drawn.edgeRateHz,
    S: drawn.cacheBits,
    kappa: drawn.theta / 2,
    devUe: drawn.deviation,
    devEs: drawn.deviation,
    rminAll: drawn.rminAll,
    ue,
  };
}
