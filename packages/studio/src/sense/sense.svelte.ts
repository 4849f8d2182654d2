import {
  NINE,
  ScanGrid,
  sense,
  type Scan,
  type SensingSolution,
  type SimulatedInstance,
  type Source,
} from '@metalore/core/sensing';
import { parsePolicyDocument } from '@metalore/learn/policy-file';
import {
  antennasOfModel,
  asSpectrumModel,
  senseByGenerator,
  type SpectrumModel,
} from '@metalore/learn/sensing';
import { plainError, type PlainError } from '../shared/problem.js';
import { startValues } from '../shared/settings.js';

/** What the sliders set. */
export const CHANNEL = [
  { key: 'snrDb', label: 'SNR of every source', unit: 'dB', min: -5, max: 20, step: 1, start: 3 },
  { key: 'snapshots', label: 'Snapshots', unit: '', min: 5, max: 500, step: 5, start: 200 },
] as const;

/** Methods that a page is quick enough for while one drags. */
export const METHODS = ['music', 'capon', 'bartlett'] as const;
export type Method = (typeof METHODS)[number];
export const SCANS = ['exact', 'fresnel', 'far'] as const;

/** Where sources may stand. */
export const NEAREST = 2;
export const FARTHEST = 6;
/** Sources that one array is asked for at most. */
export const MOST = 4;
/** Degrees that two sources stay apart. */
const APART_DEG = 1;

const START: readonly Omit<Source, 'snrDb'>[] = [
  { thetaDeg: 40, rangeLambda: 3 },
  { thetaDeg: 85, rangeLambda: 4.5 },
  { thetaDeg: 128, rangeLambda: 2.5 },
];

/** The Sense view: sources before nine antennas, what a method makes of them, and a generator if one was opened. */
export class SenseState {
  values = $state(startValues(CHANNEL));
  places = $state.raw(START);
  /** Which of the nine antennas are on. */
  on = $state.raw(NINE.map((_, k) => k % 2 === 0));
  scan = $state<Scan>('fresnel');
  method = $state<Method>('music');
  seed = $state(1);
  model = $state.raw<SpectrumModel>();
  error = $state.raw<PlainError>();

  readonly antennas = $derived(NINE.flatMap((_, k) => (this.on[k] ? [k] : [])));
  readonly instance = $derived.by((): SimulatedInstance => ({
    positions: [...NINE],
    sources: this.places.map((place) => ({ ...place, snrDb: this.values.snrDb })),
    snapshots: this.values.snapshots,
    seed: this.seed,
  }));
  readonly #grid = $derived(
    new ScanGrid(
      this.antennas.map((k) => NINE[k]),
      this.scan,
    ),
  );
  /** Undefined where antennas are too few. */
  readonly solution = $derived.by((): SensingSolution | undefined => {
    if (this.antennas.length <= this.places.length) return undefined;
    const { scan, method, antennas } = this;
    return sense(this.instance, { scan, method, antennas, grid: this.#grid });
  });
  /** What the generator draws of this observation, whatever antennas are on. */
  readonly generated = $derived.by((): SensingSolution | undefined => {
    const antennas = this.model && antennasOfModel(NINE, this.model);
    if (this.model === undefined || antennas === undefined) return undefined;
    return senseByGenerator(this.instance, antennas, this.model, this.seed);
  });

  /** Moves a source, as far as it may. */
  move(source: number, thetaDeg: number, rangeLambda: number): void {
    const theta = Math.max(1, Math.min(179, thetaDeg));
    const isFree = this.places.every(
      (place, k) => k === source || Math.abs(place.thetaDeg - theta) >= APART_DEG,
    );
    const range = Math.max(NEAREST, Math.min(FARTHEST, rangeLambda));
    this.places = this.places.map((place, k) =>
      k === source ? { thetaDeg: isFree ? theta : place.thetaDeg, rangeLambda: range } : place,
    );
  }

  add(): void {
    if (this.places.length === MOST) return;
    // the middle of the widest gap
    const angles = [0, ...this.places.map(({ thetaDeg }) => thetaDeg).sort((a, b) => a - b), 180];
    const gaps = angles
      .slice(1)
      .map((angle, k) => ({ width: angle - angles[k], middle: (angle + angles[k]) / 2 }));
    const { middle } = gaps.reduce((best, gap) => (gap.width > best.width ? gap : best));
    this.places = [...this.places, { thetaDeg: middle, rangeLambda: 4 }];
  }

  remove(): void {
    if (this.places.length > 1) this.places = this.places.slice(0, -1);
  }

  toggle(antenna: number): void {
    this.on = this.on.map((isOn, k) => (k === antenna ? !isOn : isOn));
  }

  choose(antennas: readonly number[]): void {
    this.on = NINE.map((_, k) => antennas.includes(k));
  }

  /** Opens the `policy.json` of a `metalore sensing train`. */
  async open(file: File): Promise<void> {
    try {
      const document = parsePolicyDocument(JSON.parse(await file.text()) as unknown, file.name);
      this.model = asSpectrumModel(document, file.name);
      this.error = undefined;
    } catch (error) {
      this.error = plainError(error);
    }
  }
}
