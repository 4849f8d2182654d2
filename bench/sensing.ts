import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { RandomStream } from '@metalore/core/random';
import {
  covarianceOf,
  drawSensing,
  NINE,
  OBSERVED_RANGES,
  PairSource,
  Power,
  ScanGrid,
  scanSpectrum,
  sense,
  sensingMethods,
} from '@metalore/core/sensing';
import { createActor, type PolicyDocument } from '@metalore/learn/policy-file';
import { Regression } from '@metalore/learn/network';

/** Scans, covariances and pairs beside NumPy, whole estimates by method, a sample of the spectrum generator. */
export default function sensing(report: (line: string) => void): void {
  const grid = new ScanGrid(NINE, 'exact');
  const instances = Array.from({ length: 100 }, (_, seed) => drawSensing(seed));
  const milliseconds = (run: () => void, times: number, count = instances.length): number => {
    run();
    const before = process.cpuUsage().user;
    for (let k = 0; k < times; k++) run();
    return (process.cpuUsage().user - before) / 1e3 / times / count;
  };
  const covariances = instances.map((instance) => covarianceOf(instance));
  const powers = covariances.map((covariance) => new Power('music', NINE, covariance, 3));
  const scan = milliseconds(() => powers.forEach((power) => void scanSpectrum(power, grid)), 10);
  const source = new PairSource();
  const pair = milliseconds(() => instances.forEach((instance) => void source.of(instance)), 5);
  const [theirScan, theirPair] = numpy();
  const beside = (theirs: number | undefined, ours: number): string =>
    theirs === undefined
      ? ''
      : `; NumPy ${theirs.toFixed(2)} ms, ${(theirs / ours).toFixed(1)} times as long, the same run`;
  report(`MUSIC scan of nine antennas, 180 × 24: ${scan.toFixed(2)} ms${beside(theirScan, scan)}`);
  report(
    `eigendecomposition 9 × 9: ${milliseconds(() => covariances.forEach((covariance) => void new Power('music', NINE, covariance, 3)), 20).toFixed(3)} ms`,
  );
  report(
    `covariance from 200 snapshots: ${milliseconds(() => instances.forEach((instance) => void covarianceOf(instance)), 5).toFixed(2)} ms`,
  );
  report(
    `a pair of spectra: ${pair.toFixed(2)} ms, 10,000 in ${(10 * pair).toFixed(1)} s${beside(theirPair, pair)}`,
  );
  for (const method of sensingMethods) {
    if (method === 'esprit' || method === 'root-music') continue;
    const few = instances.slice(0, 20);
    const whole = milliseconds(
      () => few.forEach((instance) => void sense(instance, { method })),
      1,
      few.length,
    );
    report(`${method}, from sources to directions: ${whole.toFixed(1)} ms`);
  }
  const actor = createActor(untrained());
  const observation = new Float64Array(180 * OBSERVED_RANGES.length);
  const spectrum = new Float64Array(180);
  const stream = new RandomStream(1, 'bench');
  const sample = milliseconds(() => actor.act(observation, 0, spectrum, 0, stream), 50, 1);
  report(`one sample of the spectrum generator: ${sample.toFixed(2)} ms`);
}

/** Milliseconds of a scan and of a pair; nothing where Python or NumPy is not there. */
function numpy(): number[] {
  const python = process.env.METALORE_PYTHON ?? path.join('python', '.venv', 'bin', 'python');
  const script = path.join('bench', 'baseline', 'music_numpy.py');
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout } = spawnSync(python, [script], { encoding: 'utf8', env });
  return status === 0 ? stdout.trim().split(' ').map(Number) : [];
}

/** A generator of the size that `metalore sensing train` makes, with its first weights: a sample takes as long. */
function untrained(): PolicyDocument {
  const features = OBSERVED_RANGES.flatMap((range) =>
    Array.from({ length: 180 }, (_, bin) => `${range} ${bin}`),
  );
  const names = Array.from({ length: 180 }, (_, bin) => `${bin}`);
  return {
    format: 'metalore-policy',
    version: 1,
    name: 'ssg',
    features,
    actions: { names, low: names.map(() => 0), high: names.map(() => 1) },
    model: {
      kind: 'diffusion',
      encoding: { scale: 'linear', moments: null },
      layers: new Regression([180 + 16 + features.length, 256, 256, 180], 1, 1).weights(),
      activation: 'relu',
      steps: 10,
      prediction: 'sample',
      bounded: true,
      head: { kind: 'box' },
    },
    training: {},
  };
}
