import type { z } from 'zod';
import { checkWith, jsonSchemaOf, withChanges } from '../../document/index.js';
import { InvalidInputError, type Problem } from '../../errors/index.js';
import { scenarioServices } from '../../serving/index.js';
import { labelRunsProblem } from './label-runs.js';
import { scenarioSchema } from './schema.js';

type Parsed = z.output<ReturnType<typeof scenarioSchema>>;

/** What a scenario file may contain. */
export type ScenarioInput = z.input<ReturnType<typeof scenarioSchema>>;

/** A validated, fully resolved, frozen scenario. */
export type Scenario = Readonly<Omit<Parsed, 'cells'>> & { readonly cells: NonNullable<Parsed['cells']> };

/** One cell of a scenario. */
export type CellScenario = Scenario['cells'][number];

/** Fields that a schedule cannot change, as it would change what devices and cells there are to index. */
const STRUCTURAL = [
  'episodeSteps',
  'stepS',
  'area',
  'schedule',
  'observation',
  'serving',
  'name',
  'description',
];

/**
 * Validates a scenario completely and fills in its defaults.
 *
 * @param input a plain object, as read from YAML or JSON; a resolved scenario is valid input again
 * @param what how to call it in an error, e.g. `scenario paper.yaml`
 * @throws InvalidInputError with every problem and its path
 */
export function parseScenario(input: unknown, what = 'scenario'): Scenario {
  const { scenario, problems } = check(input ?? {});
  if (scenario === undefined || problems.length > 0) throw new InvalidInputError(what, problems);
  return deepFreeze(scenario);
}

/** Validates a scenario after changes by dotted path, as `--set` and schedules make them. */
export function changeScenario(
  scenario: Scenario,
  changes: Readonly<Record<string, unknown>>,
  what = 'scenario',
): Scenario {
  return parseScenario(withChanges(scenario, changes), what);
}

/** All problems of a scenario, none for a valid one. */
export function scenarioProblems(input: unknown): readonly Problem[] {
  return check(input ?? {}).problems;
}

/** The schema of scenario files as JSON Schema, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf(scenarioSchema(), 'MetaLore scenario');
}

function check(input: unknown): { scenario?: Scenario; problems: Problem[] } {
  const { value, problems: found } = checkWith(scenarioSchema(), input);
  if (value === undefined) return { problems: [...found] };
  const { area, cells } = value;
  const scenario = {
    ...value,
    cells: cells ?? [defaultCell(area)],
  } as Scenario;
  const problems = consistencyProblems(scenario);
  if (problems.length === 0) problems.push(...scheduleProblems(scenario));
  return { scenario, problems };
}

function defaultCell(area: { widthM: number; heightM: number }): CellScenario {
  const parsed = scenarioSchema().parse({ cells: [{ xM: area.widthM / 2, yM: area.heightM / 2 }] });
  return parsed.cells![0];
}

function consistencyProblems(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  for (const kind of ['ues', 'sensors'] as const) {
    const { mobility, count } = scenario[kind];
    const positions = 'positions' in mobility ? mobility.positions : undefined;
    if (positions && positions.length < count) {
      problems.push({
        path: `${kind}.mobility.positions`,
        message: `${positions.length} positions for ${count} devices; expected at least ${count}`,
      });
    }
    positions?.forEach((position, at) =>
      problems.push(...outside(position, scenario, `${kind}.mobility.positions[${at}]`)),
    );
  }
  problems.push(...classProblems(scenario));
  problems.push(...servingProblems(scenario));
  scenario.cells.forEach((cell, at) => problems.push(...outside(cell, scenario, `cells[${at}]`)));
  problems.push(...associationProblems(scenario));
  const { schedule } = scenario;
  if (schedule && !Array.isArray(schedule) && schedule.minSteps > schedule.maxSteps) {
    problems.push({
      path: 'schedule.minSteps',
      message: `${schedule.minSteps} exceeds maxSteps (${schedule.maxSteps}); expected at most that`,
    });
  }
  return problems;
}

function classProblems({ ues }: Scenario): Problem[] {
  const { classes, classOf = [], arrivals } = ues;
  if (classes === undefined) {
    return classOf.length === 0
      ? []
      : [{ path: 'ues.classOf', message: 'names classes; ues.classes has none' }];
  }
  const problems: Problem[] = classOf.flatMap((of, ue) =>
    of < classes.length
      ? []
      : [
          {
            path: `ues.classOf[${ue}]`,
            message: `${of} is no class; expected 0 to ${classes.length - 1}`,
          },
        ],
  );
  if (arrivals.model === 'trace') {
    problems.push({
      path: 'ues.arrivals.model',
      message: 'trace: recorded requests have sizes of their own; ues.classes expects drawn ones',
    });
  }
  return problems;
}

/** A server whose memory is too small for every model would never serve a request. */
function servingProblems({ serving, cells }: Scenario): Problem[] {
  if (serving === undefined) return [];
  const smallest = Math.min(...scenarioServices(serving).map(({ gb }) => gb));
  const lacks = (gpuGB: number, path: string): Problem[] =>
    gpuGB >= smallest
      ? []
      : [
          {
            path,
            message: `${gpuGB} GB hold no model; the smallest of serving.services has ${smallest.toPrecision(3)} GB`,
          },
        ];
  return [
    ...lacks(serving.server.gpuGB, 'serving.server.gpuGB'),
    ...cells.flatMap(({ gpuGB }, at) => (gpuGB === undefined ? [] : lacks(gpuGB, `cells[${at}].gpuGB`))),
  ];
}

function associationProblems({ association, cells }: Scenario): Problem[] {
  const { model, hysteresis, file, labels, ueCells = [] } = association;
  const problems: Problem[] = ueCells.flatMap((cell, ue) =>
    cell < cells.length
      ? []
      : [
          {
            path: `association.ueCells[${ue}]`,
            message: `${cell} is no cell; expected -1 to ${cells.length - 1}`,
          },
        ],
  );
  if (model !== 'regions') return problems;
  if (file === undefined && labels === undefined) {
    problems.push({
      path: 'association.file',
      message: 'is missing; regions need the labels of a grid (labels.npy)',
    });
  }
  if (labels !== undefined) {
    const message = labelRunsProblem(labels, cells.length);
    if (message !== undefined) problems.push({ path: 'association.labels.runs', message });
  }
  if (hysteresis > 0) {
    problems.push({
      path: 'association.hysteresis',
      message: `${hysteresis}: regions have none; expected 0`,
    });
  }
  return problems;
}

function outside(point: { xM: number; yM: number }, { area }: Scenario, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const [axis, limit] of [['xM', area.widthM] as const, ['yM', area.heightM] as const]) {
    if (point[axis] < 0 || point[axis] > limit) {
      problems.push({
        path: `${path}.${axis}`,
        message: `${point[axis]} lies outside the area; expected 0 to ${limit}`,
      });
    }
  }
  return problems;
}

/** Every change of a schedule must, on its own, lead to a valid scenario of the same structure. */
function scheduleProblems(scenario: Scenario): Problem[] {
  const { schedule } = scenario;
  if (schedule === undefined) return [];
  const changes: { path: string; field: string; value: unknown }[] = Array.isArray(schedule)
    ? schedule.flatMap((phase, at) =>
        Object.entries(phase.set).map(([field, value]) => ({ path: `schedule[${at}].set`, field, value })),
      )
    : Object.entries(schedule.vary).flatMap(([field, values]) =>
        values.map((value) => ({ path: 'schedule.vary', field, value })),
      );
  const problems: Problem[] = [];
  if (Array.isArray(schedule)) {
    schedule.forEach(({ fromStep }, at) => {
      if (at > 0 && fromStep <= schedule[at - 1].fromStep) {
        problems.push({
          path: `schedule[${at}].fromStep`,
          message: `${fromStep} does not come after the phase before (${schedule[at - 1].fromStep})`,
        });
      }
    });
  }
  const { schedule: _schedule, ...base } = scenario;
  for (const { path, field, value } of changes) {
    const root = field.split(/[.[]/)[0];
    if (STRUCTURAL.includes(root) || field === 'cells') {
      problems.push({ path: `${path}["${field}"]`, message: 'cannot change during an episode' });
      continue;
    }
    for (const problem of check(withChanges(base, { [field]: value })).problems) {
      problems.push({ path: `${path}["${field}"]`, message: problem.message });
    }
  }
  return problems;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
