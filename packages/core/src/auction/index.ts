export * from './instance.js';
export * from './draw.js';
export * from './match-prior.js';
export { Market, type AdmissionMethod, type MarketOptions } from './market.js';
export * from './mechanism.js';
export { modifiedSecondBid, secondPrice, type RestSale } from './offline.js';
export * from './outcome.js';
export * from './traps.js';
export * from './strategy/index.js';
