import { InvalidInputError, throwIfAny, type Problem } from '@metalore/core/errors';
import { parseScenario, scenarioProblems, type Scenario } from '@metalore/core/scenario';
import { LineCounter, parseDocument, type Document } from 'yaml';

/** What the page takes: larger work belongs to the command line. */
const LIMITS = { bytes: 1_000_000, devices: 20_000, cells: 1000, steps: 100_000 } as const;

/** A problem with the place in the text where it lies, lines from 1; 0 where it has none. */
export interface PlacedProblem extends Problem {
  readonly line: number;
  readonly column: number;
}

/**
 * Reads a scenario as somebody wrote it. Runs in a worker: parsing may take long, and never evaluates anything.
 *
 * @throws InvalidInputError with every problem
 */
export function readScenario(text: string): Scenario {
  const { value, problems } = check(text);
  throwIfAny('scenario', problems);
  const scenario = parseScenario(value);
  throwIfAny('scenario', sizeProblems(scenario));
  return scenario;
}

/** Every problem of a scenario's text, with its line and column. */
export function textProblems(text: string): PlacedProblem[] {
  const { value, problems, place } = check(text);
  if (problems.length > 0) return problems;
  try {
    return sizeProblems(parseScenario(value)).map((problem) => ({ ...problem, ...place(problem.path) }));
  } catch (error) {
    if (error instanceof InvalidInputError)
      return error.problems.map((problem) => ({ ...problem, ...place(problem.path) }));
    throw error;
  }
}

interface Checked {
  readonly value?: unknown;
  readonly problems: PlacedProblem[];
  place(path: string): { line: number; column: number };
}

function check(text: string): Checked {
  const nowhere = () => ({ line: 0, column: 0 });
  if (text.length > LIMITS.bytes) {
    const message = `${text.length} characters; the studio takes at most ${LIMITS.bytes}`;
    return { problems: [{ path: '', message, line: 0, column: 0 }], place: nowhere };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { path: '', message: error.message.split(/ at line \d+/)[0], line, column: col };
    });
    return { problems, place: nowhere };
  }
  const place = (path: string) => placeOf(document, lines, path);
  try {
    const value = (document.toJS({ maxAliasCount: 100 }) as unknown) ?? {};
    const problems = scenarioProblems(value).map((problem) => ({ ...problem, ...place(problem.path) }));
    return { value, problems, place };
  } catch (error) {
    return { problems: [{ path: '', message: String(error), line: 0, column: 0 }], place };
  }
}

/** The place of the field, or of the nearest thing around it that was written. */
function placeOf(document: Document, lines: LineCounter, path: string): { line: number; column: number } {
  let parts = path.split(/[.[\]"]+/).filter((part) => part !== '');
  for (; parts.length > 0; parts = parts.slice(0, -1)) {
    const keys = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const node = document.getIn(keys, true) as { range?: [number, number, number] } | undefined;
    if (node?.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function sizeProblems(scenario: Scenario): Problem[] {
  const problems: Problem[] = [];
  const atMost = (path: string, value: number, limit: number, what: string) => {
    if (value > limit)
      problems.push({
        path,
        message: `${value} ${what}; the studio takes at most ${limit}, the command line more`,
      });
  };
  atMost('episodeSteps', scenario.episodeSteps, LIMITS.steps, 'steps');
  atMost('cells', scenario.cells.length, LIMITS.cells, 'cells');
  for (const kind of ['ues', 'sensors'] as const) {
    for (const count of counts(scenario, `${kind}.count`))
      atMost(`${kind}.count`, count, LIMITS.devices, 'devices');
    for (const part of ['mobility', 'arrivals'] as const) {
      if (scenario[kind][part].model === 'trace') {
        problems.push({
          path: `${kind}.${part}`,
          message: 'recorded data is played by the command line only',
        });
      }
    }
  }
  if (scenario.radio.linkTrace !== undefined)
    problems.push({ path: 'radio.linkTrace', message: 'recorded data is played by the command line only' });
  return problems;
}

/** All values that a field takes over the episode. */
function counts(scenario: Scenario, field: 'ues.count' | 'sensors.count'): number[] {
  const { schedule } = scenario;
  const kind = field === 'ues.count' ? 'ues' : 'sensors';
  const first = [scenario[kind].count];
  if (schedule === undefined) return first;
  if (Array.isArray(schedule)) return [...first, ...schedule.map(({ set }) => Number(set[field] ?? 0))];
  return [...first, ...(schedule.vary[field] ?? []).map(Number)];
}
