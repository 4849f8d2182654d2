import { throwIfAny, type Problem } from '../errors/index.js';
import { RandomStream } from '../random/index.js';
import { checkActionSpace, checkInside, checkSpace, drawAction, type Note } from './check-spaces.js';
import { checkVector } from './check-vector.js';
import type { ActionSpace, Environment, StepResult, VectorEnvironment } from './contract.js';
import { refuses } from './refuses.js';

/** How {@link checkEnvironment} plays. */
export interface CheckOptions {
  /** Of the episodes and of the random actions, an integer from 0 on; default 0. */
  readonly seed?: number;
  /** Steps after which an episode that has not ended is left; default 1000. */
  readonly maxSteps?: number;
}

/** Problems of which no more are told than a reader can use. */
const MOST = 20;

/**
 * Plays an environment with random actions and says where it breaks the contract, in the manner of Gymnasium's and
 * Stable-Baselines3's `check_env`: spaces; shapes, types and ranges of what is observed; rewards; how an episode ends and the
 * next one begins; that the same seed and actions give the same numbers; that wrong arguments are refused. Of a vector
 * environment also its arrays, masks, final observations and metrics, and that a snapshot goes on as it would have gone on.
 *
 * @throws InvalidInputError with every problem found
 */
export function checkEnvironment(
  environment: Environment<unknown> | VectorEnvironment<ActionSpace>,
  { seed = 0, maxSteps = 1000 }: CheckOptions = {},
): void {
  const problems: Problem[] = [];
  const note: Note = (path, message) => {
    const isKnown = problems.some((problem) => problem.path === path && problem.message === message);
    if (!isKnown && problems.length < MOST) problems.push({ path, message });
  };
  checkSpace('observationSpace', environment.observationSpace, note);
  checkActionSpace(environment.actionSpace, note);
  throwIfAny('environment', problems); // what follows is drawn from the spaces
  if ('numEnvs' in environment) checkVector(environment, seed, maxSteps, note);
  else checkSingle(environment, seed, maxSteps, note);
  throwIfAny('environment', problems);
}

function checkSingle(environment: Environment<unknown>, seed: number, maxSteps: number, note: Note): void {
  const first = play(environment, seed, maxSteps, note);
  const second = play(environment, seed, maxSteps, note);
  if (first.join() !== second.join()) {
    note('reset', `the same seed ${seed} and the same actions gave another episode`);
  }
  const { observation } = environment.reset();
  checkObservation('reset().observation', observation, environment, note);
  environment.reset({ seed });
  refuses('step', 'an action of another size', () => environment.step([]), note);
  refuses('reset', 'a seed that is no integer from 0 on', () => environment.reset({ seed: -1 }), note);
}

/** One episode under random actions, as what it observed and was rewarded with. */
function play(environment: Environment<unknown>, seed: number, maxSteps: number, note: Note): number[] {
  const { actionSpace } = environment;
  const stream = new RandomStream(seed, 'check-environment');
  const begun = environment.reset({ seed });
  checkObservation('reset().observation', begun.observation, environment, note);
  const seen = [...begun.observation];
  let before = begun.observation;
  for (let step = 0; step < maxSteps; step++) {
    const action = new Float64Array(actionSpace.size);
    drawAction(actionSpace, stream, action);
    const kept = before.join();
    const result = environment.step(action);
    if (before === result.observation || before.join() !== kept) {
      note('step().observation', 'is overwritten by the next step; expected a copy');
    }
    checkResult(result, environment, note);
    seen.push(...result.observation, result.reward);
    before = result.observation;
    if (!result.terminated && !result.truncated) continue;
    refuses('step', 'a step after the end of the episode', () => environment.step(action), note);
    break;
  }
  return seen;
}

function checkResult(result: StepResult<unknown>, environment: Environment<unknown>, note: Note): void {
  checkObservation('step().observation', result.observation, environment, note);
  if (!Number.isFinite(result.reward)) note('step().reward', `${result.reward}; expected a finite number`);
  for (const name of ['terminated', 'truncated'] as const) {
    if (typeof result[name] !== 'boolean') note(`step().${name}`, `${result[name]}; expected true or false`);
  }
  if (typeof result.info !== 'object' || result.info === null) note('step().info', 'expected an object');
}

function checkObservation(
  path: string,
  observation: Float64Array,
  { observationSpace }: Environment<unknown>,
  note: Note,
): void {
  if (observation instanceof Float64Array && observation.length === observationSpace.size) {
    checkInside(path, observation, observationSpace, note);
  } else note(path, `expected a Float64Array of ${observationSpace.size} numbers`);
}
