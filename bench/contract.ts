import {
  ContractEnvironment,
  OptimalMenu,
  drawContractInstance,
  modelOf,
  parseDrawnContract,
} from '@metalore/core/contract';
import type { ContractInstance } from '@metalore/core/contract';
import { GradientAscent } from '@metalore/learn/gradient';

const INSTANCES = 200;

/** User CPU time of `run`, s: what counts on a machine that others use too. */
function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - before) / 1e6;
}

function solvePerSecond(instances: readonly ContractInstance[], rounds: number): number {
  const models = instances.map(modelOf);
  const menu = new OptimalMenu(models[0].types);
  const all = (): void => models.forEach((model) => menu.solve(model));
  all();
  const seconds = cpuSeconds(() => {
    for (let round = 0; round < rounds; round++) all();
  });
  return (rounds * models.length) / seconds;
}

/** Exact optimum from 4 types to 100,000; answers to menus; the environment; the true gradient as a learner. */
export default function contractBench(report: (line: string) => void): void {
  let before: { types: number; time: number } | undefined;
  for (const types of [4, 20, 100, 1000, 10_000, 100_000]) {
    const count = types <= 100 ? INSTANCES : 3;
    const instances = Array.from({ length: count }, (_, seed) => drawContractInstance({ seed, types }));
    const time = 1 / solvePerSecond(instances, Math.max(3, Math.ceil(40_000 / (types * count))));
    const growth =
      before === undefined
        ? ''
        : `, growth ~ L^${(Math.log(time / before.time) / Math.log(types / before.types)).toFixed(2)}`;
    report(`optimum, ${types} types: ${(1e6 * time).toFixed(1)} µs${growth}`);
    before = { types, time };
  }
  for (const [types, head] of [
    [4, 'structured'],
    [4, 'raw'],
    [20, 'structured'],
  ] as const) {
    const { distribution } = parseDrawnContract({ seed: 0, types });
    const environment = new ContractEnvironment(distribution, { numEnvs: 256, head });
    const { size, high } = environment.actionSpace;
    const actions = Float64Array.from({ length: 256 * size }, (_, k) => 0.3 * high[k % size]);
    for (let step = 0; step < 200; step++) environment.step(actions);
    const steps = 2000;
    const seconds = cpuSeconds(() => {
      for (let step = 0; step < steps; step++) environment.step(actions);
    });
    const episodes = (steps * 256) / seconds;
    report(
      `environment, ${types} types, ${head}: ${(episodes / 1e6).toFixed(2)} M episodes/s, ${((episodes * types * types) / 1e6).toFixed(1)} M best responses (type × item)/s`,
    );
  }
  const { distribution } = parseDrawnContract({ seed: 0 });
  const environment = new ContractEnvironment(distribution, {
    numEnvs: 256,
    head: 'structured',
    withGradients: true,
  });
  const learner = new GradientAscent(environment, { totalTimesteps: 256 * 600 }, 1);
  learner.iterate();
  const seconds = cpuSeconds(() => {
    while (learner.timesteps < learner.totalTimesteps) learner.iterate();
  });
  report(`true gradient, 11-128-128-4, batch 256: ${((1e3 * seconds) / 500).toFixed(2)} ms an update`);
}
