import type { PartitionDocument } from './instance.js';

/** What a study varies about {@link cityDocument}. */
export interface CityOptions {
  /** K, number of twins; default 60 as in the paper's figure 2. */
  twins?: number;
  /** Seed of the twins' positions; default 1. */
  seed?: number;
  /** σ of the sensing density, m; default 310. */
  densityStdM?: number;
  /** Cells along each side; default 100. */
  grid?: number;
}

/**
 * The calibrated city: paper 001, section IV, with the values that the paper leaves open or that no pair of twin and
 * server could meet (D_k, Γ_k) replaced; `docs/partition.md` lists them. The same as `scenarios/city.yaml`.
 */
export function cityDocument({
  twins = 60,
  seed = 1,
  densityStdM = 310,
  grid = 100,
}: CityOptions = {}): PartitionDocument {
  const twin = (rate: number, powerW: number) => ({
    deadlineS: 1 / rate,
    powerW,
    dataBits: 1000,
    cyclesPerBit: 225,
    bandwidthHz: 1e6,
  });
  return {
    kind: 'partition',
    name: 'city',
    zone: { widthM: 2000, heightM: 2000 },
    servers: [
      { x: 500, y: 500, heightM: 25, computeHz: 8e9, bandwidthHz: 10e6 },
      { x: 1500, y: 500, heightM: 25, computeHz: 8e9, bandwidthHz: 10e6 },
      { x: 500, y: 1500, heightM: 25, computeHz: 16e9, bandwidthHz: 20e6 },
      { x: 1500, y: 1500, heightM: 25, computeHz: 16e9, bandwidthHz: 20e6 },
    ],
    density: { model: 'gaussian', x: 750, y: 750, stdM: densityStdM },
    twins: {
      count: twins,
      seed,
      mixture: [
        { weight: 0.4, x: 750, y: 750, stdM: 350 },
        { weight: 0.2, x: 1500, y: 500, stdM: 300 },
        { weight: 0.2, x: 500, y: 1500, stdM: 300 },
        { weight: 0.2, x: 1500, y: 1500, stdM: 300 },
      ],
      types: [twin(10, 0.1), twin(100, 0.2), twin(1000, 0.3)],
    },
    pathLoss: { model: 'log-distance', exponent: 2.55 },
    constants: {
      sensors: 25_000,
      slotS: 1e-3,
      sensorVolumeM3: 0.01,
      sensorPowerW: 1e-3,
      noiseDbmPerHz: -170,
      sensingBpsPerM3: 50,
      renderCyclesPerBit: 5000,
      frequencyHz: 2e9,
      deviceHeightM: 0,
    },
    grid: { columns: grid, rows: grid },
  };
}
