import type { RandomStream } from '../random/index.js';
import type { ActionSpace, BoxSpace } from './contract.js';
import { isDiscrete } from './spaces.js';

/** Notes that something is not as the contract says. */
export type Note = (path: string, message: string) => void;

/** Whether a space says what it has to. */
export function checkSpace(path: string, space: ActionSpace, note: Note): void {
  const size = isDiscrete(space) ? space.n : space.size;
  const least = path === 'criticSpace' ? 0 : 1;
  if (!Number.isSafeInteger(size) || size < least) {
    return note(
      `${path}.${isDiscrete(space) ? 'n' : 'size'}`,
      `${size}; expected an integer from ${least} on`,
    );
  }
  if (space.names.length !== size) note(`${path}.names`, `${space.names.length} names; expected ${size}`);
  if (new Set(space.names).size < space.names.length) note(`${path}.names`, 'the same name twice');
  if (!isDiscrete(space)) checkBounds(path, space, note);
}

function checkBounds(path: string, { size, low, high }: BoxSpace, note: Note): void {
  for (const [bound, values] of Object.entries({ low, high })) {
    if (!(values instanceof Float64Array) || values.length !== size) {
      return note(`${path}.${bound}`, `expected a Float64Array of ${size} numbers`);
    }
  }
  const at = low.findIndex((value, index) => !(value <= high[index]));
  if (at >= 0) note(`${path}.low[${at}]`, `${low[at]} lies above the upper bound of ${high[at]}`);
}

/** Actions are drawn and clipped, so their bounds are finite. */
export function checkActionSpace(space: ActionSpace, note: Note): void {
  checkSpace('actionSpace', space, note);
  if (isDiscrete(space)) return;
  const at = space.low.findIndex(
    (low, index) => !Number.isFinite(low) || !Number.isFinite(space.high[index]),
  );
  if (at >= 0) note(`actionSpace.low[${at}]`, 'the bounds of an action are finite');
}

/** Whether rows of observations are numbers within their space. */
export function checkInside(
  path: string,
  values: Float64Array,
  { size, low, high, names }: BoxSpace,
  note: Note,
  row = 0,
): void {
  for (let at = 0; at < size; at++) {
    const value = values[row * size + at];
    if (Number.isFinite(value) && value >= low[at] && value <= high[at]) continue;
    const accepted = `a finite number from ${low[at]} to ${high[at]}`;
    return note(`${path}[${row * size + at}]`, `${names[at]} is ${value}; expected ${accepted}`);
  }
}

/** Draws an action uniformly: into a box, one of the numbered ones, or one of those that a mask allows. */
export function drawAction(
  space: ActionSpace,
  stream: RandomStream,
  actions: Float64Array,
  row = 0,
  mask?: Uint8Array,
): void {
  if (!isDiscrete(space)) {
    for (let at = 0; at < space.size; at++) {
      const low = space.low[at];
      actions[row * space.size + at] = low + (space.high[at] - low) * stream.uniform();
    }
    return;
  }
  const allowed = Array.from({ length: space.n }, (_, action) => action).filter(
    (action) => mask === undefined || mask[row * space.n + action] === 1,
  );
  actions[row] = allowed[stream.integer(allowed.length)] ?? 0;
}
