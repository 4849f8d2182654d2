export { antennasOfModel, asSpectrumModel, senseByGenerator, type SpectrumModel } from './spectrum-model.js';
