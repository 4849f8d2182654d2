import { z } from 'zod';
import { loadInput } from '../../io/load-input.js';
import { readStudy } from '../../study/read-study.js';
import { followTargets, measuringScenario, type Followed } from './follow.js';

const positive = z.int().positive();
const share = z.number().min(0).max(1);

const schema = z.strictObject({
  scenario: z.string(),
  episodes: positive,
  quickEpisodes: positive,
  seed: z.int().nonnegative(),
  warmUpSteps: z.int().nonnegative(),
  intervalSteps: z.array(positive).min(1),
  splits: z.array(z.tuple([share, share])).min(1),
  array: z.strictObject({
    wavelengthM: z.number().positive(),
    snrDb: z.number(),
    snapshots: positive,
    rangeStdM: z.number().positive(),
  }),
  accelerationM2: z.number().positive(),
});
type TwinData = z.output<typeof schema>;

/** Episodes under one interval and one split; complete in itself. */
export interface TwinCell extends Pick<TwinData, 'seed' | 'warmUpSteps' | 'array' | 'accelerationM2'> {
  readonly scenario: unknown;
  readonly episodes: number;
  readonly intervalSteps: number;
  readonly rhoC: number;
  readonly rhoP: number;
}

export interface TwinRow extends Followed {
  readonly episode: number;
  readonly intervalSteps: number;
  readonly rhoC: number;
  readonly rhoP: number;
}

export function twinCells(quick: boolean): TwinCell[] {
  const data = readStudy('sensing-twin', schema);
  const { document: scenario } = loadInput('submetaverse', data.scenario);
  const { seed, warmUpSteps, array, accelerationM2 } = data;
  const episodes = quick ? data.quickEpisodes : data.episodes;
  return data.intervalSteps.flatMap((intervalSteps) =>
    data.splits.map(([rhoC, rhoP]) => ({
      scenario,
      episodes,
      intervalSteps,
      rhoC,
      rhoP,
      seed,
      warmUpSteps,
      array,
      accelerationM2,
    })),
  );
}

export function runTwinCell({ scenario, episodes, seed, ...cell }: TwinCell): TwinRow[] {
  const { intervalSteps, rhoC, rhoP } = cell;
  const following = { ...cell, scenario: measuringScenario(scenario, intervalSteps) };
  return Array.from({ length: episodes }, (_, episode) => ({
    episode,
    intervalSteps,
    rhoC,
    rhoP,
    ...followTargets(following, seed, episode),
  }));
}
