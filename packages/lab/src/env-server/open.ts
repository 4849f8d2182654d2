import path from 'node:path';
import { parseWith, withChanges } from '@metalore/core/document';
import { parseScenario, scenarioProblems } from '@metalore/core/scenario';
import { observationBounds, Observer, splitSpace } from '@metalore/core/submetaverse';
import { z } from 'zod';
import { version } from '../results/manifest.js';
import { applyChanges, loadScenario } from '../submetaverse/scenario-files.js';
import type { LoadedScenario } from '../submetaverse/scenario-files.js';
import { readTraces } from '../submetaverse/traces.js';
import { AUTORESET_MODES, EnvironmentBatch } from './batch.js';

/** Changes whenever a frame or the opening line would be misunderstood by an older reader. */
export const PROTOCOL = 1;

const requestSchema = z.strictObject({
  scenario: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .default('paper')
    .describe('a preset, a file, or a scenario as an object'),
  folder: z
    .string()
    .default('.')
    .describe('what file names in a scenario given as an object are relative to'),
  set: z.record(z.string(), z.unknown()).default({}).describe('changes of fields by dotted path'),
  numEnvs: z.int().min(1).max(100_000).default(1),
  autoreset: z.enum(AUTORESET_MODES).default('same-step'),
});

/** What a process is asked to hold: the payload of the opening frame. */
export type OpenRequest = z.input<typeof requestSchema>;

/** The line that answers an opening frame, and an array's place in the frame that answers a step. */
export interface OpenAnswer {
  readonly protocol: typeof PROTOCOL;
  readonly version: string;
  readonly numEnvs: number;
  readonly autoreset: (typeof AUTORESET_MODES)[number];
  /** Cells side by side in an observation and in an action. */
  readonly cells: number;
  readonly observation: { readonly names: readonly string[]; readonly high: readonly number[] };
  readonly action: { readonly names: readonly string[] };
  readonly infoNames: readonly string[];
  readonly layout: readonly ArrayLayout[];
  /** The scenario in full, resolved. */
  readonly scenario: unknown;
}

/** One array of a step's answer, little-endian. */
export interface ArrayLayout {
  readonly name: string;
  readonly type: 'float64' | 'uint8';
  /** [environments] or [environments, columns], row-major. */
  readonly shape: readonly number[];
  /** Bytes from the start of the payload, a multiple of 8. */
  readonly offset: number;
}

/** @throws InvalidInputError with every problem of the request or its scenario */
export function openBatch(request: unknown): { batch: EnvironmentBatch; answer: OpenAnswer } {
  const asked = parseWith(requestSchema, request, 'request');
  const { numEnvs, autoreset } = asked;
  const { scenario, traces } = scenarioOf(asked);
  const batch = new EnvironmentBatch(scenario, numEnvs, autoreset, traces);
  const cells = scenario.cells.length;
  const bounds = observationBounds(scenario);
  const answer: OpenAnswer = {
    protocol: PROTOCOL,
    version,
    numEnvs,
    autoreset,
    cells,
    observation: {
      names: new Observer(scenario.observation).space(cells).names,
      high: Array.from({ length: cells }, () => [...bounds]).flat(),
    },
    action: { names: splitSpace(cells).names },
    infoNames: batch.infoNames,
    layout: layoutOf(batch),
    scenario,
  };
  return { batch, answer };
}

function scenarioOf({ scenario, set, folder }: z.output<typeof requestSchema>): LoadedScenario {
  if (typeof scenario === 'string') {
    const assignments = Object.entries(set).map(([field, value]) => `${field}=${JSON.stringify(value)}`);
    return loadScenario(scenario, { set: assignments });
  }
  const written =
    scenarioProblems(scenario).length > 0 ? withChanges(scenario, set) : applyChanges(scenario, set);
  const resolved = parseScenario(written);
  return { scenario: resolved, traces: readTraces(resolved, path.resolve(folder), {}) };
}

/** Where the arrays of a step's answer stand; every one starts at a multiple of 8 bytes. */
function layoutOf(batch: EnvironmentBatch): ArrayLayout[] {
  const { numEnvs, observationSize, infoNames } = batch;
  const layout: ArrayLayout[] = [];
  let offset = 0;
  const add = (name: string, type: ArrayLayout['type'], shape: number[]) => {
    layout.push({ name, type, shape, offset });
    const bytes = shape.reduce((size, length) => size * length, type === 'float64' ? 8 : 1);
    offset += Math.ceil(bytes / 8) * 8;
  };
  add('observations', 'float64', [numEnvs, observationSize]);
  add('finalObservations', 'float64', [numEnvs, observationSize]);
  add('rewards', 'float64', [numEnvs]);
  add('terminated', 'uint8', [numEnvs]);
  add('truncated', 'uint8', [numEnvs]);
  add('info', 'float64', [numEnvs, infoNames.length]);
  add('finalInfo', 'float64', [numEnvs, infoNames.length]);
  return layout;
}
