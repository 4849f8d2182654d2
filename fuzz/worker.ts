import { parentPort, workerData } from 'node:worker_threads';
import { RandomStream } from '@metalore/core/random';
import { faultOfError, faultOfResult, type Fault } from './judge.js';
import { TARGETS, type Target } from './targets.js';

/** What a worker is told. */
export interface WorkerTask {
  readonly seed: number;
  readonly number: number;
  readonly workers: number;
  readonly targets: readonly number[];
  /** Shared: by target, the worker's next input; then the target and whether it is at work. */
  readonly progress: Int32Array;
  /** Shared: when the present input was begun, ms since 1970. */
  readonly begun: Float64Array;
}

/** What a worker tells of an input that is not taken as it should be. */
export interface Finding extends Fault {
  readonly target: number;
  readonly input: number;
}

/** Inputs of one target before the next has its turn, ms. */
const TURN_MS = 200;

/** Makes an input, and takes it. @returns what is wrong with how that went */
export function tryInput(target: Target, seed: number, input: number): Fault | undefined {
  const random = new RandomStream(seed, `fuzz/${target.name}`, input);
  const made = target.make(random);
  try {
    return faultOfResult(target.run(made));
  } catch (error) {
    return faultOfError(error);
  }
}

if (parentPort !== null) {
  const { seed, number, workers, targets, progress, begun } = workerData as WorkerTask;
  const [now, isBusy] = [TARGETS.length, TARGETS.length + 1];
  for (;;) {
    for (const at of targets) {
      const end = Date.now() + TURN_MS;
      while (Date.now() < end) {
        const input = progress[at] * workers + number;
        begun[0] = Date.now();
        progress[now] = at;
        Atomics.store(progress, isBusy, 1);
        const fault = tryInput(TARGETS[at], seed, input);
        Atomics.store(progress, isBusy, 0);
        progress[at]++;
        if (fault !== undefined) parentPort.postMessage({ ...fault, target: at, input } satisfies Finding);
      }
    }
  }
}
