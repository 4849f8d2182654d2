export { covarianceOf, type Impairments } from './covariance.js';
export { cramerRaoDeg } from './crb.js';
export { antennaChoices, drawSensing, NINE, type SensingProfile } from './draw.js';
export { eigenHermitian, type ComplexMatrix, type Eigen } from './hermitian.js';
export {
  isMeasured,
  measuredSchema,
  parseSensingInstance,
  simulatedSchema,
  type MeasuredInstance,
  type SensingInstance,
  type SimulatedInstance,
  type Source,
} from './instance.js';
export { observe, OBSERVED_RANGES, PairSource, type PairOptions, type SpectrumPair } from './pairs.js';
export { PositionFilter } from './position-filter.js';
export { assignErrors, findDrawnPeaks, findPeaks, type Estimate } from './peaks.js';
export {
  checkCount,
  countByMdl,
  judge,
  partOf,
  sense,
  sensingMethods,
  sourceCount,
  type SensingMethod,
  type SensingOptions,
  type SensingSolution,
} from './solve.js';
export { BINS, DEFAULT_RANGES, Power, ScanGrid, scanMethods, type ScanMethod } from './power.js';
export { scanSpectrum, type Spectrum } from './spectrum.js';
export { pathDifference, scans, steer, type Scan } from './waves.js';
