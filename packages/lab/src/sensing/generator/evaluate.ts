import { setImmediate } from 'node:timers/promises';
import { DEFAULT_RANGES, drawSensing, PairSource } from '@metalore/core/sensing';
import type { SimulatedInstance } from '@metalore/core/sensing';
import { sortedQuantile, summarize } from '../../statistics/summary.js';
import { judgeClassical, type Processing } from '../judge-classical.js';
import { judgeModels, type JudgedRow, type SpectrumModels } from './judge-models.js';
import { UNSEEN_DRAWS, type GeneratorSettings } from './settings.js';

/** Classical processing that the models stand beside. */
const RIVALS: readonly Processing[] = [
  { antennas: 'odd', scan: 'far' },
  { antennas: 'odd', scan: 'fresnel' },
  { antennas: 'middle', scan: 'fresnel' },
  { antennas: 'odd', scan: 'exact' },
  { antennas: 'all', scan: 'exact' },
];
const AT_ONCE = 50;

/** How one method did over all draws. */
export interface MethodScore {
  readonly method: string;
  /** Share of the draws with all sources within 3°, and its 95 % half width. */
  readonly share: number;
  readonly ci95: number;
  readonly medianDeg: number;
  /** Median distance between estimate and source with known ranges, wavelengths. */
  readonly placeLambda: number;
  /** Mean squared difference to the clear spectrum; null where there is nothing to compare. */
  readonly squaredError: number | null;
  readonly draws: number;
}

/** Judges the models and classical processing on unseen draws of the training's profile and waves. */
export async function evaluateModels(
  models: SpectrumModels,
  { profile, waves }: Pick<GeneratorSettings, 'profile' | 'waves'>,
  draws: number,
  { signal, onDraws = () => undefined }: { signal?: AbortSignal; onDraws?: (count: number) => void } = {},
): Promise<MethodScore[]> {
  const impairments = { waves };
  const { ranges = DEFAULT_RANGES } = drawSensing(UNSEEN_DRAWS, profile);
  const source = new PairSource({ ranges, impairments });
  const rows: JudgedRow[] = [];
  for (let first = 0; first < draws; first += AT_ONCE) {
    await setImmediate(); // lets Ctrl-C be heard
    signal?.throwIfAborted();
    const instances = unseen(first, Math.min(AT_ONCE, draws - first), profile);
    for (const processing of RIVALS) rows.push(...judgeClassical(instances, processing, impairments));
    rows.push(...judgeModels(models, instances, source));
    onDraws(instances.length);
  }
  return scores(rows);
}

function unseen(first: number, count: number, profile: GeneratorSettings['profile']): SimulatedInstance[] {
  return Array.from({ length: count }, (_, k) => drawSensing(UNSEEN_DRAWS + first + k, profile));
}

/** Scores by method, in the order of their first rows. */
export function scores(rows: readonly JudgedRow[]): MethodScore[] {
  return [...new Set(rows.map(({ method }) => method))].map((method) => {
    const own = rows.filter((row) => row.method === method);
    const { mean, ci95, n } = summarize(own.map(isFound));
    const median = (all: readonly number[]): number => sortedQuantile(Float64Array.from(all).sort(), 0.5);
    const squared = summarize(own.map(({ squaredError }) => squaredError ?? NaN));
    return {
      method,
      share: mean,
      ci95,
      medianDeg: median(own.flatMap(({ errorsDeg }) => errorsDeg)),
      placeLambda: median(own.flatMap(({ placesLambda }) => placesLambda)),
      squaredError: squared.n === 0 ? null : squared.mean,
      draws: n,
    };
  });
}

/** Degrees within which a source counts as found. */
const WITHIN_DEG = 3;

/** 1 where all sources of a draw are found, else 0. */
export function isFound({ worstDeg }: Pick<JudgedRow, 'worstDeg'>): number {
  return worstDeg <= WITHIN_DEG ? 1 : 0;
}
