/**
 * A scorer that shares no code with the solver: from the instance as a user writes it and from labels, by the formulas of
 * paper 001 as the issue mends them, in decibels and with the engine's own logarithms. For tests only.
 */
interface PlainInstance {
  zone: { widthM: number; heightM: number };
  servers: { x: number; y: number; heightM: number; computeHz: number; bandwidthHz: number }[];
  density: { x: number; y: number; stdM: number } | 'uniform';
  twins: {
    x: number;
    y: number;
    deadlineS: number;
    powerW: number;
    dataBits: number;
    cyclesPerBit: number;
    bandwidthHz: number;
  }[];
  exponent: number;
  columns: number;
  rows: number;
}

const [sensors, slotS, volumeM3, sensorMw, noiseDbm, rho, lambda, hertz] = [
  25_000, 1e-3, 0.01, 1, -170, 50, 5000, 2e9,
];

function snr(distanceM: number, exponent: number, powerMw: number, bandwidthHz: number): number {
  const lossDb = 20 * Math.log10((4 * Math.PI * hertz) / 299_792_458) + 10 * exponent * Math.log10(distanceM);
  const receivedDbm = 10 * Math.log10(powerMw) - lossDb;
  return 10 ** ((receivedDbm - noiseDbm - 10 * Math.log10(bandwidthHz)) / 10);
}

export function rescore(
  instance: PlainInstance,
  labels: ArrayLike<number>,
  twinServers: ArrayLike<number>,
): { objectiveMs: number; subSyncMs: number[]; mass: number[]; computeLeftHz: number[] } {
  const { zone, servers, density, twins, exponent, columns, rows } = instance;
  const computeLeftHz = servers.map((server) => server.computeHz);
  twins.forEach((twin, k) => {
    const server = servers[twinServers[k]];
    const distance = Math.hypot(twin.x - server.x, twin.y - server.y, server.heightM);
    const rate =
      twin.bandwidthHz * Math.log2(1 + snr(distance, exponent, twin.powerW * 1e3, twin.bandwidthHz));
    const left = twin.deadlineS - twin.dataBits / rate;
    computeLeftHz[twinServers[k]] -= (twin.cyclesPerBit * twin.dataBits) / left;
  });
  const mass = servers.map(() => 0);
  const integral = servers.map(() => 0); // ∫ F g
  let total = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = ((column + 0.5) / columns) * zone.widthM;
      const y = ((row + 0.5) / rows) * zone.heightM;
      const g =
        density === 'uniform'
          ? 1
          : Math.exp(-((x - density.x) ** 2 + (y - density.y) ** 2) / (2 * density.stdM ** 2));
      total += g;
      const b = labels[row * columns + column];
      const server = servers[b];
      const distance = Math.hypot(x - server.x, y - server.y, server.heightM);
      const rate = server.bandwidthHz * Math.log2(1 + snr(distance, exponent, sensorMw, server.bandwidthHz));
      mass[b] += g;
      integral[b] += g * (rho / rate + (lambda * rho) / computeLeftHz[b]);
    }
  }
  const subSyncMs = servers.map(
    (_, b) => 1e3 * sensors * (sensors * slotS * volumeM3) * (mass[b] / total) * (integral[b] / total),
  );
  return {
    objectiveMs: subSyncMs.reduce((sum, value) => sum + value, 0) / servers.length,
    subSyncMs,
    mass: mass.map((value) => value / total),
    computeLeftHz,
  };
}
