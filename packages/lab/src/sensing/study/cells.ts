import { DEFAULT_RANGES, drawSensing, PairSource, scanMethods, scans } from '@metalore/core/sensing';
import type { Impairments, SimulatedInstance } from '@metalore/core/sensing';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';
import { judgeModels, type JudgedRow, type SpectrumModels } from '../generator/judge-models.js';
import { generatorSettingsSchema, UNSEEN_DRAWS, type GeneratorSettings } from '../generator/settings.js';
import { trainModels } from '../generator/train.js';
import { judgeClassical } from '../judge-classical.js';

const positive = z.int().positive();
const values = z.array(z.number().nonnegative()).min(1);
const processing = z.strictObject({
  antennas: z.enum(['odd', 'middle', 'all']),
  scan: z.enum(scans),
  method: z.enum([...scanMethods, 'ml']).optional(),
  smoothing: positive.optional(),
});
const profile = z.enum(['well-posed', 'paper']);

const schema = z.strictObject({
  draws: positive,
  quickDraws: positive,
  batch: positive,
  processing: z.array(processing).min(1),
  profiles: z.array(profile).min(1),
  conditions: z.strictObject({
    snapshots: values,
    positionErrorLambda: values,
    coupling: values,
    coherent: values,
    closeDeg: values,
  }),
  conditionDraws: positive,
  rivals: z.array(processing),
  generator: z.strictObject({ settings: generatorSettingsSchema, quick: generatorSettingsSchema }),
  independent: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** `studies/sensing.yaml`. */
export type SensingStudyData = z.output<typeof schema>;

export function readStudyData(): SensingStudyData {
  return readStudy('sensing', schema);
}

/** What is changed of a draw, and to what. */
export interface Condition {
  readonly name: keyof SensingStudyData['conditions'] | 'none' | 'fresnel waves';
  readonly value: number;
}

/** Consecutive draws under one condition. */
interface Draws extends Condition {
  readonly profile: z.output<typeof profile>;
  readonly first: number;
  readonly draws: number;
}

/** Draws processed in one classical way, or a training of the generator that is judged on all of them. */
export type SensingCell =
  | ({ readonly kind: 'classical'; readonly processing: z.output<typeof processing> } & Draws)
  | {
      readonly kind: 'generator';
      readonly settings: GeneratorSettings;
      readonly batch: number;
      readonly judged: readonly Draws[];
    };

/** One draw, judged by one method under one condition. */
export interface SensingRow extends JudgedRow {
  readonly condition: Condition['name'];
  readonly value: number;
  readonly profile: z.output<typeof profile>;
}

export function sensingCells(data: SensingStudyData, quick: boolean): SensingCell[] {
  const few = (count: number): number => (quick ? Math.min(count, data.quickDraws) : count);
  const plain = (name: z.output<typeof profile>): Draws => ({
    name: 'none',
    value: 0,
    profile: name,
    first: UNSEEN_DRAWS,
    draws: few(data.draws),
  });
  const changed = Object.entries(data.conditions).flatMap(([name, list]) =>
    list.map((value) => ({
      ...plain('well-posed'),
      name: name as Condition['name'],
      value,
      draws: few(data.conditionDraws),
    })),
  );
  const inBatches = (all: Draws): Draws[] =>
    Array.from({ length: Math.ceil(all.draws / data.batch) }, (_, k) => ({
      ...all,
      first: all.first + k * data.batch,
      draws: Math.min(data.batch, all.draws - k * data.batch),
    }));
  const classical = (all: Draws, ways: SensingStudyData['processing']): SensingCell[] =>
    ways.flatMap((way) =>
      inBatches(all).map((draws) => ({ kind: 'classical' as const, processing: way, ...draws })),
    );
  const fresnel: Draws = { ...plain('well-posed'), name: 'fresnel waves' };
  const settings = quick ? data.generator.quick : data.generator.settings;
  const { batch } = data;
  const training = (own: GeneratorSettings, judged: readonly Draws[]): SensingCell => ({
    kind: 'generator',
    settings: own,
    batch,
    judged,
  });
  return [
    training(settings, [plain('well-posed'), ...changed]),
    training({ ...settings, waves: 'fresnel' }, [fresnel]),
    ...data.profiles.flatMap((name) => classical(plain(name), data.processing)),
    ...changed.flatMap((draws) => classical(draws, data.rivals)),
    ...classical(fresnel, data.processing),
  ];
}

export async function runSensingCell(cell: SensingCell): Promise<SensingRow[]> {
  if (cell.kind === 'generator') {
    const models = await trainModels(cell.settings);
    return cell.judged.flatMap((draws) => judgeInBatches(models, draws, cell.batch));
  }
  const rows = judgeClassical(
    instancesOf(cell, cell.first, cell.draws),
    cell.processing,
    impairmentsOf(cell),
  );
  return rows.map((row) => described(row, cell));
}

function judgeInBatches(models: SpectrumModels, draws: Draws, batch: number): SensingRow[] {
  const { ranges = DEFAULT_RANGES } = drawSensing(draws.first, draws.profile);
  const source = new PairSource({ ranges, impairments: impairmentsOf(draws) });
  const rows: SensingRow[] = [];
  for (let done = 0; done < draws.draws; done += batch) {
    const instances = instancesOf(draws, draws.first + done, Math.min(batch, draws.draws - done));
    rows.push(...judgeModels(models, instances, source).map((row) => described(row, draws)));
  }
  return rows;
}

function described(row: JudgedRow, { name, value, profile: own }: Draws): SensingRow {
  return { ...row, condition: name, value, profile: own };
}

function instancesOf(
  { name, value, profile: own }: Draws,
  first: number,
  count: number,
): SimulatedInstance[] {
  return Array.from({ length: count }, (_, k) => {
    const instance = drawSensing(first + k, own, name === 'closeDeg' ? value : undefined);
    return name === 'snapshots' ? { ...instance, snapshots: value } : instance;
  });
}

function impairmentsOf({ name, value }: Condition): Impairments {
  if (name === 'positionErrorLambda' || name === 'coupling') return { [name]: value };
  if (name === 'coherent') return { coherent: value === 1 };
  return name === 'fresnel waves' ? { waves: 'fresnel' } : {};
}
