export { covarianceOf } from './covariance.js';
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
export { assignErrors, findPeaks, type Estimate } from './peaks.js';
export { countByMdl, sense, sensingMethods, type SensingMethod, type SensingSolution } from './solve.js';
export {
  BINS,
  DEFAULT_RANGES,
  Power,
  ScanGrid,
  scanMethods,
  scanSpectrum,
  type ScanMethod,
  type Spectrum,
} from './spectrum.js';
export { pathDifference, scans, steer, type Scan } from './waves.js';
