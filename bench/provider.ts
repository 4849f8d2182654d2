import {
  createMarket,
  drawInstance,
  providerPolicies,
  ProviderSimulator,
  relax,
  runPolicy,
} from '@metalore/core/provider';

/** Simulator by policy and number of providers, and the relaxation by load. */
export default function provider(report: (line: string) => void): void {
  const perTask = new Map<string, number>();
  for (const providers of [20, 200, 2000]) {
    // as busy a world whatever its size
    const instance = drawInstance({ seed: 1, providers, tasks: 20_000, load: providers / 20, hours: 5760 });
    const simulator = new ProviderSimulator(createMarket(instance));
    for (const name of ['random', 'crash-avoid', 'prophet', 'table']) {
      const policy = providerPolicies.get(name)();
      const once = (): void => {
        simulator.reset();
        runPolicy(simulator, policy, 1);
      };
      once();
      const before = process.cpuUsage().user;
      const runs = name === 'table' && providers > 200 ? 1 : 5;
      for (let run = 0; run < runs; run++) once();
      const seconds = (process.cpuUsage().user - before) / 1e6 / (runs * 20_000);
      const least = perTask.get(name);
      if (least === undefined) perTask.set(name, seconds);
      const growth =
        least === undefined ? '' : `, ${(seconds / least).toFixed(1)} × the time of 20 providers`;
      report(`${name}, ${providers} providers: ${(1e-6 / seconds).toFixed(2)} M tasks/s${growth}`);
    }
  }
  for (const load of [1, 2, 4]) {
    const market = createMarket(drawInstance({ seed: 1, load }));
    const before = process.cpuUsage().user;
    const { gap, iterations } = relax(market);
    const seconds = (process.cpuUsage().user - before) / 1e6;
    report(
      `relaxation of 20 × 1,000, load ${load}: ${seconds.toFixed(2)} s, ${iterations} iterations, gap ${(100 * gap).toFixed(2)} %`,
    );
  }
}
