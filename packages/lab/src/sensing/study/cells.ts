import { antennaChoices, drawSensing, NINE, ScanGrid, scans, sense } from '@metalore/core/sensing';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const positive = z.int().positive();
const processing = z.strictObject({ antennas: z.enum(['odd', 'middle', 'all']), scan: z.enum(scans) });
const profile = z.enum(['well-posed', 'paper']);

const schema = z.strictObject({
  draws: positive,
  quickDraws: positive,
  batch: positive,
  processing: z.array(processing).min(1),
  profiles: z.array(profile).min(1),
  snapshots: z.array(positive),
  snapshotDraws: positive,
  independent: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** `studies/sensing.yaml`. */
export type SensingStudyData = z.output<typeof schema>;

export function readStudyData(): SensingStudyData {
  return readStudy('sensing', schema);
}

/** Consecutive draws processed in one way. */
export interface SensingCell extends z.output<typeof processing> {
  readonly group: 'classical' | 'snapshots';
  readonly profile: z.output<typeof profile>;
  readonly snapshots: number;
  readonly first: number;
  readonly draws: number;
}

/** One draw: largest error of its three sources (180 where one was not found), and all three. */
export interface SensingRow extends Omit<SensingCell, 'first' | 'draws'> {
  readonly seed: number;
  readonly worstDeg: number;
  readonly errorsDeg: readonly number[];
}

/** Error that stands for a source without an estimate, degrees. */
const NOT_FOUND = 180;

export function sensingCells(data: SensingStudyData, quick: boolean): SensingCell[] {
  const cells = (
    group: SensingCell['group'],
    count: number,
    change: Omit<SensingCell, 'group' | 'first' | 'draws'>,
  ): SensingCell[] =>
    Array.from({ length: Math.ceil(count / data.batch) }, (_, batch) => ({
      group,
      ...change,
      first: 1 + batch * data.batch,
      draws: Math.min(data.batch, count - batch * data.batch),
    }));
  const few = (count: number): number => (quick ? Math.min(count, data.quickDraws) : count);
  return [
    ...data.profiles.flatMap((name) =>
      data.processing.flatMap((given) =>
        cells('classical', few(data.draws), { ...given, profile: name, snapshots: 200 }),
      ),
    ),
    ...data.snapshots.flatMap((snapshots) =>
      data.processing
        .filter(({ scan, antennas }) => scan === 'exact' || antennas === 'middle')
        .flatMap((given) =>
          cells('snapshots', few(data.snapshotDraws), { ...given, profile: 'well-posed', snapshots }),
        ),
    ),
  ];
}

export function runSensingCell({ first, draws, ...cell }: SensingCell): SensingRow[] {
  const antennas = antennaChoices[cell.antennas];
  const { ranges } = drawSensing(first, cell.profile);
  const grid = new ScanGrid(
    antennas.map((k) => NINE[k]),
    cell.scan,
    ranges,
  );
  return Array.from({ length: draws }, (_, k) => {
    const instance = { ...drawSensing(first + k, cell.profile), snapshots: cell.snapshots };
    const { errorsDeg = [] } = sense(instance, { scan: cell.scan, antennas, grid });
    const errors = errorsDeg.map((error) => error ?? NOT_FOUND);
    return { ...cell, seed: first + k, worstDeg: Math.max(...errors), errorsDeg: errors };
  });
}
