import { z } from 'zod';
import { pathLossModels } from '../../radio/index.js';
import { cachingPolicies, servingFields } from '../../serving/index.js';
import { arrivalModels } from '../../traffic/registry.js';
import { mobilityModels } from '../../mobility/registry.js';
import { associationModels } from '../association.js';
import { bandwidthSchedulers } from '../bandwidth-scheduler.js';
import { observationFeatures } from '../observation.js';
import { rewardModels } from '../reward.js';
import { sensorSelections } from '../sensor-selection.js';
import { count, fraction, model, modelChoice, nonNegative, positive, section } from './fields.js';

const MAX_DEVICES = 1_000_000;
const MAX_MEAN = 1e6;

const named = (registry: { names(): string[] }) => z.enum(registry.names() as [string, ...string[]]);

const position = () =>
  z.strictObject({ xM: z.number().describe('m from the west'), yM: z.number().describe('m from the south') });

function cellSchema() {
  return z.strictObject({
    xM: z.number().describe('position, m from the west edge'),
    yM: z.number().describe('position, m from the south edge'),
    heightM: positive().default(40).describe('antenna height, m'),
    frequencyHz: positive().default(3.5e9).describe('carrier frequency, Hz'),
    bandwidthHz: positive().default(100e6).describe('bandwidth shared by UEs and sensors, Hz'),
    txPowerDbm: z.number().default(40).describe('transmission power in the link budget, dBm'),
    computeUnits: positive().default(100).describe('capacity of the MEC server, units a step'),
    noiseMw: positive().optional().describe('noise power at this base station, mW; default: radio.noiseMw'),
    gpuGB: positive().optional().describe('GPU memory of its server, GB; default: serving.server.gpuGB'),
  });
}

function pathLossSchema() {
  return modelChoice(
    [
      model('okumura-hata', {}, 'Okumura-Hata, small or medium city (paper 000)'),
      model('free-space', {}, 'Friis'),
      model(
        'log-distance',
        {
          exponent: positive().describe('path-loss exponent'),
          referenceLossDb: z.number().optional().describe('loss at the reference distance, dB'),
          referenceDistanceM: positive().optional().describe('m; default 1'),
          shadowingDb: nonNegative().optional().describe('standard deviation of shadowing, dB; default 0'),
        },
        'log-distance with optional log-normal shadowing',
      ),
      model(
        'umi-38901',
        { shadowing: z.boolean().optional().describe('default true') },
        '3GPP TR 38.901 urban micro, street canyon: LOS probability and shadowing',
      ),
    ],
    pathLossModels,
  );
}

function mobilitySchema() {
  return modelChoice(
    [
      model(
        'random-waypoint',
        {
          speedMps: nonNegative().default(1.5),
          positions: z
            .array(position())
            .optional()
            .describe('where they start, one per device; uniform over the area if missing'),
        },
        'random waypoint without pauses',
      ),
      model(
        'static',
        {
          positions: z
            .array(position())
            .optional()
            .describe('one per device; uniform over the area if missing'),
        },
        'devices that stay where they are',
      ),
      model('trace', { file: z.string().describe('positions.csv: step,device,x,y') }, 'recorded positions'),
    ],
    mobilityModels,
  );
}

function arrivalsSchema() {
  return modelChoice(
    [
      model('bernoulli', { probability: fraction() }, 'one job with a probability, every step'),
      model(
        'periodic',
        {
          intervalSteps: count(1e6).default(1),
          offsetSteps: z.int().nonnegative().default(0),
          spread: z.boolean().optional().describe('devices spread over the interval; default: all at once'),
        },
        'one job when (step − offset) mod interval = 0',
      ),
      model('poisson', { meanPerStep: nonNegative().max(1000) }, 'a Poisson number of jobs a step'),
      model(
        'bursty',
        {
          calmProbability: fraction().describe('of a job in a calm step'),
          burstProbability: fraction().describe('of a job in a burst step'),
          startBurst: fraction().describe('probability that a calm device starts a burst, per step'),
          endBurst: fraction().describe('probability that a burst ends, per step'),
        },
        'two-state Markov-modulated Bernoulli',
      ),
      model(
        'trace',
        { file: z.string().describe('arrivals.csv: step,device,sizeMbit,loadUnits') },
        'recorded jobs',
      ),
    ],
    arrivalModels,
  );
}

const meanSizeMbit = (value: number) =>
  positive().max(MAX_MEAN).default(value).describe('mean of the Poisson size, Mbit; a draw of 0 counts as 1');
const meanLoadUnits = (value: number) =>
  positive()
    .max(MAX_MEAN)
    .default(value)
    .describe('mean of the Poisson load, units; a draw of 0 counts as 1');

const sizes = () =>
  z
    .enum(['poisson', 'constant'])
    .default('poisson')
    .describe('of jobs: drawn around their means (paper 000), or always equal to them');

/** What a device sends with and is heard over, where that is not its cell's. */
const transmitter = () => ({
  txPowerDbm: z.number().optional().describe("transmission power of the device, dBm; default: its cell's"),
  noiseMw: positive()
    .optional()
    .describe("noise power over the band that the device is heard in, mW; default: its cell's"),
});

function classSchema() {
  return z.strictObject({
    name: z.string().optional(),
    ...transmitter(),
    arrivals: arrivalsSchema()
      .refine(({ model }) => model !== 'trace', 'a class draws its arrivals; recorded ones are of all UEs')
      .optional(),
    meanSizeMbit: positive().max(MAX_MEAN).optional().describe('Mbit'),
    meanLoadUnits: positive().max(MAX_MEAN).optional().describe('units'),
    lateThresholdSteps: nonNegative().optional().describe('D_th of its requests, steps of AoRI'),
  });
}

function servingSchema() {
  const { server, costs, popularity, services } = servingFields;
  return z.strictObject({
    services,
    policy: named(cachingPolicies).default('VALUE').describe('what to load on a miss'),
    server: server.prefault({}),
    costs: costs.prefault({}).describe('prices that policies weigh; a slot is a step'),
    popularity: popularity.prefault({}),
    baseGflops: positive()
      .default(100)
      .describe('work of a model whose requests cost the server exactly their load, GFLOP'),
    cloudDelay: z
      .discriminatedUnion('model', [
        z.strictObject({ model: z.literal('fixed'), steps: z.int().min(0).max(MAX_CLOUD_STEPS) }),
        z.strictObject({
          model: z.literal('exponential'),
          meanSteps: nonNegative().max(MAX_CLOUD_STEPS / 10),
        }),
      ])
      .prefault({ model: 'fixed', steps: 4 })
      .describe('from the base station to the cloud and back'),
  });
}

const MAX_CLOUD_STEPS = 30_000;

function scheduleSchema() {
  const changes = z
    .record(z.string(), z.unknown())
    .describe('scenario fields by dotted path, for example { "sensors.count": 5 }');
  return z
    .union([
      z.array(z.strictObject({ fromStep: z.int().nonnegative(), set: changes })),
      z.strictObject({
        minSteps: count(1e6).describe('shortest phase, steps'),
        maxSteps: count(1e6).describe('longest phase, steps'),
        vary: z
          .record(z.string(), z.array(z.unknown()).min(1))
          .describe('values by dotted path; every phase draws one of each, seeded by run and episode'),
      }),
    ])
    .describe('phases that change parameters over the episode: listed, or drawn anew in every episode');
}

/** Whose names a scenario may use. */
const SEAMS = [
  pathLossModels,
  mobilityModels,
  arrivalModels,
  cachingPolicies,
  bandwidthSchedulers,
  associationModels,
  sensorSelections,
  observationFeatures,
  rewardModels,
] as const;

let schema: ReturnType<typeof buildScenarioSchema>;
let schemaRevision = -1;

/** The schema of a scenario file, with the models that are registered now. */
export function scenarioSchema(): typeof schema {
  const revision = SEAMS.reduce((sum, registry) => sum + registry.revision, 0);
  if (schemaRevision !== revision) {
    schema = buildScenarioSchema();
    schemaRevision = revision;
  }
  return schema;
}

function buildScenarioSchema() {
  return z.strictObject({
    name: z.string().min(1).default('scenario'),
    description: z.string().default(''),
    episodeSteps: count(10_000_000).default(100).describe('T, steps'),
    stepS: positive()
      .max(86_400)
      .default(1)
      .describe('length of a step, s; compute, arrivals and ages stay per step'),
    area: section({
      widthM: positive().default(200).describe('west to east, m'),
      heightM: positive().default(200).describe('south to north, m'),
    }),
    cells: z
      .array(cellSchema())
      .min(1)
      .max(10_000)
      .optional()
      .describe('base stations, each with its MEC server; default: one in the middle of the area'),
    radio: section({
      pathLoss: pathLossSchema().prefault({ model: 'okumura-hata' }),
      noiseMw: positive().default(1e-9).describe('noise power, mW'),
      minSnr: nonNegative().default(2e-8).describe('no service below this SNR (plain ratio)'),
      rate: z
        .discriminatedUnion('model', [
          z.strictObject({ model: z.literal('shannon') }),
          z.strictObject({
            model: z.literal('finite-blocklength'),
            errorProbability: z.number().gt(0).lt(0.5).default(1e-5).describe('ε of a packet, in (0, ½)'),
            packetBits: positive().default(256).describe('bits of a packet'),
            slotS: positive().default(1e-3).describe('φ, transmission time of a packet, s'),
          }),
        ])
        .prefault({ model: 'shannon' })
        .describe('of requests: capacity, or short packets that are lost with ε and sent again (paper 003)'),
      shadowing: z
        .strictObject({
          stdDb: nonNegative().describe('standard deviation, dB'),
          correlationM: positive()
            .default(50)
            .describe('distance over which the correlation falls to 1/e, m'),
        })
        .optional()
        .describe('added to the path loss: a random field over the area for each base station'),
      interference: z
        .enum(['none', 'full-load', 'activity'])
        .default('none')
        .describe(
          'of the devices of other cells, all in one band: all of them, or those with something to send',
        ),
      linkTrace: z
        .strictObject({ file: z.string() })
        .optional()
        .describe(
          'links.csv: step,device,rateMbps — measured rates over the whole bandwidth instead of path loss',
        ),
    }),
    ues: section({
      count: count(MAX_DEVICES).default(10).describe('K'),
      heightM: nonNegative().default(1.5).describe('antenna height, m'),
      ...transmitter(),
      mobility: mobilitySchema().prefault({ model: 'random-waypoint', speedMps: 1.5 }),
      arrivals: arrivalsSchema().prefault({ model: 'bernoulli', probability: 0.7 }),
      meanSizeMbit: meanSizeMbit(50),
      meanLoadUnits: meanLoadUnits(5),
      sizes: sizes(),
      classes: z
        .array(classSchema())
        .min(1)
        .optional()
        .describe('kinds of UEs; what a class leaves out is as for all UEs'),
      classOf: z
        .array(z.int().nonnegative())
        .optional()
        .describe('per UE its class; UEs beyond the list take the classes in turn'),
      scheduler: named(bandwidthSchedulers)
        .default('equal-bandwidth')
        .describe('how UEs share their bandwidth'),
    }),
    sensors: section({
      count: count(MAX_DEVICES).default(15).describe('N'),
      heightM: nonNegative().default(1.5).describe('antenna height, m'),
      ...transmitter(),
      rangeM: positive().default(50).describe('sensing range, m; used by the selections that ask for it'),
      mobility: mobilitySchema().prefault({ model: 'static' }),
      arrivals: arrivalsSchema().prefault({ model: 'periodic', intervalSteps: 1 }),
      meanSizeMbit: meanSizeMbit(70),
      meanLoadUnits: meanLoadUnits(7),
      sizes: sizes(),
      scheduler: named(bandwidthSchedulers)
        .default('equal-bandwidth')
        .describe('how sensors share their bandwidth'),
      discipline: z
        .enum(['fifo', 'freshest'])
        .default('fifo')
        .describe('freshest: a newer update of a sensor replaces the one still waiting'),
    }),
    association: section({
      model: named(associationModels).default('nearest'),
      hysteresis: nonNegative()
        .default(0)
        .describe('how much better another cell must be: m for nearest, dB for strongest'),
      handoverDelaySteps: z
        .int()
        .nonnegative()
        .max(1e6)
        .default(0)
        .describe('steps without service after a change of cell'),
      file: z
        .string()
        .optional()
        .describe(
          'of regions: labels.npy, the cell of every place of a grid over the area, row 0 in the south',
        ),
      labels: z
        .strictObject({
          columns: count(8192).describe('places in x'),
          rows: count(8192).describe('places in y; row 0 in the south'),
          runs: z
            .string()
            .max(2_000_000)
            .describe('cells of the places, row by row, as `cell*length` divided by spaces'),
        })
        .optional()
        .describe('of regions, in place of a file: the same grid, written out'),
      ueCells: z
        .array(z.int().min(-1))
        .optional()
        .describe('per UE the cell that it keeps wherever it is; -1, and UEs beyond the list: associated'),
    }),
    sensorSelection: named(sensorSelections).default('nearest').describe('the sensor a request needs'),
    interCellDelaySteps: z
      .int()
      .nonnegative()
      .max(1e6)
      .default(0)
      .describe('steps until a processed update is seen by the other cells'),
    observation: z
      .array(named(observationFeatures))
      .min(1)
      .default(['request-queue-jobs', 'update-queue-jobs'])
      .describe('features that a cell observes (paper 000, eq. 3)'),
    reward: section({
      model: named(rewardModels).default('age-discounted'),
      baseReward: z.number().default(10).describe('c1'),
      eta: z.number().gt(0).lte(1).default(0.9).describe('η: discount per step of AoSI'),
      latePenalty: z.number().max(0).default(0).describe('c2: added for a request later than the threshold'),
      lateThresholdSteps: nonNegative().default(2).describe('D_th, steps of AoRI'),
    }),
    serving: servingSchema()
      .optional()
      .describe('requests ask for models: resident ones run at the server, the others in the cloud'),
    schedule: scheduleSchema().optional(),
  });
}
