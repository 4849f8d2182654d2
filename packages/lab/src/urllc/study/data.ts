import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const numbers = z.array(z.number()).min(1);

const schema = z.strictObject({
  channels: z.strictObject({ count: z.int().positive(), quickCount: z.int().positive() }),
  figure2: z.strictObject({ cacheBits: numbers, energyMj: numbers }),
  figure3: z.strictObject({ edgeGHz: numbers, deviations: numbers }),
  alternating: z.strictObject({ starts: z.int().positive() }),
  readings: z.array(z.strictObject({ name: z.string(), change: z.record(z.string(), z.unknown()) })),
  paper: z.strictObject({
    fallOverEnergy: z.number(),
    fallOverEdgeRate: z.number(),
    offloadedShare: z.tuple([z.number(), z.number()]),
  }),
});

/** What `studies/urllc.yaml` says. */
export type UrllcStudyData = z.infer<typeof schema>;

export function readStudyData(): UrllcStudyData {
  return readStudy('urllc', schema);
}

/** One channel's runs over one parameter, or one method's runs on it. */
export interface UrllcCell {
  readonly group: 'figure2' | 'figure3' | 'alternating' | 'reading';
  /** Series: cache in bits, deviation, method or reading. */
  readonly label: string;
  readonly seed: number;
  /** Changes to the drawn scenario, one run each, in order: a sweep with warm starts. */
  readonly runs: readonly { readonly x: number; readonly change: Readonly<Record<string, unknown>> }[];
  readonly methods: readonly string[];
  readonly starts: number;
}

/** A solved run. */
export interface UrllcRow {
  readonly group: string;
  readonly label: string;
  readonly seed: number;
  readonly x: number;
  readonly method: string;
  readonly start: number;
  readonly totalMs: number;
  readonly lowerBoundMs: number;
  /** Mean offloaded share of the devices that are not cached; 0 if all are. */
  readonly offloaded: number;
}

/** Every cell of the study: for each channel one per series. */
export function urllcCells(data: UrllcStudyData, quick: boolean): UrllcCell[] {
  const { figure2, figure3, alternating, readings } = data;
  const count = quick ? data.channels.quickCount : data.channels.count;
  const optimal = { methods: ['optimal'], starts: 1 };
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((seed): UrllcCell[] => [
    ...figure2.cacheBits.map((cacheBits): UrllcCell => ({
      group: 'figure2',
      label: String(cacheBits),
      seed,
      runs: figure2.energyMj.map((x) => ({ x, change: { cacheBits, energyJ: x / 1e3 } })),
      ...optimal,
    })),
    ...figure3.deviations.map((deviation): UrllcCell => ({
      group: 'figure3',
      label: String(deviation),
      seed,
      runs: figure3.edgeGHz.map((x) => ({ x, change: { deviation, edgeRateHz: x * 1e9 } })),
      ...optimal,
    })),
    {
      group: 'alternating',
      label: 'methods',
      seed,
      runs: [{ x: 0, change: {} }],
      methods: ['optimal', 'ao', 'ao-strict'],
      starts: alternating.starts,
    },
    ...readings.map(({ name, change }): UrllcCell => ({
      group: 'reading',
      label: name,
      seed,
      runs: readingRuns(data, change),
      ...optimal,
    })),
  ]);
}

/** The corners of both figures: x = 0 as stated, 1 without cache, 2-3 the ends of fig. 2, 4 the end of fig. 3. */
function readingRuns(
  { figure2, figure3 }: UrllcStudyData,
  change: Record<string, unknown>,
): UrllcCell['runs'] {
  const energy = (mj: number | undefined) => ({ ...change, energyJ: mj! / 1e3 });
  return [
    { x: 0, change },
    { x: 1, change: { ...change, cacheBits: 0 } },
    { x: 2, change: energy(figure2.energyMj[0]) },
    { x: 3, change: energy(figure2.energyMj.at(-1)) },
    { x: 4, change: { ...change, edgeRateHz: figure3.edgeGHz.at(-1)! * 1e9 } },
  ];
}
