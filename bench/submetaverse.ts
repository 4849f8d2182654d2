import {
  fixed,
  parseScenario,
  simulate,
  Simulator,
  SubMetaverseVectorEnvironment,
  type Scenario,
} from '@metalore/core';
import { PoissonTable, nextUint32, seedStream } from '@metalore/core/random';
import { simpleRun } from './baseline/simple-simulator.js';
import { besidePlainC } from './baseline/plain-c.js';

const SPLITS = [
  [0.3, 0.3],
  [0.3, 0.4],
  [0.4, 0.4],
] as const;
const ROUNDS = 7;

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
const thousands = (value: number) => Math.round(value).toLocaleString('en');

/** Steps a second of `episodes` episodes, timed once. */
function stepsPerSecond(
  simulator: Simulator,
  action: Float64Array,
  episodes: number,
  firstEpisode: number,
): number {
  const { episodeSteps } = simulator.scenario;
  const start = performance.now();
  for (let episode = firstEpisode; episode < firstEpisode + episodes; episode++) {
    simulator.reset(1, episode);
    for (let step = 0; step < episodeSteps; step++) simulator.advance(action);
  }
  return (episodes * episodeSteps * 1000) / (performance.now() - start);
}

/** The same traffic for the simple simulator: drawn up front, so that only simulating is timed. */
function simpleStepsPerSecond(rhoC: number, rhoP: number, episodes: number): number {
  const streams = new Int32Array(4);
  seedStream(streams, 0, 1, 1);
  const table = (mean: number) => new PoissonTable(mean);
  const [ueSize, ueLoad, sensorSize, sensorLoad] = [table(50), table(5), table(70), table(7)];
  const uniform = () => nextUint32(streams, 0) / 4294967296;
  const draw = (poisson: PoissonTable) => poisson.draw(nextUint32(streams, 0)) || 1;
  let seconds = 0;
  for (let episode = 0; episode < episodes; episode++) {
    const places = Array.from({ length: 25 }, () => [200 * uniform(), 200 * uniform()] as const);
    const jobs = Array.from({ length: 100 }, () =>
      Array.from({ length: 25 }, (_, device) =>
        device >= 10
          ? [[draw(sensorSize), draw(sensorLoad)] as const]
          : uniform() < 0.7
            ? [[draw(ueSize), draw(ueLoad)] as const]
            : [],
      ),
    );
    const start = performance.now();
    simpleRun({
      steps: 100,
      rhoC,
      rhoP,
      ues: 10,
      sensors: 15,
      uePositions: (_step, ue) => places[ue],
      sensorPositions: (_step, sensor) => places[10 + sensor],
      ueArrivals: (step, ue) => jobs[step][ue],
      sensorArrivals: (step, sensor) => jobs[step][10 + sensor],
    });
    seconds += (performance.now() - start) / 1000;
  }
  return (episodes * 100) / seconds;
}

/** Bytes allocated on the heap per step, over steps whose queues neither grow nor shrink. */
function heapBytesPerStep(): number {
  const simulator = new Simulator(parseScenario({ episodeSteps: 10_000_000 }));
  const action = Float64Array.of(0.9, 0.9);
  simulator.reset(1, 0);
  for (let step = 0; step < 100_000; step++) simulator.advance(action);
  const before = process.memoryUsage().heapUsed;
  for (let step = 0; step < 5000; step++) simulator.advance(action);
  return (process.memoryUsage().heapUsed - before) / 5000;
}

/** `factor` times the paper's devices, with area, bandwidth and compute scaled along. */
function scaled(ues: number): Scenario {
  const factor = ues / 10;
  const side = 200 * Math.sqrt(factor);
  return parseScenario({
    area: { widthM: side, heightM: side },
    cells: [{ xM: side / 2, yM: side / 2, bandwidthHz: 100e6 * factor, computeUnits: 100 * factor }],
    ues: { count: ues },
    sensors: { count: ues * 1.5 },
    // All stay connected and as far from the mast as the paper's devices, whatever the size of the area.
    radio: { pathLoss: { model: 'log-distance', exponent: 0.01, referenceLossDb: 100 } },
  });
}

/** Throughput of the simulator, the ratio to a simple one, batches, the paper's grid, growth with the number of devices. */
export default function (report: (line: string) => void): void {
  report('paper scenario, fixed splits, one core, median of 7:');
  for (const [rhoC, rhoP] of SPLITS) {
    const simulator = new Simulator(parseScenario({}));
    const action = Float64Array.of(rhoC, rhoP);
    stepsPerSecond(simulator, action, 500, 0);
    simpleStepsPerSecond(rhoC, rhoP, 50);
    const ours: number[] = [];
    const simple: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(stepsPerSecond(simulator, action, 800, round * 800));
      simple.push(simpleStepsPerSecond(rhoC, rhoP, 60));
    }
    const best = Math.max(...ours);
    const ratio = median(ours) / median(simple);
    report(
      `  (${rhoC}, ${rhoP})  ${thousands(median(ours))} steps/s (best ${thousands(best)}), ` +
        `simple simulator ${thousands(median(simple))}: ratio ${ratio.toFixed(1)}`,
    );
  }
  besidePlainC(report);
  report(
    `heap in steady state: ${heapBytesPerStep().toFixed(1)} bytes/step (what the measurement itself takes)`,
  );

  report('environments stepped together, (0.4, 0.4), median of 7:');
  let alone = 0;
  for (const numEnvs of [1, 8, 64]) {
    const environments = new SubMetaverseVectorEnvironment(parseScenario({}), { numEnvs });
    const actions = new Float64Array(2 * numEnvs).fill(0.4);
    const rounds = Math.round(60_000 / numEnvs);
    const speeds: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      for (let step = 0; step < rounds; step++) environments.step(actions);
      if (round > 0) speeds.push((rounds * numEnvs * 1000) / (performance.now() - start));
    }
    const speed = median(speeds);
    alone ||= speed;
    report(
      `  ${String(numEnvs).padStart(2)}  ${thousands(speed)} steps/s, ${(speed / alone).toFixed(2)} of one alone`,
    );
  }

  const start = performance.now();
  for (let at = 0; at < 121; at++) {
    simulate(parseScenario({}), fixed(Math.floor(at / 11) / 10, (at % 11) / 10), { episodes: 100 });
  }
  report(`11 × 11 grid × 100 episodes, one core: ${((performance.now() - start) / 1000).toFixed(1)} s`);

  report('growth: UEs and 1.5 times as many sensors; area, bandwidth and compute scaled along:');
  let base = 0;
  for (const ues of [10, 100, 1000, 10_000]) {
    const before = memory();
    const simulator = new Simulator(scaled(ues));
    const action = Float64Array.of(0.4, 0.4);
    const episodes = Math.max(1, Math.round(3000 / ues));
    stepsPerSecond(simulator, action, episodes, 0);
    const bytes = memory() - before;
    const devices = ues * 2.5;
    const speeds = Array.from({ length: 5 }, (_, round) =>
      stepsPerSecond(simulator, action, episodes, 1 + round),
    );
    const nanoseconds = 1e9 / (median(speeds) * devices);
    base ||= nanoseconds;
    report(
      `  ${String(ues).padStart(5)} UEs  ${nanoseconds.toFixed(0)} ns per device and step ` +
        `(${(nanoseconds / base).toFixed(2)} of 10 UEs), ` +
        // What a few devices take drowns in what the engine does meanwhile.
        `${ues < 1000 ? '' : `${thousands(bytes / devices)} bytes per device, of which `}` +
        `jobs ${thousands(simulator.jobs.bytes / devices)} bytes per device`,
    );
  }
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}
