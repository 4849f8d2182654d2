import { withChanges } from '@metalore/core/document';
import { partitionMethods } from '@metalore/core/partition';
import { z } from 'zod';
import { dataFile } from '../../io/data-folder.js';
import { readDocument } from '../../io/documents.js';
import { readStudy } from '../../study/read-study.js';
import type { CityCell } from '../cells.js';

const positive = z.number().positive();
const method = z.enum(partitionMethods);
const schema = z.strictObject({
  scenario: z.string(),
  methods: z.array(method).min(1),
  policies: z.array(z.string()).min(1),
  draws: z.int().min(2),
  quickDraws: z.int().min(2),
  episodes: z.int().min(1),
  quickEpisodes: z.int().min(1),
  run: z.strictObject({
    sensors: z.int().min(1),
    episodeSteps: z.int().min(1),
    training: z.int().min(1),
    speedMps: z.number().min(0),
  }),
  load: z.strictObject({ values: z.array(positive).min(1) }),
  age: z.strictObject({ values: z.array(z.number().min(0)).min(1), load: positive }),
  band: z.strictObject({ values: z.array(positive).min(1), load: positive, method }),
});

/** What varies in the study, from `studies/city.yaml`. */
export type CityStudyData = z.infer<typeof schema>;

/** @throws InvalidInputError */
export function readStudyData(): CityStudyData {
  return readStudy('city', schema);
}

/** The shares of one do not change with the band, so that what it buys shows; those of the other follow the queues. */
const BAND_POLICIES = ['reserved', 'queue-proportional'];

/** All cells of the study, or of its quick form. */
export function studyCells(data: CityStudyData, quick: boolean): CityCell[] {
  const base = readDocument(dataFile('scenarios', `${data.scenario}.yaml`)) as {
    constants: { sensingBpsPerM3: number };
    servers: { bandwidthHz: number }[];
    twins: { types: { bandwidthHz: number }[] };
  };
  const { training, ...how } = data.run;
  const draws = Array.from({ length: quick ? data.quickDraws : data.draws }, (_, index) => index + 1);
  const some = <T>(values: readonly T[]) => (quick ? values.filter((_, at) => at % 2 === 0) : values);
  const cell = (
    of: Pick<CityCell, 'group' | 'x' | 'draw' | 'method'> & { policy: string },
    changes: Record<string, unknown>,
  ): CityCell => ({
    group: of.group,
    x: of.x,
    draw: of.draw,
    method: of.method,
    policy: { spec: of.policy },
    instance: withChanges(base, { 'twins.seed': of.draw, ...changes }),
    options: { ...how, ageS: of.group === 'age' ? of.x : 0, seed: of.draw },
    seed: of.draw,
    episodes: quick ? data.quickEpisodes : data.episodes,
    training,
    maps: false,
  });
  const sensing = (load: number) => ({
    'constants.sensingBpsPerM3': load * base.constants.sensingBpsPerM3,
  });
  const bands = (factor: number) => ({
    servers: base.servers.map((server) => ({ ...server, bandwidthHz: factor * server.bandwidthHz })),
    'twins.types': base.twins.types.map((type) => ({ ...type, bandwidthHz: factor * type.bandwidthHz })),
  });
  const { load, age, band } = data;
  const everyWay = (group: 'load' | 'age', x: number, changes: Record<string, unknown>) =>
    data.methods.flatMap((method) =>
      data.policies.flatMap((policy) =>
        draws.map((draw) => cell({ group, x, draw, method, policy }, changes)),
      ),
    );
  return [
    ...some(load.values).flatMap((x) => everyWay('load', x, sensing(x))),
    ...some(age.values).flatMap((x) => everyWay('age', x, sensing(age.load))),
    ...some(band.values).flatMap((x) =>
      BAND_POLICIES.flatMap((policy) =>
        draws.map((draw) =>
          cell(
            { group: 'band', x, draw, method: band.method, policy },
            { ...sensing(band.load), ...bands(x) },
          ),
        ),
      ),
    ),
  ];
}
