import {
  covarianceOf,
  drawSensing,
  NINE,
  Power,
  ScanGrid,
  scanSpectrum,
  sense,
  sensingMethods,
} from '@metalore/core/sensing';

/** A scan, a covariance from 200 snapshots, and whole estimates by method. */
export default function sensing(report: (line: string) => void): void {
  const grid = new ScanGrid(NINE, 'exact');
  const instances = Array.from({ length: 100 }, (_, seed) => drawSensing(seed));
  const milliseconds = (run: () => void, times: number): number => {
    run();
    const before = process.cpuUsage().user;
    for (let k = 0; k < times; k++) run();
    return (process.cpuUsage().user - before) / 1e3 / times / instances.length;
  };
  const covariances = instances.map(covarianceOf);
  const powers = covariances.map((covariance) => new Power('music', NINE, covariance, 3));
  report(
    `MUSIC scan of nine antennas, 180 × 24: ${milliseconds(() => powers.forEach((power) => void scanSpectrum(power, grid)), 5).toFixed(2)} ms`,
  );
  report(
    `eigendecomposition 9 × 9: ${milliseconds(() => covariances.forEach((covariance) => void new Power('music', NINE, covariance, 3)), 20).toFixed(3)} ms`,
  );
  report(
    `covariance from 200 snapshots: ${milliseconds(() => instances.forEach((instance) => void covarianceOf(instance)), 5).toFixed(2)} ms`,
  );
  for (const method of sensingMethods) {
    if (method === 'esprit' || method === 'root-music') continue;
    const few = instances.slice(0, 20);
    const before = process.cpuUsage().user;
    for (const instance of few) sense(instance, { method });
    report(
      `${method}, from sources to directions: ${((process.cpuUsage().user - before) / 1e3 / few.length).toFixed(1)} ms`,
    );
  }
}
