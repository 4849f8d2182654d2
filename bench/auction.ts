import { Market, MarketDrawer, mechanisms, optimumOf, outcomeOf } from '@metalore/core/auction';

/** User CPU time of `run`, s: what counts on a machine that others use too. */
function cpuSeconds(run: () => void): number {
  const before = process.cpuUsage().user;
  run();
  return (process.cpuUsage().user - before) / 1e6;
}

/** A market by each mechanism over tasks per vehicle, and a whole figure 14. */
export default function auction(report: (line: string) => void): void {
  for (const tasksPerVehicle of [5, 8, 12, 16]) {
    const drawer = new MarketDrawer({ seed: 0, tasksPerVehicle });
    const markets = tasksPerVehicle <= 8 ? 400 : tasksPerVehicle === 12 ? 40 : 5;
    const instances = Array.from({ length: markets }, (_, k) => drawer.draw(k));
    for (const mechanism of mechanisms) {
      const all = (): void => instances.forEach((instance) => void mechanism.run(new Market(instance)));
      all();
      const time = cpuSeconds(all) / markets;
      report(
        `${mechanism.name}, 30 vehicles, 30 simulators, K = ${tasksPerVehicle}: ${(1e3 * time).toFixed(3)} ms a market`,
      );
    }
  }
  const seconds = cpuSeconds(() => {
    for (const vehicles of [10, 20, 30, 40, 50]) {
      const drawer = new MarketDrawer({ seed: 0, vehicles });
      for (let round = 0; round < 1200; round++) {
        const market = new Market(drawer.draw(round));
        const optimum = optimumOf(market);
        for (const mechanism of mechanisms) outcomeOf(market, mechanism, optimum);
      }
    }
  });
  report(
    `figure 14, 5 sizes × 1,200 rounds × 4 mechanisms and the optimum (30,000 results), one core: ${seconds.toFixed(1)} s`,
  );
}
