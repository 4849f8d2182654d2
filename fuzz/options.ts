import os from 'node:os';
import { parseArgs } from 'node:util';
import { TARGETS } from './targets.js';

/** What a search is told. */
export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  /** Numbers of the targets. */
  readonly targets: readonly number[];
  /** One input to be shown, in place of a search. */
  readonly input: number | undefined;
}

/** Reads the command line; ends the process with code 2 for what is no option or no number. */
export function readOptions(): FuzzOptions {
  const { seconds, seed, workers, target, input } = valuesOf();
  const targets = TARGETS.map((_, at) => at).filter(
    (at) => target === undefined || TARGETS[at].name === target,
  );
  if (targets.length === 0) {
    refuse(`--target: no "${target}"; accepted: ${TARGETS.map(({ name }) => name).join(', ')}`);
  }
  if (input !== undefined && target === undefined) refuse('--input: of which --target?');
  return {
    seconds: numberOf('seconds', seconds, 1),
    seed: numberOf('seed', seed, 0),
    workers: numberOf('workers', workers, 1),
    targets,
    input: input === undefined ? undefined : numberOf('input', input, 0),
  };
}

function valuesOf() {
  try {
    return parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        workers: { type: 'string', default: String(Math.min(8, os.availableParallelism())) },
        target: { type: 'string' },
        input: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function numberOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  return refuse(`--${option}: "${text}" is not an integer of at least ${least}`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
