import { RandomStream } from '../../random/index.js';
import type { UrllcInstance } from '../model/instance.js';

const WORK = [363133, 356956, 316112, 262835, 398034, 362943];
const GAINS = [6.249e-10, 5.435e-9, 1.121e-9, 2.009e-9, 6.366e-10, 3.594e-9];

/** The explicit instance `m6`: optimum 5.8027 ms, devices 0 and 4 cached. */
export const m6: UrllcInstance = {
  B: 2e6,
  N0: 3.9810717e-21,
  phi: 1e-3,
  eps: 1e-7,
  Rmin: 1e6,
  Fes: 1.2e10,
  S: 30000,
  kappa: 5e-27,
  devUe: 0,
  devEs: 0,
  rminAll: false,
  ue: WORK.map((C, index) => ({
    D: 10832,
    C,
    h2: GAINS[index],
    Tmax: 0.01,
    Emax: 3e-3,
    Pmax: 0.199526,
    Fue: 1.5e9,
  })),
};

/** The example `unequal`: [D, C, h2] of one large and five small tasks, room for the large one or three small ones. */
const UNEQUAL = [
  [30000, 363000, 6e-10],
  [9000, 357000, 2e-10],
  [11000, 316000, 2.2e-10],
  [8000, 263000, 2.5e-10],
  [10000, 398000, 3e-10],
  [9500, 300000, 4e-9],
];
export const unequal: UrllcInstance = {
  ...m6,
  B: 1e6,
  ue: UNEQUAL.map(([D, C, h2]) => ({ ...m6.ue[0], D, C, h2, Tmax: 0.05 })),
};

/** `m6` with one device changed. */
export function m6With(device: number, change: Partial<UrllcInstance['ue'][number]>): UrllcInstance {
  return { ...m6, ue: m6.ue.map((ue, index) => (index === device ? { ...ue, ...change } : ue)) };
}

/**
 * A random instance, of 2 to 4 devices unless said: unequal tasks, deviations, tight energy, tight deadlines, low SNR or all of it, by
 * the seed's remainder.
 */
export function randomInstance(seed: number, devices?: number): UrllcInstance {
  const random = new RandomStream(seed, 'urllc-test');
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const spread = (low: number, high: number) => low * (high / low) ** random.uniform();
  const kind = ['plain', 'energy', 'deadline', 'weak', 'deviation', 'unequal', 'mixed'][seed % 7];
  const mixed = kind === 'mixed';
  const drawn = 2 + random.integer(3);
  const ue = Array.from({ length: devices ?? drawn }, () => ({
    D: Math.round(kind === 'unequal' || mixed ? spread(2000, 40000) : 10832),
    C: between(1.3e5, 4.1e5),
    h2: kind === 'weak' ? spread(2e-14, 2e-13) : spread(1e-11, 1e-8),
    Tmax: kind === 'deadline' || mixed ? spread(0.0012, 0.006) : 0.01,
    Emax: kind === 'energy' || mixed ? spread(1e-4, 2e-3) : 3e-3,
    Pmax: mixed ? spread(0.02, 0.3) : 0.2,
    Fue: mixed ? spread(3e8, 2e9) : 1.5e9,
  }));
  const share = ue.length / 4;
  return {
    ...m6,
    B: spread(4e5, 4e6) * share,
    phi: kind === 'weak' ? spread(1e-3, 4e-3) : 1e-3,
    eps: spread(1e-9, 1e-4),
    Rmin: kind === 'weak' ? spread(5e4, 5e5) : spread(1e5, 2e6),
    Fes: spread(1.5e9, 2e10) * share,
    S: Math.floor(between(0, 0.8) * ue.reduce((sum, { D }) => sum + D, 0)),
    devUe: kind === 'deviation' ? between(-0.1, 0.2) : 0,
    devEs: kind === 'deviation' ? between(-0.1, 0.2) : 0,
    rminAll: seed % 5 === 0,
    ue,
  };
}
