export { exportOnnx } from './export.js';
export { readOnnx, type OnnxModel } from './model.js';
export { createOnnxActor, onnxPolicy, type OnnxActor } from './policy.js';
export { OPERATORS } from './operators.js';
