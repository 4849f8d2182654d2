export * from './cem/index.js';
export * from './gradient/index.js';
export * from './logging/index.js';
export * from './network/index.js';
export * from './onnx/index.js';
export * from './policy-file/index.js';
export * from './ppo/index.js';
export * from './training/index.js';
