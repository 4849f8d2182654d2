import { RandomStream } from '../random/index.js';
import { checkInside, checkSpace, drawAction, type Note } from './check-spaces.js';
import type { ActionSpace, VectorEnvironment } from './contract.js';
import { refuses } from './refuses.js';
import { actionSize, isDiscrete } from './spaces.js';

type Checked = VectorEnvironment<ActionSpace>;

/** Steps that a snapshot is followed for. */
const AFTER_SNAPSHOT = 20;
/** What a sum over an episode may differ by from the environment's own. */
const ROUNDING = 1e-9;

/** The part of `checkEnvironment` that vector environments have. */
export function checkVector(environment: Checked, seed: number, maxSteps: number, note: Note): void {
  const { numEnvs, actionSpace, criticSpace } = environment;
  checkSpace('criticSpace', criticSpace, note);
  checkArrays(environment, note);
  const first = play(environment, seed, maxSteps, note);
  const second = play(environment, seed, maxSteps, note);
  if (first !== second) note('reset', `the same seed ${seed} and the same actions gave other episodes`);
  checkSnapshot(environment, seed, note);

  environment.reset(seed);
  const actions = new Float64Array(numEnvs * actionSize(actionSpace));
  refuses('step', 'another number of actions', () => environment.step(actions.slice(1)), note);
  if (isDiscrete(actionSpace)) {
    const wrong = actions.slice().fill(actionSpace.n);
    refuses('step', 'an action that there is not', () => environment.step(wrong), note);
  }
  refuses('reset', 'a seed that is no integer from 0 on', () => environment.reset(-1), note);
}

function arraysOf(environment: Checked): Readonly<Record<string, Float64Array | Uint8Array>> {
  const { observations, criticObservations, finalObservations, finalCriticObservations } = environment;
  const { rewards, terminated, truncated } = environment;
  return {
    ...{ observations, criticObservations, finalObservations, finalCriticObservations },
    ...{ rewards, terminated, truncated },
  };
}

function checkArrays(environment: Checked, note: Note): void {
  const { numEnvs, observationSpace, criticSpace, finalMetrics } = environment;
  const lengths: Readonly<Record<string, number>> = {
    observations: numEnvs * observationSpace.size,
    criticObservations: numEnvs * criticSpace.size,
    finalObservations: numEnvs * observationSpace.size,
    finalCriticObservations: numEnvs * criticSpace.size,
  };
  for (const [name, array] of Object.entries(arraysOf(environment))) {
    const Kind = name === 'terminated' || name === 'truncated' ? Uint8Array : Float64Array;
    const length = lengths[name] ?? numEnvs;
    if (!(array instanceof Kind) || array.length !== length) {
      note(name, `expected a ${Kind.name} of ${length} numbers`);
    }
  }
  if ((environment.autoreset as string) !== 'same-step') note('autoreset', 'expected "same-step"');
  for (const name of ['reward', 'length']) {
    if (!(name in finalMetrics)) note('finalMetrics', `lacks ${name}`);
  }
}

/** Plays until every environment has ended an episode; what came of it, as text. */
function play(environment: Checked, seed: number, maxSteps: number, note: Note): string {
  const { numEnvs, observationSpace, finalMetrics } = environment;
  const arrays = arraysOf(environment);
  const stream = new RandomStream(seed, 'check-environment');
  const actions = new Float64Array(numEnvs * actionSize(environment.actionSpace));
  const sums = new Float64Array(numEnvs);
  const lengths = new Int32Array(numEnvs);
  const ended = new Uint8Array(numEnvs);
  const begins = new Map<number, string>();
  const seen: string[] = [];
  environment.reset(seed);
  checkRows('observations', environment.observations, environment, note);
  for (let step = 0; step < maxSteps && ended.includes(0); step++) {
    drawActions(environment, stream, actions, note);
    environment.step(actions);
    const now = arraysOf(environment);
    for (const name of Object.keys(arrays)) {
      if (now[name] !== arrays[name])
        note(name, 'is another array after a step; expected it to be overwritten');
    }
    checkRows('observations', environment.observations, environment, note);
    seen.push(environment.observations.join(), environment.rewards.join());
    for (let row = 0; row < numEnvs; row++) {
      const reward = environment.rewards[row];
      if (!Number.isFinite(reward)) note(`rewards[${row}]`, `${reward}; expected a finite number`);
      if (ended[row] === 1) continue;
      sums[row] += reward;
      lengths[row]++;
      if (environment.terminated[row] === 0 && environment.truncated[row] === 0) continue;
      ended[row] = 1;
      checkInside('finalObservations', environment.finalObservations, observationSpace, note, row);
      checkFinal(finalMetrics, row, sums[row], lengths[row], note);
      begins.set(row, rowOf(environment, row));
    }
  }
  checkNextEpisodes(environment, seed, begins, note);
  return seen.join(';');
}

function drawActions(environment: Checked, stream: RandomStream, actions: Float64Array, note: Note): void {
  const { actionSpace, actionMasks, numEnvs } = environment;
  for (let row = 0; row < numEnvs; row++) {
    if (actionMasks !== undefined && isDiscrete(actionSpace)) {
      const mask = actionMasks.subarray(row * actionSpace.n, (row + 1) * actionSpace.n);
      if (!mask.includes(1)) note('actionMasks', `row ${row} allows no action`);
    }
    drawAction(actionSpace, stream, actions, row, actionMasks);
  }
}

function checkRows(path: string, values: Float64Array, environment: Checked, note: Note): void {
  const { numEnvs, observationSpace } = environment;
  for (let row = 0; row < numEnvs; row++) checkInside(path, values, observationSpace, note, row);
}

function checkFinal(
  metrics: Checked['finalMetrics'],
  row: number,
  reward: number,
  length: number,
  note: Note,
): void {
  for (const [name, expected] of Object.entries({ reward, length })) {
    const value = metrics[name]?.[row];
    if (value === undefined) continue; // told already
    if (Math.abs(value - expected) <= ROUNDING * Math.max(1, Math.abs(expected))) continue;
    note(`finalMetrics.${name}[${row}]`, `${value}; its steps give ${expected}`);
  }
}

const rowOf = ({ observations, observationSpace: { size } }: Checked, row: number) =>
  observations.subarray(row * size, (row + 1) * size).join();

/** Whether the step that ended an episode already showed the first observation of a next one. */
function checkNextEpisodes(
  environment: Checked,
  seed: number,
  begins: ReadonlyMap<number, string>,
  note: Note,
): void {
  const open = new Map(begins);
  for (let episode = 1; episode <= environment.numEnvs && open.size > 0; episode++) {
    environment.reset(seed, episode);
    for (const [row, begun] of open) if (rowOf(environment, row) === begun) open.delete(row);
  }
  for (const row of open.keys()) {
    note('observations', `row ${row} did not begin the next episode in the step that ended the one before`);
  }
}

/** Whether a snapshot, as plain data, goes on as the environment itself did. */
function checkSnapshot(environment: Checked, seed: number, note: Note): void {
  const actions = new Float64Array(environment.numEnvs * actionSize(environment.actionSpace));
  const follow = (): string => {
    const stream = new RandomStream(seed, 'check-snapshot');
    return Array.from({ length: AFTER_SNAPSHOT }, () => {
      drawActions(environment, stream, actions, () => undefined);
      environment.step(actions);
      return `${environment.observations.join()};${environment.rewards.join()}`;
    }).join();
  };
  environment.reset(seed);
  follow(); // into the middle of an episode
  const text = JSON.stringify(environment.snapshot());
  const expected = follow();
  environment.restore(JSON.parse(text));
  if (follow() !== expected) note('restore', 'goes on otherwise than what the snapshot was taken of');
}
