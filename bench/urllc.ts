import { drawInstance, evaluateDecisions, solveAlternating, solveOptimal } from '@metalore/core/urllc';
import type { UrllcInstance } from '@metalore/core/urllc';

const CHANNELS = 20;
const FRESH = 500;

/** The paper's scenario with band, edge rate and cache scaled along with the number of devices. */
function scaled(devices: number, seed: number): UrllcInstance {
  const scale = devices / 15;
  return drawInstance({
    seed,
    devices,
    bandwidthHz: 5e6 * scale,
    edgeRateHz: 30e9 * scale,
    cacheBits: 60e3 * scale,
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** How long drawn channels take that were not solved before, and how many answers are proven. */
function reportFresh(report: (line: string) => void): void {
  for (const change of [{}, { cacheBits: 20e3 }, { energyJ: 1.5e-3 }, { edgeRateHz: 38e9 }]) {
    const solutions = Array.from({ length: FRESH }, (_, k) => {
      const instance = drawInstance({ seed: 1000 + k, ...change });
      const start = performance.now();
      const { gap } = solveOptimal(instance);
      return { gap, time: performance.now() - start };
    });
    const times = solutions.map(({ time }) => time).sort((a, b) => a - b);
    const largest = Math.max(...solutions.map(({ gap }) => gap));
    const [name = 'as stated'] = Object.entries(change).map(([key, value]) => `${key} ${value}`);
    report(
      `15 devices, ${FRESH} fresh channels, ${name}: median ${median(times).toFixed(2)} ms, 99th percentile ${times[Math.floor(0.99 * FRESH)].toFixed(2)} ms, largest gap ${largest.toExponential(1)}`,
    );
  }
}

/** Certified optimum and alternating optimisation at the paper's size; growth to 10,000 devices; a sweep, cold and warm. */
export default function urllcBench(report: (line: string) => void): void {
  const instances = Array.from({ length: CHANNELS }, (_, index) => scaled(15, index + 1));
  for (let round = 0; round < 5; round++) instances.forEach((instance) => solveOptimal(instance));
  const optima = instances.map((instance) => solveOptimal(instance));
  const times = instances.map((instance) => milliseconds(() => solveOptimal(instance)));
  const gap = Math.max(...optima.map((solution) => solution.gap));
  report(
    `15 devices, certified: median ${median(times).toFixed(2)} ms, slowest ${Math.max(...times).toFixed(2)} ms, largest gap ${gap.toExponential(1)} (${CHANNELS} channels)`,
  );
  reportFresh(report);
  for (const method of ['ao', 'ao-strict'] as const) {
    const runs = instances.map((instance, k) =>
      solveAlternating(instance, { method, lowerBoundMs: optima[k].lowerBoundMs }),
    );
    const above = runs.map((run, k) => 100 * (run.totalMs / optima[k].totalMs - 1));
    report(
      `15 devices, ${method}: median ${(1e3 * median(runs.map((run) => run.seconds))).toFixed(2)} ms, ${median(above).toFixed(2)} % above the optimum (largest ${Math.max(...above).toFixed(2)} %)`,
    );
  }
  let before: { devices: number; time: number } | undefined;
  for (const devices of [100, 300, 1000, 3000, 10_000]) {
    const instance = scaled(devices, 3);
    let solution = solveOptimal(instance);
    const time = milliseconds(() => (solution = solveOptimal(instance)));
    const { worst } = evaluateDecisions(instance, solution.ue);
    const growth =
      before === undefined
        ? ''
        : `, growth ~ M^${(Math.log(time / before.time) / Math.log(devices / before.devices)).toFixed(2)}`;
    report(
      `${devices} devices: ${time.toFixed(0)} ms, gap ${solution.gap.toExponential(1)}, worst limit ${worst.excess.toExponential(1)}${growth}`,
    );
    before = { devices, time };
  }
  const sweep = Array.from({ length: 40 }, (_, k) => drawInstance({ seed: 1, edgeRateHz: 30e9 + k * 2e8 }));
  const cold = milliseconds(() => sweep.forEach((instance) => solveOptimal(instance)));
  let last = solveOptimal(sweep[0]);
  const warm = milliseconds(() =>
    sweep.forEach((instance) => (last = solveOptimal(instance, { warm: last }))),
  );
  report(
    `sweep of 40 edge rates: cold ${(cold / 40).toFixed(2)} ms a point, warm ${(warm / 40).toFixed(2)} ms`,
  );
}
