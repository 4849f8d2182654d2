import { describe, expect, it } from 'vitest';
import { freeSpace, logDistance, okumuraHata, umi, umiLosProbability } from './path-loss.js';
import { dbmToMw, dbToRatio, ratioToDb, snr, spectralEfficiency } from './rate.js';

const geometry = { baseHeightM: 40, deviceHeightM: 1.5, frequencyHz: 3.5e9 };

describe('path loss', () => {
  it('Okumura-Hata agrees with the formula, term by term', () => {
    const f = Math.log10(3500);
    const expected =
      69.55 +
      26.16 * f -
      13.82 * Math.log10(40) -
      (0.8 + (1.1 * f - 0.7) * 1.5 - 1.56 * f) +
      (44.9 - 6.55 * Math.log10(40)) * Math.log10(0.08);
    expect(okumuraHata().prepare(geometry)(80, 0, 0)).toBeCloseTo(expected, 10);
  });

  it('free space at 1 km and 2.4 GHz is 100.05 dB (textbook value)', () => {
    const loss = freeSpace().prepare({ baseHeightM: 1, deviceHeightM: 1, frequencyHz: 2.4e9 });
    expect(loss(1000, 0, 0)).toBeCloseTo(100.05, 2);
  });

  it('log-distance is its intercept at the reference distance, and 10 n dB more per decade', () => {
    const level = { baseHeightM: 1, deviceHeightM: 1, frequencyHz: 2e9 };
    const loss = logDistance({ exponent: 3.76, referenceLossDb: 35.3, shadowingDb: 4 }).prepare(level);
    expect(loss(1, 0, 0)).toBeCloseTo(35.3, 10);
    expect(loss(10, 0, 0)).toBeCloseTo(35.3 + 37.6, 10);
    expect(loss(10, 0, -1.5)).toBeCloseTo(35.3 + 37.6 - 6, 10);
    const reference = freeSpace().prepare(level)(1, 0, 0);
    expect(logDistance({ exponent: 2 }).prepare(level)(50, 0, 0)).toBeCloseTo(
      reference + 20 * Math.log10(50),
      9,
    );
  });

  it('urban micro: probability of sight, both losses, both shadowings', () => {
    expect(umiLosProbability(18)).toBe(1);
    expect(umiLosProbability(100)).toBeCloseTo(0.18 + Math.exp(-100 / 36) * 0.82, 12);
    const base = { baseHeightM: 10, deviceHeightM: 1.5, frequencyHz: 3.5e9 };
    const loss = umi().prepare(base);
    const d3 = Math.hypot(100, 8.5);
    const sight = 32.4 + 21 * Math.log10(d3) + 20 * Math.log10(3.5);
    expect(loss(100, 0, 0)).toBeCloseTo(sight, 9);
    expect(loss(100, 0, 1)).toBeCloseTo(sight + 4, 9);
    expect(loss(100, 0.99, 0)).toBeCloseTo(22.4 + 35.3 * Math.log10(d3) + 21.3 * Math.log10(3.5), 9);
    expect(loss(100, 0.99, -1)).toBeCloseTo(22.4 + 35.3 * Math.log10(d3) + 21.3 * Math.log10(3.5) - 7.82, 9);
    // Beyond the breakpoint the two branches meet there: continuous to within the model's own rounding.
    const breakpoint = (4 * 9 * 0.5 * 3.5e9) / 299_792_458;
    expect(umi({ shadowing: false }).prepare(base)(breakpoint * 1.0001, 0, 0)).toBeCloseTo(
      umi({ shadowing: false }).prepare(base)(breakpoint * 0.9999, 0, 0),
      1,
    );
  });

  it('stays finite at the foot of the mast', () => {
    for (const model of [okumuraHata(), freeSpace(), umi(), logDistance({ exponent: 3 })]) {
      expect(Number.isFinite(model.prepare(geometry)(0, 0, 0))).toBe(true);
    }
  });
});

it('decibels and rates', () => {
  expect(dbmToMw(30)).toBeCloseTo(1000, 9);
  expect(ratioToDb(dbToRatio(-7.3))).toBeCloseTo(-7.3, 12);
  expect(snr(40, 100, 1e-9)).toBeCloseTo(1000, 8);
  expect(spectralEfficiency(1023)).toBeCloseTo(10, 12);
});
