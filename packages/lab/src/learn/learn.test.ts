import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseScenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import { exportOnnx } from '@metalore/learn/onnx';
import { readTensorBoard } from '@metalore/learn/logging';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicy } from '../policy/policy-value.js';
import { curveCsv, curveJsonl } from './curve.js';
import { CRITIC_FEATURES, SUBMETAVERSE_PPO } from './defaults.js';
import { evaluate } from './job.js';
import type { TrainingJob } from './job.js';
import { largestDifference } from './onnx-check.js';
import { EVENTS_FILE, removeTraining, runResumableTraining, runTraining } from './train.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-learn-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const job: TrainingJob = {
  scenario: parseScenario({}),
  algorithm: 'ppo',
  options: { ...SUBMETAVERSE_PPO, totalTimesteps: 6000, numEnvs: 5, nSteps: 130, batchSize: 65 },
  criticFeatures: CRITIC_FEATURES,
  warmStart: { grid: [0.2, 0.4], episodes: 1 },
  seed: 4,
  validation: { episodes: 3, everySteps: 1500 },
};
const cem: TrainingJob = {
  ...job,
  algorithm: 'cem',
  options: { totalTimesteps: 9000, population: 6, elite: 3, episodes: 3 },
};
const never = new AbortController().signal;

describe('a training', () => {
  it.each([['ppo', job] as const, ['cem', cem] as const])(
    'of %s, interrupted and gone on with, gives the bytes of an uninterrupted one',
    async (_, what) => {
      const whole = runTraining(what);
      const controller = new AbortController();
      let iterations = 0;
      const interrupted = runResumableTraining(what, dir, controller.signal, () => {
        if (++iterations === 3) controller.abort(new Error('Ctrl-C'));
      });
      await expect(interrupted).rejects.toThrow('Ctrl-C');
      const resumed = await runResumableTraining(what, dir, never, () => undefined);
      expect(JSON.stringify(resumed.policy)).toBe(JSON.stringify(whole.policy));
      expect(curveCsv(resumed.curve)).toBe(curveCsv(whole.curve));
      expect(curveJsonl(resumed.curve)).toBe(curveJsonl(whole.curve));
      expect(resumed.validationReward).toBe(whole.validationReward);
      const events = readTensorBoard(readFileSync(path.join(dir, EVENTS_FILE)));
      expect(events.map(({ step }) => step)).toEqual(
        whole.curve.map((record) => record['time/total_timesteps']),
      );
    },
  );

  it('killed without a word goes on from its last checkpoint', async () => {
    const whole = runTraining(job);
    let iterations = 0;
    const killed = runResumableTraining(job, dir, never, () => {
      // One iteration and its event after the checkpoint of the first validation.
      if (++iterations === 2) throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    const resumed = await runResumableTraining(job, dir, never, () => undefined);
    expect(JSON.stringify(resumed.policy)).toBe(JSON.stringify(whole.policy));
    expect(readTensorBoard(readFileSync(path.join(dir, EVENTS_FILE)))).toHaveLength(whole.curve.length);
  });

  it('does not go on from the checkpoint of another job, and says what differs', async () => {
    const controller = new AbortController();
    const abort = () => controller.abort(new Error('stop'));
    await expect(runResumableTraining(job, dir, controller.signal, abort)).rejects.toThrow('stop');
    const other = { ...job, seed: 5, options: { ...job.options, gamma: 0.5 } };
    const run = runResumableTraining(other, dir, never, () => undefined);
    await expect(run).rejects.toThrow(
      /650 steps that had options.gamma 1 \(now 0.5\), seed 4 \(now 5\); --restart/,
    );
    await removeTraining(dir);
    const result = await runResumableTraining(other, dir, never, () => undefined);
    expect(JSON.stringify(result.policy)).toBe(JSON.stringify(runTraining(other).policy));
  });

  it('ends early when validations bring no better policy', () => {
    const options = { ...job.options, totalTimesteps: 65_000 };
    const patient = { ...job, options, validation: { episodes: 3, everySteps: 1, patience: 2 } };
    const { curve, validationReward } = runTraining(patient);
    const scores = curve.map((record) => record['eval/mean_reward']);
    const best = scores.indexOf(validationReward);
    expect(Math.max(...scores)).toBe(validationReward);
    expect(scores.length - 1 - best).toBe(2);
  });

  it('logs the field’s metrics, ages and splits', () => {
    const [record] = runTraining({ ...job, options: { ...job.options, totalTimesteps: 600 } }).curve;
    const names = [
      'rollout/ep_rew_mean',
      'rollout/ep_len_mean',
      'rollout/aosi',
      'rollout/aori',
      'rollout/served',
    ];
    for (const name of [...names, 'rollout/rhoC', 'rollout/rhoP', 'train/approx_kl', 'train/value_loss']) {
      expect(record[name], name).toSatisfy(Number.isFinite);
    }
    expect(record['rollout/ep_len_mean']).toBe(100);
  });

  it('shares one policy among cells', () => {
    const cells = [
      { xM: 50, yM: 100 },
      { xM: 150, yM: 100 },
    ];
    const scenario = parseScenario({ cells });
    const { policy } = runTraining({ ...job, scenario, options: { ...job.options, totalTimesteps: 1300 } });
    expect(policy.features).toEqual(['request-queue-jobs', 'update-queue-jobs']);
    expect(evaluate(scenario, policy, 1, 2).reward).toHaveLength(2);
  });
});

describe('a policy file', () => {
  const { policy } = runTraining({ ...job, options: { ...job.options, totalTimesteps: 1300 } });
  const scenario = parseScenario({});
  const run = async (spec: string) => [
    ...simulate(scenario, await loadPolicy(spec), { seed: 3, episodes: 3 }).episodes.reward,
  ];

  it('acts as the policy it was written from: as a folder, as JSON, as ONNX', async () => {
    const json = path.join(dir, 'policy.json');
    writeFileSync(json, JSON.stringify(policy));
    writeFileSync(path.join(dir, 'policy.onnx'), exportOnnx(policy));
    const direct = [...evaluate(scenario, policy, 3, 3).reward];
    expect(await run(dir)).toEqual(direct);
    expect(await run(json)).toEqual(direct);
    const onnx = await run(path.join(dir, 'policy.onnx'));
    onnx.forEach((reward, i) => expect(Math.abs(reward / direct[i] - 1)).toBeLessThan(0.02));
    const stochastic = await run(`${dir}#stochastic`);
    expect(stochastic).toEqual([...evaluate(scenario, policy, 3, 3, 'stochastic').reward]);
    expect(stochastic).not.toEqual(direct);
  });

  it('agrees with ONNX Runtime to 1e-5', async () => {
    const { difference } = await largestDifference(policy, exportOnnx(policy));
    expect(difference).toBeLessThan(1e-5);
    const other = { ...policy, actions: { ...policy.actions, high: [0.9, 1] } };
    expect((await largestDifference(policy, exportOnnx(other))).difference).toBeGreaterThan(0.01);
  });

  it('is refused with what is wrong', async () => {
    await expect(loadPolicy(path.join(dir, 'missing.json'))).rejects.toThrow('no such file');
    await expect(loadPolicy(dir)).rejects.toThrow('holds no policy.json');
    const file = path.join(dir, 'policy.json');
    writeFileSync(file, JSON.stringify({ ...policy, features: ['served-share'], version: 2 }));
    await expect(loadPolicy(file)).rejects.toThrow(/version/);
    writeFileSync(file, JSON.stringify({ ...policy, features: ['served-share'] }));
    await expect(loadPolicy(file)).rejects.toThrow('model.layers.0.weights.0: has 2 entries; expected 1');
    writeFileSync(path.join(dir, 'x.onnx'), 'not a model');
    await expect(loadPolicy(path.join(dir, 'x.onnx'))).rejects.toThrow('not a readable ONNX model');
    expect(existsSync(path.join(dir, 'policy.onnx'))).toBe(false);
  });
});
