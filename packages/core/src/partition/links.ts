import { InvalidInputError } from '../errors/index.js';
import { exp, exp10, log } from '../math/index.js';
import { dbmToMw, pathLossModels, type LossFunction } from '../radio/index.js';
import type { PartitionInstance } from './instance.js';

const LN10 = 2.302585092994046;
const LN2 = 0.6931471805599453;
const MIN_SQUARED_M2 = 1e-6; // core/radio clamps distances at 1 mm

/**
 * The radio links from any point to every server. A sensor's airtime per bit and Hz of its share,
 * f_b(d²) = ρ / (W_b log2(1 + h_b(d²) ξ / (N0 W_b))) [s/m³ per s of slot and sensor], is the communication part of the
 * paper's F_b (paper 001, section III); it grows with distance.
 *
 * Log-distance, free space and Okumura-Hata are all power laws of a distance, ln h = a − n/2 · ln(d² + z), which the hot
 * passes evaluate in closed form; any other registered model without random variates is called as it is.
 */
export class Links {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** z_b: squared height difference, m², or 0 where the model takes the horizontal distance. */
  readonly #offset: Float64Array;
  /** a_b: natural logarithm of the gain at 1 m. */
  readonly #logGain: Float64Array;
  /** n_b / 2. */
  readonly #halfExponent: Float64Array;
  /** ln(ξ / (N0 W_b)). */
  readonly #logPower: Float64Array;
  /** ρ ln 2 / W_b. */
  readonly #airtimeScale: Float64Array;
  readonly #loss: LossFunction[];
  readonly #closedForm: boolean;

  /** @throws InvalidInputError if the path-loss model is unknown or random */
  constructor({ servers, pathLoss, constants }: PartitionInstance) {
    const { model, ...options } = pathLoss;
    const law = pathLossModels.get(model, 'pathLoss.model')(options);
    if (law.random) {
      const message = `${model} draws random variates per link, a partition needs a model without`;
      throw new InvalidInputError('partition instance', [{ path: 'pathLoss', message }]);
    }
    this.x = Float64Array.from(servers, (server) => server.x);
    this.y = Float64Array.from(servers, (server) => server.y);
    this.#loss = servers.map(({ heightM }) =>
      law.prepare({
        baseHeightM: heightM,
        deviceHeightM: constants.deviceHeightM,
        frequencyHz: constants.frequencyHz,
      }),
    );
    const laws = servers.map(({ heightM }, b) =>
      fitPowerLaw(this.#loss[b], heightM - constants.deviceHeightM),
    );
    this.#closedForm = laws.every((fit) => fit !== undefined);
    this.#offset = Float64Array.from(laws, (fit) => fit?.offset ?? 0);
    this.#logGain = Float64Array.from(laws, (fit) => fit?.logGain ?? 0);
    this.#halfExponent = Float64Array.from(laws, (fit) => fit?.halfExponent ?? 0);
    const noiseMwPerHz = dbmToMw(constants.noiseDbmPerHz);
    this.#logPower = Float64Array.from(servers, ({ bandwidthHz }) =>
      log((constants.sensorPowerW * 1e3) / (noiseMwPerHz * bandwidthHz)),
    );
    this.#airtimeScale = Float64Array.from(
      servers,
      ({ bandwidthHz }) => (constants.sensingBpsPerM3 * LN2) / bandwidthHz,
    );
  }

  /** Path loss to server b at a horizontal distance, dB. */
  lossDb(b: number, horizontalM: number): number {
    return this.#loss[b](horizontalM, 0, 0);
  }

  /** f_b at squared horizontal distance `squaredM2`, s/m³. */
  airtime(b: number, squaredM2: number): number {
    const snr = exp(this.#logGainAt(b, squaredM2) + this.#logPower[b]);
    // 1 + snr rounds the ratio away where it is small
    const nats = snr < 1e-5 ? snr * (1 - snr * (0.5 - snr / 3)) : log(1 + snr);
    return this.#airtimeScale[b] / nats;
  }

  /** 1 / h_b at squared horizontal distance `squaredM2`: what the SNR baseline minimises. */
  inverseGain(b: number, squaredM2: number): number {
    return exp(-this.#logGainAt(b, squaredM2));
  }

  #logGainAt(b: number, squaredM2: number): number {
    if (!this.#closedForm) return (-LN10 / 10) * this.#loss[b](Math.sqrt(squaredM2), 0, 0);
    const squared = Math.max(MIN_SQUARED_M2, squaredM2 + this.#offset[b]);
    return this.#logGain[b] - this.#halfExponent[b] * log(squared);
  }
}

interface PowerLaw {
  offset: number;
  logGain: number;
  halfExponent: number;
}

/** The power law behind a loss function over the 3-D or the horizontal distance, or undefined if it is neither. */
function fitPowerLaw(loss: LossFunction, heightM: number): PowerLaw | undefined {
  for (const offset of [heightM * heightM, 0]) {
    const logSquared = (horizontalM: number) => log(horizontalM * horizontalM + offset);
    const [near, far] = [64, 4096];
    const halfExponent =
      ((LN10 / 10) * (loss(far, 0, 0) - loss(near, 0, 0))) / (logSquared(far) - logSquared(near));
    const logGain = (-LN10 / 10) * loss(near, 0, 0) + halfExponent * logSquared(near);
    const agrees = [0.5, 10, 300, 1500, 30_000].every((horizontalM) => {
      const gain = exp(logGain - halfExponent * logSquared(horizontalM));
      return Math.abs(gain / exp10(-loss(horizontalM, 0, 0) / 10) - 1) < 1e-11;
    });
    if (agrees && halfExponent > 0) return { offset, logGain, halfExponent };
  }
  return undefined;
}
