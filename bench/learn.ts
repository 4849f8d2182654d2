import os from 'node:os';
import type { VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { parseScenario } from '@metalore/core/scenario';
import { SubMetaverseVectorEnvironment } from '@metalore/core/submetaverse';
import { Kernel, Mlp, Parameters } from '@metalore/learn/network';
import { Ppo } from '@metalore/learn/ppo';
import type { PpoInput } from '@metalore/learn/ppo';
import { CRITIC_FEATURES, SUBMETAVERSE_PPO, inThreads, inline, loadStudy } from 'metalore';

const scenario = parseScenario({});

/** Learning: the kernel, PPO's rollouts and updates, growth with environments, workers and length. */
export default async function learn(report: (line: string) => void): Promise<void> {
  network(report);
  training(report);
  growth(report);
  memory(report);
  await workers(report);
}

function millisecondsPer(run: () => void, times: number): number {
  for (let i = 0; i < Math.ceil(times / 5); i++) run();
  const start = performance.now();
  for (let i = 0; i < times; i++) run();
  return (performance.now() - start) / times;
}

/** Forward and backward of 2-64-64-2 against the loops that one writes first. */
function network(report: (line: string) => void): void {
  for (const batch of [64, 256, 1024]) {
    const sizes = [2, 64, 64, 2];
    const count = Mlp.parameterCount(sizes);
    const parameters = new Parameters(new Kernel(Parameters.floats(count) + Mlp.floats(sizes, batch)), count);
    const mlp = new Mlp(parameters, sizes, batch, 0);
    const stream = new RandomStream(1, 'bench');
    mlp.initialise(stream, 1);
    mlp.input.forEach((_, i) => (mlp.input[i] = i % 4 < 2 ? stream.normal() : 0));
    mlp.outputGradient.fill(0.01);
    const pass = () => {
      parameters.gradients.fill(0);
      mlp.forward(batch);
      mlp.backward(batch);
    };
    const ms = millisecondsPer(pass, Math.ceil(100_000 / batch));
    const plain = millisecondsPer(plainLoops(batch), Math.ceil(10_000 / batch));
    const adam = millisecondsPer(() => parameters.step(1e-9), 2000);
    const gflops = (6 * batch * (2 * 64 + 64 * 64 + 64 * 2)) / ms / 1e6;
    report(
      `network 2-64-64-2, batch ${batch}: forward and backward ${ms.toFixed(3)} ms (${gflops.toFixed(0)} GFLOP/s), ` +
        `plain loops ${plain.toFixed(3)} ms, ratio ${(plain / ms).toFixed(1)}; Adam ${(1000 * adam).toFixed(1)} µs`,
    );
  }
}

/** The deliberately simple baseline: the same passes in nested loops over Float32Array. */
function plainLoops(batch: number): () => void {
  const sizes = [2, 64, 64, 2];
  const weights = sizes.slice(1).map((outputs, l) => new Float32Array(outputs * sizes[l]).fill(0.1));
  const values = sizes.map((size) => new Float32Array(batch * size).fill(0.3));
  const slopes = sizes.map((size) => new Float32Array(batch * size).fill(0.01));
  const gradients = weights.map((w) => new Float32Array(w.length));
  return () => {
    for (let l = 0; l < weights.length; l++) {
      const [inputs, outputs] = [sizes[l], sizes[l + 1]];
      for (let b = 0; b < batch; b++) {
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          for (let i = 0; i < inputs; i++) sum += weights[l][o * inputs + i] * values[l][b * inputs + i];
          values[l + 1][b * outputs + o] = l < weights.length - 1 ? Math.tanh(sum) : sum;
        }
      }
    }
    for (let l = weights.length - 1; l >= 0; l--) {
      const [inputs, outputs] = [sizes[l], sizes[l + 1]];
      gradients[l].fill(0);
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < inputs; i++) {
          let sum = 0;
          for (let o = 0; o < outputs; o++) {
            const slope = slopes[l + 1][b * outputs + o];
            gradients[l][o * inputs + i] += slope * values[l][b * inputs + i];
            sum += slope * weights[l][o * inputs + i];
          }
          slopes[l][b * inputs + i] = sum * (1 - values[l][b * inputs + i] ** 2);
        }
      }
    }
  };
}

/** A view of an environment that adds up the time spent in its steps. */
function timed(environment: VectorEnvironment): VectorEnvironment & { seconds: number } {
  const view = {
    seconds: 0,
    numEnvs: environment.numEnvs,
    autoreset: environment.autoreset,
    observationSpace: environment.observationSpace,
    actionSpace: environment.actionSpace,
    criticSpace: environment.criticSpace,
    observations: environment.observations,
    criticObservations: environment.criticObservations,
    finalObservations: environment.finalObservations,
    finalCriticObservations: environment.finalCriticObservations,
    rewards: environment.rewards,
    terminated: environment.terminated,
    truncated: environment.truncated,
    finalMetrics: environment.finalMetrics,
    reset: (seed: number, first?: number) => environment.reset(seed, first),
    step(actions: Float64Array | Float32Array) {
      const start = performance.now();
      environment.step(actions);
      view.seconds += (performance.now() - start) / 1000;
    },
    snapshot: () => environment.snapshot(),
    restore: (snapshot: unknown) => environment.restore(snapshot),
  };
  return view;
}

/** Seconds and steps of one iteration. */
interface Iteration {
  readonly total: number;
  readonly environment: number;
  readonly steps: number;
}

/**
 * Medians over iterations of PPO, after a few to warm up. Several trainings take turns, so that a machine that others slow
 * down slows all of them alike.
 */
function iterationsOf(iterations: number, ...trainings: readonly PpoInput[]): Iteration[] {
  const agents = trainings.map((options) => {
    const environment = timed(
      new SubMetaverseVectorEnvironment(scenario, {
        numEnvs: options.numEnvs ?? 1,
        criticFeatures: CRITIC_FEATURES,
      }),
    );
    return { environment, ppo: new Ppo(environment, options, 1), seen: [] as Iteration[] };
  });
  for (const { ppo } of agents) for (let i = 0; i < 3; i++) ppo.iterate();
  for (let i = 0; i < iterations; i++) {
    for (const { environment, ppo, seen } of agents) {
      environment.seconds = 0;
      const before = ppo.timesteps;
      const start = performance.now();
      ppo.iterate();
      const total = (performance.now() - start) / 1000;
      seen.push({ total, environment: environment.seconds, steps: ppo.timesteps - before });
    }
  }
  return agents.map(({ seen }) => ({
    total: median(seen.map(({ total }) => total)),
    environment: median(seen.map(({ environment }) => environment)),
    steps: seen[0].steps,
  }));
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}

/** Update time is linear in the epochs: a training with one of them tells what each takes. */
function training(report: (line: string) => void): void {
  const epochs = SUBMETAVERSE_PPO.nEpochs!;
  const [once, short] = iterationsOf(20, SUBMETAVERSE_PPO, { ...SUBMETAVERSE_PPO, nEpochs: 1 });
  const gradient = ((once.total - short.total) * epochs) / (epochs - 1);
  const rollout = once.total - gradient;
  const share = (seconds: number) => `${((100 * seconds) / once.total).toFixed(0)} %`;
  const rate = (seconds: number) => Math.round(once.steps / seconds).toLocaleString('en');
  report(
    `PPO on the paper scenario, ${SUBMETAVERSE_PPO.numEnvs} environments: ${rate(rollout)} steps/s in rollouts alone, ` +
      `${rate(once.total)} steps/s in training (${epochs} epochs); environment ${share(once.environment)}, inference ` +
      `${share(rollout - once.environment)}, gradient ${share(gradient)}`,
  );
  const policy = SUBMETAVERSE_PPO.totalTimesteps! / (once.steps / once.total);
  report(
    `one policy of ${SUBMETAVERSE_PPO.totalTimesteps!.toLocaleString('en')} steps: ${policy.toFixed(0)} s`,
  );
  const [library] = iterationsOf(4, { numEnvs: 4 });
  report(
    `library defaults (4 environments, 2048 steps, batch 64, 10 epochs): ` +
      `${Math.round(library.steps / library.total).toLocaleString('en')} steps/s`,
  );
}

function growth(report: (line: string) => void): void {
  const rows = [1, 4, 16, 64, 256].map((numEnvs) => {
    const options = { ...SUBMETAVERSE_PPO, numEnvs, nSteps: Math.max(25, Math.ceil(6400 / numEnvs)) };
    const [{ total, steps }] = iterationsOf(5, options);
    return `${numEnvs}: ${((1e6 * total) / steps).toFixed(1)}`;
  });
  report(`training time per step by parallel environments, µs: ${rows.join(', ')}`);
}

function memory(report: (line: string) => void): void {
  const environment = new SubMetaverseVectorEnvironment(scenario, {
    numEnvs: 16,
    criticFeatures: CRITIC_FEATURES,
  });
  const ppo = new Ppo(environment, { ...SUBMETAVERSE_PPO, nEpochs: 1, numEnvs: 16 }, 1);
  const resident = (iterations: number) => {
    for (let i = 0; i < iterations; i++) ppo.iterate();
    globalThis.gc?.();
    return process.memoryUsage.rss() / 1e6;
  };
  const short = resident(40);
  const long = resident(360);
  report(`resident size after 40 iterations ${short.toFixed(0)} MB, after 400 ${long.toFixed(0)} MB`);
}

/** Four small trainings in this thread, and on as many worker threads as there are cores. */
async function workers(report: (line: string) => void): Promise<void> {
  const signal = new AbortController().signal;
  const tasks = [1, 2, 3, 4].map((seed) => ({
    key: String(seed),
    payload: {
      study: 'metalore',
      cell: {
        kind: 'trained',
        learner: 'PPO',
        letter: 'A',
        job: {
          scenario,
          algorithm: 'ppo',
          options: { ...SUBMETAVERSE_PPO, totalTimesteps: 64_000 },
          criticFeatures: CRITIC_FEATURES,
          warmStart: null,
          seed,
          validation: { episodes: 10, everySteps: 64_000 },
        },
        seed: 1,
        episodes: 10,
      },
    },
  }));
  const metalore = await loadStudy('metalore');
  type StudyCell = (typeof tasks)[number]['payload'];
  const secondsWith = async (run: ReturnType<typeof inline>) => {
    const start = performance.now();
    await run(
      { name: 'study-cell', run: ({ cell }: StudyCell) => metalore.runCell(cell) },
      tasks,
      () => undefined,
    );
    return (performance.now() - start) / 1000;
  };
  const threads = Math.min(4, os.availableParallelism());
  const alone = await secondsWith(inline(signal));
  const together = await secondsWith(inThreads(threads, signal));
  report(
    `four trainings of 64,000 steps: ${alone.toFixed(1)} s in one thread, ${together.toFixed(1)} s on ${threads} worker threads ` +
      `(start of the threads included), ratio ${(alone / together).toFixed(2)}`,
  );
}
