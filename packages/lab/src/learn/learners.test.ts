import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { exportOnnx } from '@metalore/learn/onnx';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { curveCsv } from './curve.js';
import type { TrainingJob } from './job.js';
import { ALGORITHMS } from './learners.js';
import { largestDifference } from './onnx-check.js';
import { learningProblem } from './problems/index.js';
import { runResumableTraining, runTraining } from './train.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-learners-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const CONTRACT = { kind: 'contract', seed: 1, types: 3 };
const PROVIDER = { kind: 'provider', seed: 1, providers: 5, tasks: 40, hours: 20 };
const brief = {
  totalTimesteps: 480,
  numEnvs: 4,
  logInterval: 120,
  learningStarts: 60,
  netArch: [16],
  batchSize: 32,
};
const onPolicy = { totalTimesteps: 480, numEnvs: 4, nSteps: 30, netArch: [16], batchSize: 40 };
const OPTIONS: Record<TrainingJob['algorithm'], TrainingJob['options']> = {
  ppo: onPolicy,
  sac: brief,
  dqn: brief,
  diffusion: { ...brief, denoisingSteps: 2 },
  cem: { totalTimesteps: 400, population: 5, elite: 2, episodes: 20 },
  gradient: { totalTimesteps: 480, numEnvs: 4, updatesPerIteration: 30, netArch: [16] },
};

const job = (scenario: unknown, algorithm: TrainingJob['algorithm']): TrainingJob => ({
  scenario,
  algorithm,
  options: OPTIONS[algorithm],
  criticFeatures: [],
  warmStart: null,
  seed: 2,
  validation: { episodes: 3, everySteps: 120 },
});

const cases = [
  ...ALGORITHMS.filter((name) => name !== 'dqn').map((name) => ['contract', CONTRACT, name] as const),
  ...(['ppo', 'sac', 'dqn', 'diffusion'] as const).map((name) => ['provider', PROVIDER, name] as const),
];

describe('a training', () => {
  it.each(cases)(
    'on a %s %j by %s, interrupted and gone on with, gives the bytes of an uninterrupted one, and ONNX Runtime acts alike',
    async (_, scenario, algorithm) => {
      const what = job(scenario, algorithm);
      const whole = runTraining(what);
      const controller = new AbortController();
      let iterations = 0;
      const interrupted = runResumableTraining(what, dir, controller.signal, () => {
        if (++iterations === 2) controller.abort(new Error('Ctrl-C'));
      });
      await expect(interrupted).rejects.toThrow('Ctrl-C');
      const resumed = await runResumableTraining(what, dir, new AbortController().signal, () => undefined);
      expect(JSON.stringify(resumed.policy)).toBe(JSON.stringify(whole.policy));
      expect(curveCsv(resumed.curve)).toBe(curveCsv(whole.curve));
      const { difference } = await largestDifference(whole.policy, exportOnnx(whole.policy));
      expect(difference).toBeLessThan(1e-5);
    },
  );

  it('says what is accepted where algorithm and actions do not fit', () => {
    const run = (scenario: unknown, algorithm: TrainingJob['algorithm']) => () =>
      runTraining(job(scenario, algorithm));
    expect(run(CONTRACT, 'dqn')).toThrow('DQN needs numbered actions; accepted: sac, diffusion, ppo, cem');
    expect(run(PROVIDER, 'cem')).toThrow('cem needs a box');
    expect(run(PROVIDER, 'gradient')).toThrow('accepted: contract with the structured head');
    expect(run({}, 'gradient')).toThrow('the rewards of submetaverse have no gradient');
  });

  it('refuses views of another kind and explicit instances', () => {
    expect(() => learningProblem(PROVIDER, { head: 'raw' })).toThrow(
      /--head.*not an option of provider.*mask/s,
    );
    expect(() => learningProblem({ kind: 'urllc', seed: 1 })).toThrow(InvalidInputError);
    expect(() => learningProblem({ kind: 'provider', providers: [], tasks: [] })).toThrow('drawn streams');
  });
});
