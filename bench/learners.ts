import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ContractEnvironment, parseDrawnContract } from '@metalore/core/contract';
import { RandomStream } from '@metalore/core/random';
import { DiffusionPolicy } from '@metalore/learn/diffusion';
import { Kernel, Mlp, Parameters } from '@metalore/learn/network';
import { createActor } from '@metalore/learn/policy-file';
import { Replay, replayBatch } from '@metalore/learn/replay';
import { Sac } from '@metalore/learn/sac';

const BATCH = 256;
const WIDTHS = [64, 128, 256];
/** Python with PyTorch, for the ratios; everything else works without. */
const PYTHON = process.env['METALORE_PYTHON'] ?? 'python3';

/** User CPU time of `run`, ms: what counts on a machine that others use too. */
function milliseconds(run: () => void): number {
  const before = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - before) / 1e3;
}

function per(run: () => void, times: number): number {
  for (let i = 0; i < Math.ceil(times / 5); i++) run();
  return (
    milliseconds(() => {
      for (let i = 0; i < times; i++) run();
    }) / times
  );
}

/** Updates of SAC and of a diffusion policy, beside PyTorch where it is there; the replay; one action of a chain. */
export default function learners(report: (line: string) => void): void {
  const script = path.resolve('bench', 'baseline', 'torch_updates.py');
  const python = spawnSync(PYTHON, [script], { encoding: 'utf8' });
  const torch = python.status === 0 ? (JSON.parse(python.stdout) as Record<string, number>) : undefined;
  report(
    torch === undefined
      ? `no ratios: ${PYTHON} has no PyTorch (METALORE_PYTHON names another)`
      : `beside PyTorch ${torch['torch']}, one thread each; ratio: its time over ours`,
  );
  const line = (key: string, name: string, ms: number) => {
    const theirs = torch?.[key];
    const ratio =
      theirs === undefined ? '' : `, PyTorch ${theirs.toFixed(2)} ms, ratio ${(theirs / ms).toFixed(2)}`;
    report(`${name}: ${ms.toFixed(2)} ms${ratio}`);
  };
  for (const width of WIDTHS) line(`sac ${width}`, `SAC update, batch 256, 2 × ${width}`, sacUpdate(width));
  for (const width of WIDTHS) {
    line(`diffusion ${width}`, `diffusion update, batch 256, N = 10, 2 × ${width}`, chainUpdate(width));
  }
  for (const width of WIDTHS) {
    line(`network ${width}`, `40-${width}-${width}-8 tanh, forward and backward of 256 rows`, network(width));
  }
  replay(report);
  for (const steps of [1, 2, 5, 10, 20]) report(action(steps));
}

const { distribution } = parseDrawnContract({ seed: 0, types: 4 });
const options = {
  totalTimesteps: 1e9,
  logInterval: 1,
  learningStarts: 1,
  batchSize: BATCH,
  gamma: 0,
  activation: 'mish' as const,
};

/** One environment step and one update per iteration; what acting on one row takes is a hundredth of it. */
function sacUpdate(width: number): number {
  const environment = new ContractEnvironment(distribution, { numEnvs: 1, head: 'structured' });
  const sac = new Sac(environment, { ...options, netArch: [width, width] }, 1);
  return per(() => sac.iterate(), 200);
}

function chainUpdate(width: number): number {
  const environment = new ContractEnvironment(distribution, { numEnvs: 1, head: 'structured' });
  const own = { ...options, netArch: [width, width], denoisingSteps: 10 };
  const chain = new DiffusionPolicy(environment, own, 1);
  return per(() => chain.iterate(), 40);
}

function network(width: number): number {
  const sizes = [40, width, width, 8];
  const count = Mlp.parameterCount(sizes);
  const parameters = new Parameters(new Kernel(Parameters.floats(count) + Mlp.floats(sizes, BATCH)), count);
  const mlp = new Mlp(parameters, sizes, BATCH, 0);
  const stream = new RandomStream(1, 'bench');
  mlp.initialise(stream, 1);
  for (let i = 0; i < mlp.input.length; i++) mlp.input[i] = stream.normal();
  mlp.outputGradient.fill(0.01);
  return per(() => {
    parameters.gradients.fill(0);
    mlp.forward(BATCH);
    mlp.backward(BATCH);
  }, 400);
}

function replay(report: (line: string) => void): void {
  const [observationSize, actionSize, capacity] = [11, 4, 100_000];
  const ring = new Replay({ capacity, observationSize, actionSize, numEnvs: 1, nSteps: 1, gamma: 0.99 });
  const row = new Float32Array(observationSize);
  for (let i = 0; i < capacity; i++) {
    ring.begin(0, row, row);
    ring.finish(0, 1, row, true, false);
  }
  const batch = replayBatch(BATCH, observationSize, actionSize);
  const stream = new RandomStream(1, 'bench');
  const ms = per(() => ring.sample(BATCH, stream, batch), 2000);
  report(`replay of 10⁵ transitions, batches of 256: ${(BATCH / ms / 1e3).toFixed(1)} M transitions/s`);
}

function action(steps: number): string {
  const environment = new ContractEnvironment(distribution, { numEnvs: 1, head: 'structured' });
  const own = { netArch: [128, 128], denoisingSteps: steps };
  const actor = createActor(new DiffusionPolicy(environment, own, 1).policy());
  const target = new Float64Array(4);
  const ms = per(() => actor.act(environment.observations, 0, target, 0), 300);
  return `one action, 2 × 128, N = ${steps}, in double precision without the kernel: ${(1e3 * ms).toFixed(0)} µs`;
}
