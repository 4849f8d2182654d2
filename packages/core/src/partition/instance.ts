import { z } from 'zod';
import { InvalidInputError, type Problem } from '../errors/index.js';
import { pathLossModels } from '../radio/index.js';
import { drawTwins } from './draw-twins.js';

const positive = z.number().positive();
const notNegative = z.number().nonnegative();

const componentSchema = z.strictObject({
  weight: positive.describe('share of the component; weights are normalised'),
  x: z.number().describe('mean, m'),
  y: z.number().describe('mean, m'),
  stdM: positive.describe('standard deviation in both directions, m'),
});

const densitySchema = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('uniform') }),
  z.strictObject({ model: z.literal('gaussian'), x: z.number(), y: z.number(), stdM: positive }),
  z.strictObject({ model: z.literal('mixture'), components: z.array(componentSchema).min(1) }),
  z.strictObject({
    model: z.literal('grid'),
    values: z.array(z.array(notNegative).min(1)).min(1).describe('relative density; row 0 at y = 0'),
  }),
]);

const serverSchema = z.strictObject({
  x: z.number().describe('m'),
  y: z.number().describe('m'),
  heightM: notNegative.default(25).describe('antenna height, m'),
  computeHz: positive.describe('Ψ_b, cycle/s'),
  bandwidthHz: positive.describe('W_b^s, Hz, shared by the sensors of the region'),
});

const twinFields = {
  deadlineS: positive.describe('1/μ_k, s'),
  powerW: positive.describe('ζ_k, W'),
  dataBits: positive.describe('D_k, bit'),
  cyclesPerBit: positive.describe('Γ_k, cycle/bit'),
  bandwidthHz: positive.describe('W_k, Hz'),
};
const twinSchema = z.strictObject({ x: z.number(), y: z.number(), ...twinFields });
const twinListSchema = z.array(twinSchema);
const drawnTwinsSchema = z.strictObject({
  count: z.int().min(0).max(1_000_000),
  seed: z.int().min(0).default(1),
  mixture: z.array(componentSchema).min(1).describe('positions, redrawn until inside the zone'),
  types: z.array(z.strictObject(twinFields)).min(1).describe('twin k has type k mod their number'),
});

const constantsSchema = z.strictObject({
  sensors: positive.max(1e15).default(25_000).describe('Q'),
  slotS: positive.default(1e-3).describe('Δ, s'),
  sensorVolumeM3: positive.default(0.01).describe('ε, m³'),
  sensorPowerW: positive.default(1e-3).describe('ξ, W'),
  noiseDbmPerHz: z.number().default(-170).describe('N0, dBm/Hz, over the whole band of the receiver'),
  sensingBpsPerM3: positive.default(50).describe('ρ, bit/s/m³'),
  renderCyclesPerBit: positive.default(5000).describe('Λ, cycle/bit'),
  frequencyHz: positive.default(2e9).describe('carrier, Hz'),
  deviceHeightM: notNegative.default(0).describe('height of sensors and physical twins, m'),
});

const side = z.int().min(1).max(8192);
const instanceSchema = z.strictObject({
  kind: z.literal('partition').optional().describe('tells the files of this system apart'),
  name: z.string().optional(),
  zone: z.strictObject({
    widthM: positive.describe('extent in x, m'),
    heightM: positive.describe('extent in y, m'),
  }),
  servers: z.array(serverSchema).min(1).max(65_535),
  density: densitySchema,
  twins: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).default([]),
  pathLoss: z.looseObject({ model: z.string() }).default({ model: 'log-distance', exponent: 2.55 }),
  constants: constantsSchema.prefault({}),
  grid: z
    .strictObject({ columns: side.describe('cells in x'), rows: side.describe('cells in y') })
    .default({ columns: 100, rows: 100 }),
});

/** One component of a Gaussian mixture; metres. */
export type MixtureComponent = z.infer<typeof componentSchema>;
/** Relative density of the sensors over the zone. */
export type SensingDensity = z.infer<typeof densitySchema>;
/** A base station with its MEC server. */
export type PartitionServer = z.infer<typeof serverSchema>;
/** A physical twin whose digital twin has to be hosted. */
export type PartitionTwin = z.infer<typeof twinSchema>;
/** What a user writes: defaults left out, twins listed or drawn. */
export type PartitionDocument = Omit<z.input<typeof instanceSchema>, 'twins'> & {
  twins?: z.input<typeof twinListSchema> | z.input<typeof drawnTwinsSchema> | undefined;
};

/** A partition instance, complete: every default filled in, every twin in its place. */
export type PartitionInstance = Readonly<
  Omit<z.output<typeof instanceSchema>, 'twins'> & { twins: readonly PartitionTwin[] }
>;

const MAX_CELLS = 1 << 24;

/**
 * Validates an instance of the partition problem and fills in the defaults, which are paper 001's values.
 *
 * @param document a parsed YAML or JSON document, see {@link PartitionDocument}
 * @param what how the document is called in messages
 * @throws InvalidInputError with every problem and its path
 */
export function parsePartitionInstance(document: unknown, what = 'partition instance'): PartitionInstance {
  const problems: Problem[] = [];
  const instance = check(instanceSchema, document, [], problems);
  if (instance === undefined) throw new InvalidInputError(what, problems);
  const drawn = !Array.isArray(instance.twins);
  const list = drawn ? undefined : check(twinListSchema, instance.twins, ['twins'], problems);
  const law = drawn ? check(drawnTwinsSchema, instance.twins, ['twins'], problems) : undefined;
  checkRest(instance, list, problems);
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  const twins = list ?? drawTwins(law!, instance.zone, what);
  return { ...instance, twins };
}

function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  prefix: PropertyKey[],
  problems: Problem[],
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    problems.push({ path: dotted([...prefix, ...issue.path]), message: issue.message });
  }
  return undefined;
}

function dotted(path: PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function checkRest(
  { zone, grid, density, pathLoss }: z.output<typeof instanceSchema>,
  twins: readonly PartitionTwin[] | undefined,
  problems: Problem[],
): void {
  twins?.forEach(({ x, y }, index) => {
    if (!(x >= 0 && x <= zone.widthM && y >= 0 && y <= zone.heightM)) {
      const message = `(${x}, ${y}) lies outside the zone of ${zone.widthM} m × ${zone.heightM} m`;
      problems.push({ path: `twins[${index}]`, message });
    }
  });
  if (grid.columns * grid.rows > MAX_CELLS) {
    problems.push({ path: 'grid', message: `at most ${MAX_CELLS} cells, got ${grid.columns * grid.rows}` });
  }
  if (density.model === 'grid') {
    const width = density.values[0].length;
    density.values.forEach((row, index) => {
      if (row.length === width) return;
      const message = `every row needs ${width} values as row 0 has, got ${row.length}`;
      problems.push({ path: `density.values[${index}]`, message });
    });
    if (!density.values.some((row) => row.some((value) => value > 0))) {
      problems.push({ path: 'density.values', message: 'needs at least one value above 0' });
    }
  }
  if (!pathLossModels.has(pathLoss.model)) {
    const message = `unknown path loss model "${pathLoss.model}"; accepted: ${pathLossModels.names().join(', ')}`;
    problems.push({ path: 'pathLoss.model', message });
  } else if (pathLoss.model === 'log-distance' && !(Number(pathLoss['exponent']) > 0)) {
    problems.push({ path: 'pathLoss.exponent', message: 'log-distance needs an exponent above 0' });
  }
}
