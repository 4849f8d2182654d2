import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Scenario } from '@metalore/core/scenario';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../cli.js';
import { metalore } from '../testing/metalore.js';

let dir: string;
let written: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'metalore-train-'));
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs the command and parses what it printed. */
async function json(...args: string[]): Promise<{ code: number; result: Record<string, unknown> }> {
  written = '';
  const code = await main([...args, '--json']);
  return { code, result: JSON.parse(written) as Record<string, unknown> };
}

describe('metalore train, simulate, export', () => {
  it('learn on recorded positions, by a recipe, and say what does not go together', async () => {
    const folder = path.join(dir, 'drive');
    mkdirSync(folder);
    const rows = Array.from({ length: 20 }, (_, step) => `${step},ue-0,${50 + step},60\n${step},ue-1,120,90`);
    writeFileSync(path.join(folder, 'positions.csv'), ['step,device,x,y', ...rows, ''].join('\n'));
    const config = path.join(dir, 'options.yaml');
    writeFileSync(config, 'episodes: 2\npopulation: 4\nelite: 2\n');
    const small = ['--set', 'episodeSteps=20', '--steps', '100', '--episodes', '2', '--config', config];
    const out = path.join(dir, 'policy');
    const args = ['train', 'paper', '--recipe', 'adaptive', '--replay', folder, ...small, '--out', out];
    const { code, result } = await json(...args);
    expect([code, result['algorithm'], result['steps']]).toEqual([0, 'cem', 160]);
    const scenario = JSON.parse(readFileSync(path.join(out, 'scenario.json'), 'utf8')) as Scenario;
    expect(scenario.ues).toMatchObject({ count: 2, mobility: { model: 'trace' } });
    expect(scenario.observation).toContain('data-older-steps');
    expect(await main(['train', 'paper', '--recipe', 'told', '--algo', 'sac', '--out', `${out}-2`])).toBe(2);
    expect(await main(['train', 'contract', '--recipe', 'told', '--out', `${out}-2`])).toBe(2);
  });

  it('leave a policy that runs, as a folder and as ONNX', async () => {
    const out = path.join(dir, 'policy');
    const config = path.join(dir, 'options.yaml');
    writeFileSync(config, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
    const args = [
      '--eta',
      '0.8',
      '--c2=-1',
      '--steps',
      '600',
      '--config',
      config,
      '--seed',
      '3',
      '--episodes',
      '4',
    ];
    const { code, result } = await json('train', 'paper', ...args, '--out', out);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      scenario: 'paper',
      algorithm: 'ppo',
      eta: 0.8,
      c2: -1,
      seed: 3,
      steps: 600,
      episodes: 4,
    });
    expect(readdirSync(out).sort()).toEqual(
      [
        'curve.csv',
        'curve.jsonl',
        'events.out.tfevents.metalore',
        'figures',
        'manifest.json',
        'policy.json',
      ].concat('scenario.json'),
    );
    expect(existsSync(`${out}.training`)).toBe(false);
    expect(readFileSync(path.join(out, 'curve.csv'), 'utf8').split('\n')[0]).toContain('rollout/ep_rew_mean');

    // What training printed is what simulating the folder gives: the same episodes, the same policy, the same reward.
    const run = ['simulate', 'paper', '--episodes', '4', '--workers', '1'];
    const simulated = await json(...run, '--policy', out);
    expect(simulated.result['metrics']).toEqual(result['metrics']);
    expect(simulated.result['reward']).toMatchObject({ eta: 0.8, latePenalty: -1 });
    const other = await json(...run, '--policy', out, '--eta', '0.9');
    expect(other.result['reward']).toMatchObject({ eta: 0.9, latePenalty: 0 });
    const rule = await json(...run);
    expect(rule.result['reward']).toMatchObject({ eta: 0.9, latePenalty: 0 });

    const exported = await json('export', out, '--onnx');
    expect(exported.code).toBe(0);
    expect(exported.result['difference']).toBeLessThanOrEqual(1e-5);
    const onnx = await json(...run, '--policy', path.join(out, 'policy.onnx'));
    const reward = (value: Record<string, unknown>) =>
      (value['metrics'] as { reward: { mean: number } }).reward.mean;
    expect(Math.abs(reward(onnx.result) / reward(result) - 1)).toBeLessThan(0.02);
  });

  it('train several seeds on threads, each as alone, and choose by validation', async () => {
    const config = path.join(dir, 'options.yaml');
    writeFileSync(config, 'numEnvs: 4\nnSteps: 50\nbatchSize: 100\n');
    const how = ['train', 'paper', '--steps', '400', '--config', config, '--episodes', '2'];
    const [alone, several] = [path.join(dir, 'alone'), path.join(dir, 'several')];
    expect((await json(...how, '--seed', '4', '--out', alone)).code).toBe(0);
    const threads = ['--seeds', '3:4', '--workers', '2', '--out', several, '--json'];
    const { code, stdout } = await metalore([...how, ...threads]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const seeds = result['seeds'] as { seed: number; validationReward: number }[];
    expect(seeds.map(({ seed }) => seed)).toEqual([3, 4]);
    const [first, second] = seeds as [(typeof seeds)[0], (typeof seeds)[0]];
    expect(result['best']).toBe(second.validationReward > first.validationReward ? 4 : 3);
    const read = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');
    for (const name of ['policy.json', 'curve.csv', 'scenario.json']) {
      expect(read(several, 'seeds', '4', name), name).toBe(read(alone, name));
    }
    expect(read(several, 'policy.json')).toBe(read(several, 'seeds', String(result['best']), 'policy.json'));
    expect(readdirSync(several)).toEqual(expect.arrayContaining(['seeds.parquet', 'manifest.json']));
    expect(existsSync(`${several}.cells`)).toBe(false);
  });

  it('say what is wrong with their options', async () => {
    const out = path.join(dir, 'x');
    const wrong = async (...args: string[]) => {
      const { code, result } = await json('train', 'paper', '--out', out, ...args);
      expect(code).toBe(2);
      return JSON.stringify(result);
    };
    expect(await wrong('--algo', 'dqn')).toContain('DQN needs numbered actions; accepted: sac');
    expect(await wrong('--algo', 'a2c')).toContain(
      'accepted: ppo, sac, dqn, diffusion, cem, gradient, d2sac',
    );
    expect(await wrong('--steps', '-3')).toContain('--steps');
    expect(await wrong('--seeds', '3:1')).toContain('is not first:last or a,b,c');
    expect(await wrong('--seeds', '1,1')).toContain('is not first:last or a,b,c');
    expect(await wrong('--seeds', '1:2', '--seed', '3')).toContain('is one, --seeds are several');
    expect(await wrong('--claim')).toContain('belongs to --seeds');
    const config = path.join(dir, 'options.yaml');
    writeFileSync(config, 'gamma: 2\nlearningRates: 1\n');
    expect(await wrong('--config', config)).toMatch(/gamma.*learningRates/s);
    expect(existsSync(out)).toBe(false);
  });
});
