import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { POLICY_FILE } from '../policy/policy-spec.js';
import { writeManifest } from '../results/manifest.js';
import { writeFigures } from '../submetaverse/write-run.js';
import { curveCsv, curveJsonl } from './curve.js';
import type { TrainingJob } from './job.js';
import type { LearningProblem } from './problems/index.js';
import { EVENTS_FILE, type TrainingResult } from './train.js';
import { policyFigures } from './training-figures.js';

/** What a training leaves in its folder. */
export interface WrittenTraining {
  readonly job: TrainingJob;
  readonly problem: LearningProblem;
  readonly result: TrainingResult;
  /** As printed, by metric. */
  readonly metrics: unknown;
  readonly startedAt: Date;
  /** The training as TensorBoard reads it, where it was written. */
  readonly eventsFile?: string;
}

/** Writes policy, scenario, curve, figures and manifest. */
export async function writeTraining(dir: string, written: WrittenTraining): Promise<void> {
  const { job, problem, result, metrics, startedAt, eventsFile } = written;
  await writeFile(path.join(dir, POLICY_FILE), policyText(result.policy));
  await writeFile(path.join(dir, 'scenario.json'), `${JSON.stringify(problem.document, null, 2)}\n`);
  await writeFile(path.join(dir, 'curve.csv'), curveCsv(result.curve));
  await writeFile(path.join(dir, 'curve.jsonl'), curveJsonl(result.curve));
  if (eventsFile !== undefined) await copyFile(eventsFile, path.join(dir, EVENTS_FILE));
  await writeFigures(dir, policyFigures(result.policy, result.curve));
  await writeManifest(dir, {
    kind: 'train',
    scenario: problem.document,
    seed: job.seed,
    policy: { algorithm: job.algorithm, options: job.options, ...(job.view && { view: job.view }) },
    startedAt,
    details: { steps: result.steps, validationReward: result.validationReward, metrics },
  });
}

/** The document, indented but for its rows of numbers. */
function policyText(policy: PolicyDocument): string {
  const text = JSON.stringify(policy, null, 2);
  return `${text.replace(/\[\s+(-?\d[^[\]{}]*?)\s+\]/g, (_, row: string) => `[${row.replace(/\s+/g, ' ')}]`)}\n`;
}
